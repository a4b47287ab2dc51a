"""Panel drivers against simulated cards: success, silence, refusal, late answers, pulled cables, power cuts."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from display_controller.core.palette import Ink, Palette, quantise
from display_controller.core.picture import Picture, TextLine
from display_controller.drivers.burst import Burst, StreamPackets, open_burst, open_packets
from display_controller.drivers.bx_g import BxGOptions, bx_g_display
from display_controller.drivers.bx_k import BxKOptions, bx_k_display
from display_controller.drivers.bx_link import BxTiming
from display_controller.drivers.ddp import DdpOptions, ddp_display
from display_controller.drivers.display import DisplayStatus
from display_controller.drivers.panel import PanelDisplay
from display_controller.wire import bx_g, bx_k
from display_controller.wire.bx_g import CARDS
from display_controller.wire.bx_g_area import LengthRules
from display_controller.wire.bx_g_bitmap import WordRules
from display_controller.wire.bx_k import BxError
from hallkit.errors import StreamClosedError, StreamError
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.memory import Cable
from hallkit.transports.serve import serve
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import Sockets, open_stream
from simulators import panel_bx_g, panel_bx_k, panel_ddp

FAST = BxTiming(reply=0.05, busy=0.01)
SIZE = (64, 32)
Open = Callable[[], Awaitable[ByteStream]]


def backoff() -> Backoff:
    return Backoff(random.Random(1), first=0.01, longest=0.05)


def noise(seed: int, size: tuple[int, int] = SIZE) -> Picture:
    dots = np.random.default_rng(seed).integers(0, 2, (size[1], size[0], 3)) * 255
    return Picture(quantise(Image.fromarray(dots.astype(np.uint8)), Palette.TWO_COLOUR))


def words(*texts: str) -> Picture:
    lines = tuple(TextLine(0, 16 * row, 8, 16, text, Ink.AMBER) for row, text in enumerate(texts))
    return Picture(Image.new("RGB", SIZE), lines)


async def until(holds: Callable[[], bool], seconds: float = 3.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  what a panel shows raises no event
            await asyncio.sleep(0.002)


@asynccontextmanager
async def running(display: PanelDisplay) -> AsyncIterator[PanelDisplay]:
    task = asyncio.create_task(display.run())
    try:
        yield display
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def font_card(
    card: panel_bx_k.SimulatedBxK, cable: Cable | None = None, **options: object
) -> AsyncIterator[tuple[PanelDisplay, Sockets]]:
    sockets = Sockets()
    chosen = BxKOptions(timing=FAST, **options)  # type: ignore[arg-type]
    display = bx_k_display(partial(open_stream, "memory:k", sockets), backoff(), chosen)
    async with serve("memory:k", partial(panel_bx_k.serve, card), sockets=sockets, cable=cable), running(display):
        yield display, sockets


@asynccontextmanager
async def graphic_card(card: panel_bx_g.SimulatedBxG, **options: object) -> AsyncIterator[PanelDisplay]:
    sockets = Sockets()
    chosen = BxGOptions(card=card.card, timing=FAST, **options)  # type: ignore[arg-type]
    display = bx_g_display(partial(open_stream, "memory:g", sockets), backoff(), chosen)
    async with serve("memory:g", partial(panel_bx_g.serve, card), sockets=sockets), running(display):
        yield display


async def test_a_font_card_shows_the_words_in_their_colours() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        display.show(words("A042", "3号窗口"))
        await until(lambda: display.sent == 1)

        assert card.texts == {0: "A042", 1: "3号窗口"}
        assert (255, 255, 0) in [colour for _, colour in card.picture.getcolors() or []]
        assert display.status is DisplayStatus.ONLINE


async def test_only_the_row_that_changed_is_sent_again() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        display.show(words("A042", "3号"))
        await until(lambda: display.sent == 1)
        display.show(words("A043", "3号"))
        await until(lambda: display.sent == 2)
        display.show(words("A043"))
        await until(lambda: display.sent == 3)

        assert card.texts == {0: "A043"}


async def test_brightness_and_power_reach_a_font_card() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        display.show(words("A042"))
        display.set_brightness(40)
        display.set_power(False)
        await until(lambda: not card.lit and card.brightness == 7)
        assert card.picture.getbbox() is None
        display.set_power(True)
        await until(lambda: card.picture.getbbox() is not None)


async def test_a_rare_character_is_refused_before_a_byte_is_sent_and_the_next_picture_goes_through() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        await until(lambda: display.status is DisplayStatus.ONLINE)
        before = card.requests
        display.show(words("䶮"))
        await until(lambda: display.status is DisplayStatus.REFUSING)
        assert card.requests == before
        assert "䶮" in display.detail

        display.show(words("A042"))
        await until(lambda: display.status is DisplayStatus.ONLINE)
        assert card.texts == {0: "A042"}


@pytest.mark.parametrize("setup", ["busy", "garbled", "lossy"])
async def test_a_card_with_passing_troubles_shows_the_words_in_the_end(setup: str) -> None:
    card = panel_bx_k.build(setup, 64, 32)
    async with font_card(card) as (display, _):
        display.show(words("A042"))
        await until(lambda: card.texts == {0: "A042"} and display.status is DisplayStatus.ONLINE)


async def test_a_silent_card_is_reported_and_served_once_it_speaks() -> None:
    card = panel_bx_k.build("silent", 64, 32)
    async with font_card(card) as (display, _):
        display.show(words("A042"))
        await until(lambda: "no answer" in display.detail)
        assert display.status is DisplayStatus.SILENT

        card.faults.silent = False
        await until(lambda: card.texts == {0: "A042"})


async def test_a_refusing_card_is_reported_and_not_asked_the_same_again() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        await until(lambda: display.status is DisplayStatus.ONLINE)
        card.faults.refuses = BxError.SCREEN_PARAMETERS
        display.show(words("A042"))
        await until(lambda: display.status is DisplayStatus.REFUSING)
        asked = card.requests
        await asyncio.sleep(0.05)

        assert "screen parameters" in display.detail
        assert card.requests == asked


async def test_a_card_that_stays_busy_is_refusing() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        await until(lambda: display.status is DisplayStatus.ONLINE)
        card.faults.busy = 1000
        display.show(words("A042"))
        await until(lambda: "busy" in display.detail)


async def test_an_answer_to_the_request_before_does_not_count_for_the_next() -> None:
    late: list[bytes] = []

    async def card(stream: ByteStream) -> None:
        """Answer each request only when the next one comes, as a queueing converter does."""
        while await stream.read():
            late.append(bx_k.encode_reply(bx_k.ack()))
            if len(late) in (2, 4):
                await stream.write(late[-1])

    sockets = Sockets()
    async with serve("memory:late", card, sockets=sockets) as url:
        display = bx_k_display(partial(open_stream, url, sockets), backoff(), BxKOptions(timing=FAST))
        async with running(display):
            await until(lambda: display.status is DisplayStatus.ONLINE)
            assert len(late) == 4


async def test_an_answer_nobody_asked_for_does_not_hide_a_refusal() -> None:
    asked: list[bytes] = []

    async def card(stream: ByteStream) -> None:
        """Acknowledge twice what comes first, refuse the third request."""
        while await stream.read():
            asked.append(b"")
            reply = bx_k.ack() if len(asked) < 3 else bx_k.nack(BxError.FLASH)
            await stream.write(bx_k.encode_reply(reply) * 2)

    sockets = Sockets()
    display = bx_k_display(partial(open_stream, "memory:twice", sockets), backoff(), BxKOptions(timing=FAST))
    async with serve("memory:twice", card, sockets=sockets), running(display):
        await until(lambda: display.status is DisplayStatus.ONLINE)
        await asyncio.sleep(0.01)
        display.show(words("A042"))
        await until(lambda: display.status is DisplayStatus.REFUSING)


async def test_a_panel_that_never_opens_its_line_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display_controller.drivers.panel.REACH_WITHIN", 0.01)

    async def open_for_ever() -> ByteStream:
        return await asyncio.Future()

    async with running(bx_k_display(open_for_ever, backoff())) as display:
        await until(lambda: "no answer" in display.detail)


async def test_a_panel_that_takes_no_bytes_counts_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display_controller.drivers.line.WRITE_WITHIN", 0.01)

    class Stuck:
        """A line whose far end stopped reading."""

        async def read(self) -> bytes:
            return await asyncio.Future()

        async def write(self, _: bytes) -> None:
            await asyncio.Future()

        def close(self) -> None:
            """Nothing to let go of."""

    async def open_stuck() -> ByteStream:
        return Stuck()

    async with running(bx_k_display(open_stuck, backoff())) as display:
        await until(lambda: "takes no bytes" in display.detail)


def test_a_long_request_on_a_slow_line_has_longer_to_be_answered() -> None:
    assert BxTiming(baud=9600).reply_to(bytes(960)) == 2.0
    assert BxTiming().reply_to(bytes(960)) == 1.0


async def test_late_answers_never_hide_a_refusal() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        await until(lambda: display.status is DisplayStatus.ONLINE)
        card.faults.slow = FAST.reply * 1.4
        display.show(words("A042"))
        await until(lambda: display.sent == 1)
        card.faults.refuses = BxError.FLASH
        display.show(words("A043"))
        await until(lambda: display.status is DisplayStatus.REFUSING)

        assert display.sent == 1


async def test_a_pulled_cable_is_noticed_at_rest_and_the_newest_picture_comes_back() -> None:
    card = panel_bx_k.build(width=64, height=32)
    sockets = Sockets()
    display = bx_k_display(partial(open_stream, "memory:k", sockets), backoff(), BxKOptions(timing=FAST))
    async with running(display):
        async with serve("memory:k", partial(panel_bx_k.serve, card), sockets=sockets):
            display.show(words("A042"))
            await until(lambda: display.sent == 1)
        await until(lambda: display.status is DisplayStatus.SILENT)
        card.cut_power()
        card.restore_power()
        display.show(words("A043"))
        async with serve("memory:k", partial(panel_bx_k.serve, card), sockets=sockets):
            await until(lambda: card.texts == {0: "A043"})


async def test_a_card_that_lost_its_memory_is_filled_again_at_the_next_refresh() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card, refresh_every=0.1) as (display, _):
        display.show(words("A042"))
        await until(lambda: display.sent == 1)
        card.cut_power()
        card.restore_power()
        await until(lambda: card.texts == {0: "A042"})


async def test_a_card_whose_controller_died_clears_itself() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        display.show(words("A042"))
        await until(lambda: display.sent == 1)
    card.advance(card.now + 89)
    assert card.texts
    card.advance(card.now + 92)
    assert not card.texts
    assert card.picture.getbbox() is None


async def test_words_arrive_over_a_bad_slow_line() -> None:
    card = panel_bx_k.build(width=64, height=32)
    cable = Cable(chunk=3, corrupt=0.0008, loss=0.0008, chance=random.Random(5))
    async with font_card(card, cable) as (display, _):
        for number in range(20):
            display.show(words(f"A{number:03}"))
            await until(lambda n=number: card.texts == {0: f"A{n:03}"})  # type: ignore[misc]


async def test_the_newest_picture_replaces_one_not_sent_yet() -> None:
    card = panel_bx_k.build("slow", 64, 32)
    card.faults.slow = 0.02
    async with font_card(card) as (display, _):
        for number in range(50):
            display.show(words(f"A{number:03}"))
            await asyncio.sleep(0.001)
        await until(lambda: card.texts == {0: "A049"})
        assert display.sent < 20


async def test_a_wish_that_waits_too_long_makes_the_panel_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display_controller.drivers.panel.LATE_AFTER", 0.02)
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        await until(lambda: display.status is DisplayStatus.ONLINE)
        card.faults.busy = 6
        display.show(words("A042"))
        await until(lambda: display.status is DisplayStatus.STALE)
        await until(lambda: display.status is DisplayStatus.ONLINE and display.sent == 1)


GRAPHIC = ["BX-5E1", "BX-5Q0+", "BX-6E1", "BX-6Q1"]


@pytest.mark.parametrize("name", GRAPHIC)
async def test_a_graphic_card_shows_the_picture_dot_for_dot(name: str) -> None:
    card = panel_bx_g.build(width=64, height=32, card=CARDS[name])
    async with graphic_card(card) as display:
        display.show(noise(1))
        await until(lambda: display.sent == 1)
        display.show(picture := noise(2))
        await until(lambda: display.sent == 2)

        assert card.picture.tobytes() == picture.image.tobytes()
        assert len(card.history.changes) == 2


async def test_a_sixth_generation_card_read_the_other_way_works_when_both_say_so() -> None:
    words_6e, lengths = WordRules(True, False), LengthRules(True, True, True)
    card = panel_bx_g.build(width=64, height=32, card=CARDS["BX-6E1"])
    card.words, card.lengths = words_6e, lengths
    async with graphic_card(card, words=words_6e, lengths=lengths) as display:
        display.show(picture := noise(3))
        await until(lambda: card.picture.tobytes() == picture.image.tobytes())


async def test_a_card_of_another_type_refuses() -> None:
    card = panel_bx_g.build(width=64, height=32)
    options = BxGOptions(card=CARDS["BX-6E1"], timing=FAST)
    sockets = Sockets()
    display = bx_g_display(partial(open_stream, "memory:g", sockets), backoff(), options)
    async with serve("memory:g", partial(panel_bx_g.serve, card), sockets=sockets), running(display):
        await until(lambda: "controller type" in display.detail)
        assert display.status is DisplayStatus.REFUSING


async def test_a_graphic_card_goes_dark_and_comes_back() -> None:
    card = panel_bx_g.build(width=64, height=32)
    async with graphic_card(card) as display:
        display.show(picture := noise(4))
        display.set_brightness(60)
        await until(lambda: display.sent == 1 and card.brightness == 9)
        display.set_power(False)
        await until(lambda: card.picture.getbbox() is None)
        display.set_power(True)
        await until(lambda: card.picture.tobytes() == picture.image.tobytes())


async def test_a_picture_too_large_for_the_card_is_refused() -> None:
    card = panel_bx_g.build(width=32, height=32)
    async with graphic_card(card) as display:
        display.show(noise(1))
        await until(lambda: display.status is DisplayStatus.REFUSING)


async def test_cards_answer_over_tcp_and_a_real_terminal(tmp_path: Path) -> None:
    card, text_card = panel_bx_g.build(width=64, height=32), panel_bx_k.build(width=64, height=32)
    async with (
        serve("tcp://127.0.0.1:0", partial(panel_bx_g.serve, card)) as tcp,
        serve(f"pty:{tmp_path}/panel", partial(panel_bx_k.serve, text_card)) as pty,
        running(bx_g_display(partial(open_stream, tcp), backoff())) as graphic,
        running(bx_k_display(partial(open_stream, pty), backoff())) as text,
    ):
        graphic.show(picture := noise(6))
        text.show(words("A042"))
        await until(lambda: card.picture.tobytes() == picture.image.tobytes() and text_card.texts == {0: "A042"})


@asynccontextmanager
async def ddp_panel(
    panel: panel_ddp.SimulatedDdpPanel, options: DdpOptions, scheme: str = "memory"
) -> AsyncIterator[PanelDisplay]:
    sockets = Sockets()
    listen = "memory:d" if scheme == "memory" else "udp://127.0.0.1:0"
    async with serve(listen, partial(panel_ddp.serve, panel), sockets=sockets) as url:
        opening = partial(open_packets, url, partial(open_stream, sockets=sockets))
        async with running(ddp_display(opening, backoff(), options)) as display:
            yield display


@pytest.mark.parametrize("scheme", ["memory", "udp"])
async def test_a_ddp_panel_shows_every_picture_dot_for_dot(scheme: str) -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32)), scheme) as display:
        for seed in range(5):
            display.show(picture := noise(seed, (192, 32)))
            await until(lambda p=picture: panel.picture.tobytes() == p.image.tobytes())  # type: ignore[misc]
        assert panel.gaps == panel.refused == 0
        assert panel.pushes == 5


async def test_a_small_change_sends_only_its_packet() -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32))) as display:
        display.show(first := noise(1, (192, 32)))
        await until(lambda: display.sent == 1)
        changed = first.image.copy()
        changed.putpixel((5, 20), (1, 2, 3))
        before = panel.packets
        display.show(Picture(changed))
        await until(lambda: panel.picture.tobytes() == changed.tobytes())

        assert panel.packets - before == 1


@pytest.mark.parametrize("setup", ["lossy", "swapped"])
async def test_a_panel_on_a_bad_network_is_right_after_a_key_frame(setup: str) -> None:
    panel = panel_ddp.build(setup, 192, 32)
    async with ddp_panel(panel, DdpOptions((192, 32), key_every=0.02)) as display:
        display.show(picture := noise(1, (192, 32)))
        await until(lambda: panel.picture.tobytes() == picture.image.tobytes())


async def test_a_panel_that_lost_power_is_right_again_without_a_new_picture() -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32), key_every=0.05)) as display:
        display.show(picture := noise(1, (192, 32)))
        await until(lambda: display.sent == 1)
        panel.cut_power(asyncio.get_running_loop().time())
        assert panel.picture.getbbox() is None
        panel.restore_power()
        await until(lambda: panel.picture.tobytes() == picture.image.tobytes(), 1.0)


async def test_a_lossless_link_is_quiet_after_the_last_key_frame() -> None:
    panel = panel_ddp.build(width=192, height=32)
    options = DdpOptions((192, 32), key_every=0.02, key_at_rest=False)
    async with ddp_panel(panel, options) as display:
        display.show(noise(1, (192, 32)))
        await until(lambda: panel.pushes == 2)
        await asyncio.sleep(0.1)
        assert panel.pushes == 2
        display.show(noise(2, (192, 32)))
        await until(lambda: panel.pushes == 4)


async def test_a_ddp_panel_is_dimmed_and_darkened_by_its_dots() -> None:
    panel = panel_ddp.build(width=192, height=32)
    white = Picture(Image.new("RGB", (192, 32), (200, 100, 0)))
    async with ddp_panel(panel, DdpOptions((192, 32))) as display:
        display.set_brightness(50)
        display.show(white)
        await until(lambda: panel.picture.getpixel((0, 0)) == (100, 50, 0))
        display.set_power(False)
        await until(lambda: panel.picture.getbbox() is None)
        display.set_power(True)
        await until(lambda: panel.picture.getpixel((0, 0)) == (100, 50, 0))


async def test_a_picture_of_another_size_is_refused() -> None:
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32))) as display:
        display.show(noise(1, (64, 32)))
        await until(lambda: display.status is DisplayStatus.REFUSING)


async def test_a_host_where_nobody_listens_is_silent() -> None:
    async with running(
        ddp_display(partial(open_packets, "udp://127.0.0.1:9", open_stream), backoff(), DdpOptions((192, 32)))
    ) as display:
        display.show(noise(1, (192, 32)))
        await until(lambda: "refuses" in display.detail)
        assert display.status is DisplayStatus.SILENT


async def test_a_kernel_without_segmentation_gets_datagrams_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display_controller.drivers.burst.UDP_SEGMENT", 9999)
    panel = panel_ddp.build(width=192, height=32)
    async with ddp_panel(panel, DdpOptions((192, 32)), "udp") as display:
        display.show(picture := noise(1, (192, 32)))
        await until(lambda: panel.picture.tobytes() == picture.image.tobytes())
        assert panel.packets == 13


async def test_addresses_that_lead_nowhere_are_refused() -> None:
    with pytest.raises(StreamError):
        open_burst("no.such.host.invalid", 4048)
    with pytest.raises(StreamError):
        await open_packets("udp://127.0.0.1", open_stream, lambda: None)


async def test_a_lost_stream_refuses_packets() -> None:
    sockets = Sockets()
    listener = sockets.listen("x")
    line = await StreamPackets(sockets.open("x"), lambda: None).open()
    listener.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(StreamClosedError):
        await line.send(memoryview(b"abc"), 2)
    await line.close()


def test_a_burst_remembers_how_much_the_kernel_takes() -> None:
    burst = open_burst("127.0.0.1", 9)
    assert isinstance(burst, Burst)
    assert burst.segments == 44
    burst._socket.close()


async def test_query_of_brightness_is_answered() -> None:
    card = panel_bx_g.build()
    (reply,) = card.receive(bx_g.encode(bx_g.query_brightness()), 0.0)
    assert reply == bx_g.encode_reply(
        bx_g.Reply(bx_g.Command.BRIGHTNESS_STATE, payload=bytes([0, 0, 0, 0, 0, 15])), 1, card.card.code
    )
