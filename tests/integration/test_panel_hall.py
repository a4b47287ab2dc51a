"""From a board to dots and back: what a citizen reads off the panels is what was called."""

import asyncio
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import msgspec

from contract.board import CallOnBoard, HallMode, QueueOnBoard, QueueState, WindowOnBoard, WindowState, ZoneBoard
from display_controller.core.compose import compose
from display_controller.core.palette import Palette
from display_controller.core.read import ReadRow, ReadWindow, read_table, read_window
from display_controller.core.render import Renderer
from display_controller.core.scene import HallRole, Role, WindowRole
from display_controller.core.schedule import next_change
from display_controller.drivers.burst import open_packets
from display_controller.drivers.bx_g import bx_g_display
from display_controller.drivers.bx_k import bx_k_display
from display_controller.drivers.ddp import DdpOptions, ddp_display
from display_controller.drivers.display import Display
from hallkit.runtime.clock import SHANGHAI
from hallkit.runtime.reconnect import Backoff
from hallkit.text.fonts import system_fonts
from hallkit.transports.serve import serve
from hallkit.transports.url import Sockets, open_stream
from simulators import panel_bx_g, panel_bx_k, panel_ddp

NOW = datetime(2026, 9, 14, 10, 26, tzinfo=SHANGHAI)
FONTS = system_fonts()
HALL = HallRole()
WINDOW = WindowRole(3, ("综合一窗", "General"))


def board(number: int) -> ZoneBoard:
    at = NOW + timedelta(seconds=20 * number)
    calls = tuple(
        CallOnBoard(
            call=number - back,
            ticket=f"A{number - back:03}",
            window=(number - back) % 3 + 1,
            count=1,
            at=at - timedelta(seconds=20 * back),
        )
        for back in range(min(number, 12))
    )
    mine = next((call.ticket for call in calls if call.window == 3), None)
    state = WindowState.CALLING if calls[0].window == 3 else WindowState.SERVING
    return ZoneBoard(
        zone="A",
        business_day=date(2026, 9, 14),
        as_of=at,
        mode=HallMode.OPEN,
        windows=(WindowOnBoard(window=3, state=state if mine else WindowState.FREE, ticket=mine),),
        queues=(QueueOnBoard(service="general", state=QueueState.OPEN, waiting=4),),
        calls=calls,
    )


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  what a panel shows raises no event
            await asyncio.sleep(0.002)


async def test_every_call_of_a_morning_reads_off_three_kinds_of_panel() -> None:
    sockets, renderer = Sockets(), Renderer(FONTS)
    hall = panel_bx_g.build(width=320, height=128)
    window = panel_ddp.build(width=320, height=64)
    text = panel_bx_k.build(width=320, height=128)
    opening = partial(open_stream, sockets=sockets)

    def patience() -> Backoff:
        return Backoff(random.Random(1), first=0.01)

    displays: list[tuple[Display, Role, tuple[int, int], Palette]] = [
        (bx_g_display(partial(opening, "memory:hall"), patience()), HALL, (320, 128), Palette.TWO_COLOUR),
        (bx_k_display(partial(opening, "memory:text"), patience()), HALL, (320, 128), Palette.TWO_COLOUR),
        (
            ddp_display(partial(open_packets, "memory:window", opening), patience(), DdpOptions((320, 64))),
            WINDOW,
            (320, 64),
            Palette.FULL,
        ),
    ]
    async with (
        serve("memory:hall", partial(panel_bx_g.serve, hall), sockets=sockets),
        serve("memory:text", partial(panel_bx_k.serve, text), sockets=sockets),
        serve("memory:window", partial(panel_ddp.serve, window), sockets=sockets),
        asyncio.TaskGroup() as tasks,
    ):
        running = [tasks.create_task(display.run()) for display, *_ in displays]
        for number in range(1, 13):
            now_board = board(number)
            for display, role, size, palette in displays:
                display.show(renderer.picture(compose(now_board, role, now_board.as_of), size, palette))
            rows = tuple(ReadRow(call.ticket, str(call.window)) for call in now_board.calls[:8])
            ticket = now_board.windows[0].ticket or ""
            await until(lambda rows=rows: read_table(hall.picture, FONTS) == rows)  # type: ignore[misc]
            await until(lambda t=ticket: read_window(window.picture, FONTS) == ReadWindow("3", t))  # type: ignore[misc]
            await until(lambda t=rows[0].ticket: text.texts.get(0, "").startswith(t))  # type: ignore[misc]
        for task in running:
            task.cancel()


def test_a_day_at_rest_costs_one_picture_a_minute() -> None:
    """At night a hall panel in one language changes only with its clock while boards keep coming."""
    role = HallRole(languages=HALL.languages[:1])
    renderer = Renderer(FONTS)
    now, end, steps = NOW, NOW + timedelta(hours=1), 0
    while now < end:
        night = msgspec.structs.replace(board(1), as_of=now, mode=HallMode.UNATTENDED)
        renderer.picture(compose(night, role, now), (320, 128), Palette.TWO_COLOUR)
        now = next_change(night, role, now) or end
        steps += 1

    assert renderer.drawn == 60
    assert steps <= 180
