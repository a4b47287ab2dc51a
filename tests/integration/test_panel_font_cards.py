"""Font card drivers against simulated cards: success, silence, refusal, late answers, pulled cables, power cuts."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from panel_rig import FAST, backoff, running, until, words
from virtual_story import in_virtual_time

from display_controller.drivers.bx_k import BxKOptions, bx_k_display
from display_controller.drivers.bx_link import BxTiming
from display_controller.drivers.display import DisplayStatus
from display_controller.drivers.panel import PanelDisplay
from display_controller.wire import bx_g, bx_k
from display_controller.wire.bx_k import BxError
from hallkit.transports.memory import Cable
from hallkit.transports.serve import serve
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import Sockets, open_stream
from simulators import panel_bx_g, panel_bx_k


@asynccontextmanager
async def font_card(
    card: panel_bx_k.SimulatedBxK, cable: Cable | None = None, **options: object
) -> AsyncIterator[tuple[PanelDisplay, Sockets]]:
    sockets = Sockets()
    chosen = BxKOptions(timing=FAST, **options)  # type: ignore[arg-type]
    display = bx_k_display(partial(open_stream, "memory:k", sockets), backoff(), chosen)
    async with serve("memory:k", partial(panel_bx_k.serve, card), sockets=sockets, cable=cable), running(display):
        yield display, sockets


@in_virtual_time
async def test_a_font_card_shows_the_words_in_their_colours() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        display.show(words("A042", "3号窗口"))
        await until(lambda: display.sent == 1)

        assert card.texts == {0: "A042", 1: "3号窗口"}
        assert (255, 255, 0) in [colour for _, colour in card.picture.getcolors() or []]
        assert display.status is DisplayStatus.ONLINE


@in_virtual_time
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


@in_virtual_time
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


@in_virtual_time
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
@in_virtual_time
async def test_a_card_with_passing_troubles_shows_the_words_in_the_end(setup: str) -> None:
    card = panel_bx_k.build(setup, 64, 32)
    async with font_card(card) as (display, _):
        display.show(words("A042"))
        await until(lambda: card.texts == {0: "A042"} and display.status is DisplayStatus.ONLINE)


@in_virtual_time
async def test_a_silent_card_is_reported_and_served_once_it_speaks() -> None:
    card = panel_bx_k.build("silent", 64, 32)
    async with font_card(card) as (display, _):
        display.show(words("A042"))
        await until(lambda: "no answer" in display.detail)
        assert display.status is DisplayStatus.SILENT

        card.faults.silent = False
        await until(lambda: card.texts == {0: "A042"})


@in_virtual_time
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


@in_virtual_time
async def test_a_card_that_stays_busy_is_refusing() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        await until(lambda: display.status is DisplayStatus.ONLINE)
        card.faults.busy = 1000
        display.show(words("A042"))
        await until(lambda: "busy" in display.detail)


@in_virtual_time
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


@in_virtual_time
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


@in_virtual_time
async def test_a_panel_that_never_opens_its_line_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display_controller.drivers.panel.REACH_WITHIN", 0.01)

    async def open_for_ever() -> ByteStream:
        return await asyncio.Future()

    async with running(bx_k_display(open_for_ever, backoff())) as display:
        await until(lambda: "no answer" in display.detail)


@in_virtual_time
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


@in_virtual_time
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


@in_virtual_time
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


@in_virtual_time
async def test_a_card_that_lost_its_memory_is_filled_again_at_the_next_refresh() -> None:
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card, refresh_every=0.1) as (display, _):
        display.show(words("A042"))
        await until(lambda: display.sent == 1)
        card.cut_power()
        card.restore_power()
        await until(lambda: card.texts == {0: "A042"})


@in_virtual_time
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


@in_virtual_time
async def test_words_arrive_over_a_bad_slow_line() -> None:
    card = panel_bx_k.build(width=64, height=32)
    cable = Cable(chunk=3, corrupt=0.0008, loss=0.0008, chance=random.Random(5))
    async with font_card(card, cable) as (display, _):
        for number in range(20):
            display.show(words(f"A{number:03}"))
            await until(lambda n=number: card.texts == {0: f"A{n:03}"})  # type: ignore[misc]


@in_virtual_time
async def test_the_newest_picture_replaces_one_not_sent_yet() -> None:
    card = panel_bx_k.build("slow", 64, 32)
    card.faults.slow = 0.02
    async with font_card(card) as (display, _):
        for number in range(50):
            display.show(words(f"A{number:03}"))
            await asyncio.sleep(0.001)
        await until(lambda: card.texts == {0: "A049"})
        assert display.sent < 20


@in_virtual_time
async def test_a_wish_that_waits_too_long_makes_the_panel_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display_controller.drivers.panel.LATE_AFTER", 0.02)
    card = panel_bx_k.build(width=64, height=32)
    async with font_card(card) as (display, _):
        await until(lambda: display.status is DisplayStatus.ONLINE)
        card.faults.busy = 6
        display.show(words("A042"))
        await until(lambda: display.status is DisplayStatus.STALE)
        await until(lambda: display.status is DisplayStatus.ONLINE and display.sent == 1)


@in_virtual_time
async def test_query_of_brightness_is_answered() -> None:
    card = panel_bx_g.build()
    (reply,) = card.receive(bx_g.encode(bx_g.query_brightness()), 0.0)
    assert reply == bx_g.encode_reply(
        bx_g.Reply(bx_g.Command.BRIGHTNESS_STATE, payload=bytes([0, 0, 0, 0, 0, 15])), 1, card.card.code
    )
