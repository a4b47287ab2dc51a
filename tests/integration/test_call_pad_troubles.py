"""A call pad line that is cut, noisy, dead or shared by two pads of one address, and pads found on it."""

import random

import pytest
from call_pad_rig import BOTH_WAYS, Rig, on_a_line

from mqtt_bridge.core.field_exchange import PadDisplay, PadHealth, PadKey, PadLamp
from mqtt_bridge.drivers.line_turns import Turns
from mqtt_bridge.errors import AddressTakenError, PadNotFoundError
from mqtt_bridge.wire.call_pad_values import KeyCode, LampCode
from simulators.call_pad_device import SimulatedCallPad


def test_a_lost_frame_neither_loses_nor_doubles_a_key() -> None:
    async def story(rig: Rig) -> None:
        rig.cable.chance = random.Random(7)
        rig.cable.loss = rig.cable.corrupt = 0.01
        keys = [KeyCode.NEXT, KeyCode.START, KeyCode.FINISH]
        for turn in range(300):
            rig.line.at(turn % 4 + 1).press(keys[turn // 4 % 3])
            await rig.clock.sleep(0.4)
        rig.cable.loss = rig.cable.corrupt = 0.0
        await rig.clock.sleep(10.0)
        for address in range(1, 5):
            heard = [press.key.value for _, press in rig.keys if press.address == address]
            assert heard == [["next", "start", "finish"][turn % 3] for turn in range(75)]

    on_a_line(story)


@BOTH_WAYS
def test_a_key_pressed_while_the_line_is_cut_comes_once_when_it_is_mended(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.line.cut = True
        await rig.clock.sleep(5.0)
        assert rig.states(3) == [PadHealth.ONLINE, PadHealth.SILENT]
        rig.line.at(3).press(KeyCode.NEXT)
        rig.line.at(3).press(KeyCode.NEXT)
        await rig.clock.sleep(5.0)
        assert rig.keys == []
        rig.line.cut = False
        await rig.clock.sleep(5.0)
        assert rig.pressed() == [(3, "next")]
        assert rig.keys[0][1].age == 5
        assert rig.states(3) == [PadHealth.ONLINE, PadHealth.SILENT, PadHealth.ONLINE]

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_pulled_adapter_is_opened_again_and_the_waiting_key_comes(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.near is not None
        rig.plugged = False
        rig.near.close()
        rig.line.at(1).press(KeyCode.FINISH)
        await rig.clock.sleep(20.0)
        assert rig.states(1) == [PadHealth.ONLINE, PadHealth.LINE_LOST]
        rig.plugged = True
        await rig.clock.sleep(20.0)
        assert rig.pressed() == [(1, "finish")]
        assert rig.states(1)[-1] is PadHealth.ONLINE

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_dead_pad_is_told_and_the_others_go_on(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.states(1) == [PadHealth.SILENT]
        rig.line.at(2).press(KeyCode.NEXT)
        await rig.clock.sleep(0.2)
        assert rig.pressed() == [(2, "next")]
        rig.line.at(1).plugged = True
        await rig.clock.sleep(3.0)
        assert rig.states(1) == [PadHealth.SILENT, PadHealth.ONLINE]

    on_a_line(story, turns, "dead_pad")


@BOTH_WAYS
def test_two_pads_with_one_address_are_told_with_both_serials(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        change = next(change for change in rig.health if change.address == 1)
        assert (change.health, change.serials) == (PadHealth.CONFLICT, (1001, 1004))
        rig.line.at(1).press(KeyCode.NEXT)
        await rig.clock.sleep(3.0)
        assert rig.keys == []
        rig.line.pads[-1].address = 4
        await rig.clock.sleep(6.0)
        assert rig.states(1) == [PadHealth.CONFLICT, PadHealth.ONLINE]
        assert rig.states(4)[-1] is PadHealth.ONLINE
        assert rig.pressed() == [(1, "next")]

    on_a_line(story, turns, "two_with_one_address")


@BOTH_WAYS
def test_a_second_pad_plugged_in_at_a_taken_address_is_noticed(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.line.plug_in(SimulatedCallPad(2000, 3))
        await rig.clock.sleep(3.0)
        assert rig.states(3) == [PadHealth.ONLINE, PadHealth.CONFLICT]

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_pad_whose_answers_are_garbled_is_noisy_and_the_others_go_on(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.states(1) == [PadHealth.NOISY]
        rig.line.at(2).press(KeyCode.NEXT)
        await rig.clock.sleep(0.5)
        assert rig.pressed() == [(2, "next")]

    on_a_line(story, turns, "garbled")


def test_noise_before_every_answer_costs_no_key() -> None:
    async def story(rig: Rig) -> None:
        rig.line.at(1).press(KeyCode.NEXT)
        await rig.clock.sleep(0.5)
        assert rig.pressed() == [(1, "next")]

    on_a_line(story, setup="noisy")


def test_an_answer_that_comes_too_late_is_never_taken_for_the_next_one() -> None:
    async def story(rig: Rig) -> None:
        rig.line.at(1).press(KeyCode.NEXT)
        rig.line.at(1).slow = 0.0065
        await rig.clock.sleep(3.0)
        assert rig.keys == []
        rig.line.at(1).slow = 0.0
        await rig.clock.sleep(5.0)
        assert rig.pressed() == [(1, "next")]

    on_a_line(story)


@BOTH_WAYS
def test_a_restarted_pad_shows_again_what_it_showed(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.driver.show(2, PadDisplay("A012", 37, PadLamp.SERVING, beep=True))
        await rig.clock.sleep(0.5)
        pad = rig.line.at(2)
        assert (pad.ticket, pad.waiting, pad.lamp, pad.beeps) == ("A012", 37, LampCode.SERVING, 1)
        pad.restart()
        await rig.clock.sleep(1.0)
        assert (pad.ticket, pad.waiting, pad.lamp, pad.beeps) == ("A012", 37, LampCode.SERVING, 1)
        pad.press(KeyCode.NEXT)
        await rig.clock.sleep(0.5)
        assert rig.keys[-1][1].name == "pad-1002-2-1"

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_pad_is_found_by_blinking_and_any_key(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        rig.driver.identify(4)
        await rig.clock.sleep(0.5)
        assert [pad.blinks for pad in rig.line.pads] == [False, False, False, True]
        rig.line.at(4).press(KeyCode.NEXT)
        await rig.clock.sleep(0.5)
        assert [press.key for _, press in rig.keys] == [PadKey.FOUND]
        assert not rig.line.at(4).blinks

    on_a_line(story, turns)


@BOTH_WAYS
def test_a_new_pad_is_found_by_its_serial_and_given_its_address(turns: Turns) -> None:
    async def story(rig: Rig) -> None:
        assert rig.states(4) == [PadHealth.SILENT]
        assert await rig.driver.survey() == (1004,)
        await rig.driver.assign(1004, 4)
        await rig.clock.sleep(4.0)
        assert rig.states(4)[-1] is PadHealth.ONLINE
        with pytest.raises(AddressTakenError):
            await rig.driver.assign(1004, 1)
        with pytest.raises(PadNotFoundError):
            await rig.driver.assign(999, 44)

    on_a_line(story, turns, "unassigned")


def test_several_new_pads_are_all_found() -> None:
    async def story(rig: Rig) -> None:
        for serial in range(3001, 3006):
            rig.line.plug_in(SimulatedCallPad(serial, 0))
        assert await rig.driver.survey() == tuple(range(3001, 3006))

    on_a_line(story)


def test_a_bouncing_contact_is_one_press_and_a_long_one_is_held() -> None:
    async def story(rig: Rig) -> None:
        pad = rig.line.at(1)
        for closed in (True, False, True, False, True):
            pad.contact(KeyCode.PAUSE, closed=closed)
            await rig.clock.sleep(0.004)
        await rig.clock.sleep(1.0)
        pad.contact(KeyCode.PAUSE, closed=False)
        await rig.clock.sleep(1.0)
        assert [(press.key, press.held) for _, press in rig.keys] == [(PadKey.PAUSE, False), (PadKey.PAUSE, True)]

    on_a_line(story)
