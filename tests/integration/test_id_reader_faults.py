"""The identity card reader against the simulated one: every fault has its name, no card is taken for another."""

import asyncio
import random

import pytest
from id_reader_rig import Rig, at_night

from hallkit.codecs.sam_v import Ask, Status
from hallkit.devices.card_reader import CardReaderError
from hallkit.devices.id_reader_card import Hint, IdReaderError, ReaderCause, Trouble
from simulators.id_cards import CARDS


@pytest.mark.parametrize(("field", "value"), [("noise", b"\xaa\x00\xaa\xaa\x96\x69"), ("doubles", 50)])
def test_what_the_line_adds_changes_no_card(field: str, value: object) -> None:
    async def story(rig: Rig) -> None:
        setattr(rig.device, field, value)
        waiting = await rig.wait()
        rig.device.lay_on(CARDS["foreigner_2023"])
        assert (await waiting).text == CARDS["foreigner_2023"].text
        assert rig.hints == []

    at_night(story)


def test_the_beginning_of_an_answer_that_never_ends_costs_one_deadline() -> None:
    async def story(rig: Rig) -> None:
        def add(ask: Ask | None) -> None:
            first = ask is Ask.FIND and rig.searches() == 1
            rig.device.noise = b"\xaa\xaa\xaa\x96\x69\x07\xd0" if first else b""

        rig.device.on_ask = add
        assert (await asyncio.wait_for(rig.driver.read(), 2.5)).text == CARDS["rare_name"].text
        assert rig.views == [None]

    at_night(story, "rare_name")


@pytest.mark.parametrize("asked_before", [0, 1, 2])
def test_a_wrong_bit_in_any_answer_is_noticed(asked_before: int) -> None:
    async def story(rig: Rig) -> None:
        def spoil(ask: Ask | None) -> None:
            if ask is (Ask.FIND, Ask.SELECT, Ask.READ)[asked_before] and not spoilt:
                spoilt.append(ask)
                rig.device.flips = 1

        spoilt: list[Ask | None] = []
        rig.device.on_ask = spoil
        reading = asyncio.create_task(rig.driver.read())
        await rig.clock.sleep(5)
        if not reading.done():
            assert rig.hints == [Hint(Trouble.UNREADABLE, 1)]
            rig.device.lift()
            await rig.clock.sleep(1)
            rig.device.lay_on(CARDS["minor"])
        assert (await reading).text == CARDS["minor"].text

    at_night(story, "minor")


def test_a_late_answer_is_never_taken_for_the_next_one() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.late = [1.3, 1.3, 1.3]
        rig.device.lay_on(CARDS["hk_macao_taiwan"])
        assert (await asyncio.wait_for(waiting, 30)).text == CARDS["hk_macao_taiwan"].text
        assert rig.hints == []

    at_night(story)


def test_a_reader_that_hangs_is_reset_and_the_citizen_notices_little() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.wedged = True
        rig.device.lay_on(CARDS["resident"])
        at = rig.clock.monotonic()
        await waiting
        assert rig.clock.monotonic() - at < 3.0
        assert Ask.RESET in rig.device.asked
        assert rig.views == [None]

    at_night(story)


def test_a_reader_a_reset_does_not_wake_loses_its_power_for_a_moment() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.hung = True
        rig.device.lay_on(CARDS["resident"])
        assert (await asyncio.wait_for(waiting, 10)).text == CARDS["resident"].text

    at_night(story, relay=True)


def test_a_silent_reader_is_said_to_be_silent_and_comes_back_by_itself() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.silent = True
        with pytest.raises(IdReaderError) as error:
            await waiting
        assert error.value.cause is ReaderCause.SILENT
        assert isinstance(error.value, CardReaderError)
        assert "switched on" in str(error.value)
        rig.device.silent = False
        rig.device.lay_on(CARDS["resident"])
        await asyncio.wait_for(rig.driver.wait_for(lambda view: view.can_read), 10)
        assert (await rig.read()).text == CARDS["resident"].text
        assert rig.views == [None, ReaderCause.SILENT, None]

    at_night(story)


@pytest.mark.parametrize("status", [Status.SELF_TEST_FAILED, Status.NOT_AUTHORISED])
def test_a_broken_security_module_puts_the_reader_out_of_use(status: Status) -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.sam = status
        with pytest.raises(IdReaderError) as error:
            await waiting
        assert error.value.cause is ReaderCause.SAM_FAULT
        assert not rig.driver.view.can_read
        before = len(rig.device.asked)
        await rig.clock.sleep(3600)
        assert len(rig.device.asked) - before < 70
        rig.device.sam = Status.OK
        await asyncio.wait_for(rig.driver.wait_for(lambda view: view.can_read), 61)

    at_night(story)


def test_a_reader_pulled_out_and_put_back_works_again_without_anybody() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.sockets.unplug("reader")
        with pytest.raises(IdReaderError) as error:
            await waiting
        assert error.value.cause is ReaderCause.UNPLUGGED
        with pytest.raises(IdReaderError):
            await rig.driver.read()
        await rig.clock.sleep(60)
        rig.plug_in()
        rig.device.lay_on(CARDS["resident"])
        await asyncio.wait_for(rig.driver.wait_for(lambda view: view.can_read), 6)
        assert (await rig.read()).text == CARDS["resident"].text
        assert rig.views == [None, ReaderCause.UNPLUGGED, None]

    at_night(story)


def test_a_reader_pulled_out_at_rest_is_noticed_at_once() -> None:
    async def story(rig: Rig) -> None:
        rig.sockets.unplug("reader")
        await rig.clock.sleep(0.01)
        assert rig.views == [None, ReaderCause.UNPLUGGED]

    at_night(story)


@pytest.mark.parametrize("seed", range(8))
def test_on_a_bad_cable_a_card_is_read_rightly_or_not_at_all(seed: int) -> None:
    async def story(rig: Rig) -> None:
        rig.cable.chance = random.Random(seed)
        rig.cable.corrupt = rig.cable.loss = 0.001
        rig.cable.chunk = 7
        read = 0
        for name in [*CARDS] * 2:
            rig.device.lay_on(CARDS[name])
            try:
                async with asyncio.timeout(8):
                    assert (await rig.driver.read()).text == CARDS[name].text
                read += 1
            except (TimeoutError, IdReaderError):
                pass
            rig.device.lift()
        assert read

    at_night(story)
