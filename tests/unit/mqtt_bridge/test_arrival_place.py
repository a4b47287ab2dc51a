"""A fact whose number no store can count goes to quarantine and moves no mark."""

import json

import pytest

from contract.topics import Address
from hallkit.runtime.store import open_database
from mqtt_bridge.core.arrival import examine
from mqtt_bridge.store.hall_store import HallStore

TOPIC = "h24/v1/demo/rating-pad/pad-01/ev"
GOOD = (
    b'{"v":1,"id":"i","dev":"pad-01","boot":"b","ts":"2026-09-14T09:00:00+08:00","type":"RatingGiven",'
    b'"body":{"rating":"r","service_event":"e","grade":4,"at":"2026-09-14T09:00:00+08:00"},"inc":"x","seq":1}'
)


def with_place(**place: object) -> bytes:
    return json.dumps(json.loads(GOOD) | place).encode()


@pytest.mark.parametrize("place", [
    {"seq": 0}, {"seq": -1}, {"seq": 2**53}, {"seq": 2**70, "low": 2**70}, {"inc": ""}, {"inc": "x" * 41},
    {"inc": "号"}, {"inc": "a\x00b"}, {"v": 2, "seq": 2**70}, {"v": 2, "inc": ""},
])  # fmt: skip
def test_a_number_no_store_can_count_moves_no_mark(place: dict[str, object]) -> None:
    store = HallStore(open_database(":memory:"), "demo", "inc")
    taken = store.take([examine(TOPIC, with_place(**place)), examine(TOPIC, GOOD)], "2026-09-14T09:00:00+08:00")
    assert len(taken.quarantined) == 1
    assert taken.rows == 1
    assert store.mark(Address("demo", "rating-pad", "pad-01"), "x") == 1
    assert len(store.marks()) == 1
