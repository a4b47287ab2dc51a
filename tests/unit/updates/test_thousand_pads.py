"""A thousand simulated pads, one in twenty of which cannot run the new release."""

from firmware.updates.core.rollout import Stage
from hall24.bench.updating import NEW, OLD, PADS, town
from simulators.updating_pad import Trouble, UpdatingPad


def test_a_thousand_pads_are_updated_and_none_is_lost() -> None:
    hall = town(stop_at=0.2)
    hall.run()
    assert hall.rollout.finished
    assert not hall.lost()
    assert not hall.broken_rules
    assert len(hall.rollout.of(Stage.DONE)) == PADS * 0.95
    for place in hall.rollout.places.values():
        assert hall.pads[place.target.name].version == (NEW if place.stage is Stage.DONE else OLD)


def test_it_stops_by_itself_at_its_threshold_and_the_rest_keeps_what_it_had() -> None:
    hall = town(stop_at=0.03)
    hall.run()
    failed, done = len(hall.rollout.of(Stage.FAILED)), len(hall.rollout.of(Stage.DONE))
    assert hall.rollout.stopped
    assert not hall.lost()
    assert not hall.broken_rules
    assert failed + done < PADS * 0.6
    assert {hall.pads[one.target.name].version for one in hall.rollout.of(Stage.WAITING)} == {OLD}


def test_a_pad_survives_a_cut_at_any_moment() -> None:
    for moment in range(0, 400, 3):
        for trouble in Trouble:
            pad = UpdatingPad("pad-1", breaks={NEW: trouble})
            pad.begin(NEW)
            for second in range(0, 1_200, 3):
                pad.advance(3)
                if second == moment:
                    pad.cut_power()
                assert pad.version in (OLD, NEW)
            assert pad.is_busy is False
