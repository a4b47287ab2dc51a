"""Graphic card drivers against simulated cards of four types, and cards on TCP and a real terminal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from panel_rig import FAST, backoff, noise, running, until, words
from virtual_story import in_virtual_time

from display_controller.drivers.bx_g import BxGOptions, bx_g_display
from display_controller.drivers.bx_k import bx_k_display
from display_controller.drivers.display import DisplayStatus
from display_controller.drivers.panel import PanelDisplay
from display_controller.wire.bx_g import CARDS
from display_controller.wire.bx_g_area import LengthRules
from display_controller.wire.bx_g_bitmap import WordRules
from hallkit.transports.serve import serve
from hallkit.transports.url import Sockets, open_stream
from simulators import panel_bx_g, panel_bx_k


@asynccontextmanager
async def graphic_card(card: panel_bx_g.SimulatedBxG, **options: object) -> AsyncIterator[PanelDisplay]:
    sockets = Sockets()
    chosen = BxGOptions(card=card.card, timing=FAST, **options)  # type: ignore[arg-type]
    display = bx_g_display(partial(open_stream, "memory:g", sockets), backoff(), chosen)
    async with serve("memory:g", partial(panel_bx_g.serve, card), sockets=sockets), running(display):
        yield display


GRAPHIC = ["BX-5E1", "BX-5Q0+", "BX-6E1", "BX-6Q1"]


@pytest.mark.parametrize("name", GRAPHIC)
@in_virtual_time
async def test_a_graphic_card_shows_the_picture_dot_for_dot(name: str) -> None:
    card = panel_bx_g.build(width=64, height=32, card=CARDS[name])
    async with graphic_card(card) as display:
        display.show(noise(1))
        await until(lambda: display.sent == 1)
        display.show(picture := noise(2))
        await until(lambda: display.sent == 2)

        assert card.picture.tobytes() == picture.image.tobytes()
        assert len(card.history.changes) == 2


@in_virtual_time
async def test_a_sixth_generation_card_read_the_other_way_works_when_both_say_so() -> None:
    words_6e, lengths = WordRules(True, False), LengthRules(True, True, True)
    card = panel_bx_g.build(width=64, height=32, card=CARDS["BX-6E1"])
    card.words, card.lengths = words_6e, lengths
    async with graphic_card(card, words=words_6e, lengths=lengths) as display:
        display.show(picture := noise(3))
        await until(lambda: card.picture.tobytes() == picture.image.tobytes())


@in_virtual_time
async def test_a_card_of_another_type_refuses() -> None:
    card = panel_bx_g.build(width=64, height=32)
    options = BxGOptions(card=CARDS["BX-6E1"], timing=FAST)
    sockets = Sockets()
    display = bx_g_display(partial(open_stream, "memory:g", sockets), backoff(), options)
    async with serve("memory:g", partial(panel_bx_g.serve, card), sockets=sockets), running(display):
        await until(lambda: "controller type" in display.detail)
        assert display.status is DisplayStatus.REFUSING


@in_virtual_time
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


@in_virtual_time
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


async def test_a_card_that_is_silent_from_the_start_is_told_once_and_when_it_answers() -> None:
    card = panel_bx_g.build(width=64, height=32)
    card.faults.silent = True
    told: list[DisplayStatus] = []
    sockets = Sockets()
    options = BxGOptions(timing=FAST)
    async with serve("memory:g", partial(panel_bx_g.serve, card), sockets=sockets):
        display = bx_g_display(lambda: open_stream("memory:g", sockets), backoff(), options)
        display.on_status = told.append
        async with running(display):
            await until(lambda: told == [DisplayStatus.SILENT])
            card.faults.silent = False
            await until(lambda: told == [DisplayStatus.SILENT, DisplayStatus.ONLINE])
