"""Programs killed -9 at every named commit: ten seconds after the restart the hall is what it would have been."""

import pytest
from hall_rig import open_rig
from hall_script import Kill, Script
from hall_stores import panel_faults

FAST_SNAPSHOTS = "\n[queue]\nsnapshot_every = 10\n"

ENGINE = [
    ("queue-engine/insert-snapshot/before", "issue"),
    ("queue-engine/insert-snapshot/after", "issue"),
    ("queue-engine/insert-fact/before", "issue"),
    ("queue-engine/insert-fact/after", "issue"),
    ("queue-engine/insert-fact/after", "call"),
    ("queue-engine/insert-fact/before", "finish"),
    ("queue-engine/insert-fact/after", "finish"),
    ("queue-engine/insert-fact/after", "transfer"),
    ("queue-engine/insert-fact/before", "offline"),
    ("queue-engine/insert-fact/after", "offline"),
    ("queue-engine/update-meta/before", "serve"),
    ("queue-engine/update-meta/after", "return"),
]
STORE = [
    ("hall-store/insert-fact/before", "issue"),
    ("hall-store/insert-fact/after", "finish"),
    ("hall-store/update-meta/before", "call"),
    ("hall-store/update-meta/after", "rate"),
]
PADS = [
    ("bridge-1-presses/insert-press/before", "call"),
    ("bridge-1-presses/insert-press/after", "call"),
    ("bridge-1-presses/delete-press/before", "serve"),
    ("bridge-1-presses/delete-press/after", "finish"),
]
SENSORS = [
    ("bridge-1/insert-outbox/before", "door"),
    ("bridge-1/insert-outbox/after", "door"),
    ("bridge-1/delete-outbox/after", "door"),
]
CENTRE = [("intake/insert-ledger/before", "issue"), ("intake/insert-ledger/after", "rate")]
DISPLAYS = [
    ("displays-1/insert-outbox/before", "panel"),
    ("displays-1/insert-outbox/after", "panel"),
    ("displays-1/delete-outbox/before", "panel"),
    ("displays-1/delete-outbox/after", "panel"),
]
EVERYBODY = [
    ("queue-engine", "queue-engine/insert-fact/after", "finish"),
    ("bridge", "hall-store/insert-fact/after", "issue"),
    ("bridge", "bridge-1-presses/insert-press/after", "call"),
    ("intake", "intake/insert-ledger/after", "return"),
]
"""The moments at which something is committed and nobody knows it yet."""


@pytest.mark.slow
@pytest.mark.mosquitto
@pytest.mark.parametrize(("program", "points"), [
    ("queue-engine", ENGINE), ("bridge", STORE), ("bridge", PADS), ("intake", CENTRE),
], ids=["engine", "hall store", "pad presses", "centre"])  # fmt: skip
async def test_killed_at_any_commit_a_hall_is_what_it_would_have_been(mosquitto, folder, program, points):
    kills = [Kill(program, point, step) for point, step in points]
    async with open_rig(folder, "one_window", mosquitto, lambda text: text + FAST_SNAPSHOTS) as rig:
        await same_as_uninterrupted(Script(rig), kills)


@pytest.mark.slow
async def test_the_same_on_the_small_broker(folder):
    async with open_rig(folder, "one_window", "embedded") as rig:
        await same_as_uninterrupted(Script(rig), [Kill(*one) for one in EVERYBODY])


@pytest.mark.slow
@pytest.mark.mosquitto
async def test_the_same_in_the_county_hall_where_doors_are_watched_and_tickets_change_zones(mosquitto, folder):
    sensors = [Kill("bridge", point, step) for point, step in SENSORS]
    async with open_rig(folder, "county", mosquitto) as rig:
        await same_as_uninterrupted(Script(rig, other=("E", 9)), [*sensors, *(Kill(*one) for one in EVERYBODY[:2])])


@pytest.mark.slow
@pytest.mark.mosquitto
@pytest.mark.timeout(600)
async def test_the_same_when_the_display_controller_dies_while_a_panel_falls_silent(mosquitto, folder):
    async with open_rig(folder, "one_window", mosquitto, with_a_panel_that_answers) as rig:
        script = Script(rig)
        await same_as_uninterrupted(script, [Kill("display", point, step) for point, step in DISPLAYS])
        assert panel_faults(rig.run, "display-01") == [True, False] * script.rounds


def with_a_panel_that_answers(text: str) -> str:
    """Return the hall's text with a BX-5E card at its window, instead of DDP, to which nobody answers."""
    before, panel, after = text.partition('kind = "window-display"')
    return before + panel + after.replace('protocol = "ddp"', 'protocol = "bx-5e"', 1).replace("udp://", "tcp://", 1)


async def same_as_uninterrupted(script: Script, kills: list[Kill]) -> None:
    """Play a whole round, then one with each kill: the same story in every store, the same answers to every key."""
    await script.open()
    whole = await script.play()
    assert whole.journal == whole.hall_store == whole.ledger
    assert whole.ratings == ((0, "grade 2"), (0, "reasons"))
    for kill in kills:
        assert await script.play(kill) == whole, f"{kill.point} at {kill.step}"
        await script.asked_again()
