"""Programs killed -9 at every named commit: ten seconds after the restart the hall is what it would have been."""

import pytest
from hall_rig import open_rig
from hall_script import Kill, Script

FAST_SNAPSHOTS = "\n[queue]\nsnapshot_every = 10\n"

ENGINE = [
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
CENTRE = [("intake/insert-ledger/before", "issue"), ("intake/insert-ledger/after", "rate")]


@pytest.mark.slow
@pytest.mark.mosquitto
@pytest.mark.parametrize(("program", "points"), [
    ("queue-engine", ENGINE), ("bridge", STORE), ("bridge", PADS), ("intake", CENTRE),
], ids=["engine", "hall store", "pad presses", "centre"])  # fmt: skip
async def test_killed_at_any_commit_a_hall_is_what_it_would_have_been(mosquitto, folder, program, points):
    async with open_rig(folder, "one_window", mosquitto, lambda text: text + FAST_SNAPSHOTS) as rig:
        script = Script(rig)
        await script.open()
        whole = await script.play()
        for point, step in points:
            kill = Kill(program, point, step)
            assert await script.play(kill) == whole, f"{point} at {step}"
            await script.asked_again()
