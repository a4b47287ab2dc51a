"""The pace of panels is measured against limits of the same run."""

from datetime import date, datetime, timedelta

from contract.board import CallOnBoard, HallMode, ZoneBoard
from display_controller.core.scene import HallRole, WindowRole
from display_controller.pace import board_pace, stream_pace
from hallkit.runtime.clock import SHANGHAI
from hallkit.text.fonts import system_fonts

NOW = datetime(2026, 9, 14, 10, 26, tzinfo=SHANGHAI)


def board(number: int) -> ZoneBoard:
    at = NOW + timedelta(seconds=10 * number)
    call = CallOnBoard(call=number, ticket=f"A{number:03}", window=3, count=1, at=at)
    return ZoneBoard(
        zone="A",
        business_day=date(2026, 9, 14),
        as_of=at,
        mode=HallMode.OPEN,
        windows=(),
        queues=(),
        calls=(call,),
    )


def test_a_board_is_drawn_once_for_all_panels_that_say_the_same() -> None:
    panels = [(HallRole(), (320, 128))] * 20 + [(WindowRole(3), (192, 32))] * 20

    pace = board_pace([board(n) for n in range(3)], panels, system_fonts())

    assert pace.panels == 40
    assert pace.drawn <= 2
    assert 0 < pace.datagrams < 20 * 86


async def test_streams_are_measured_beside_plain_sends() -> None:
    pace = await stream_pace(panels=2, size=(192, 32), rate=20, seconds=0.2)

    assert pace.core > 0
    assert pace.ratio > 0
    assert pace.raw_sends > pace.memcpy
