"""Locker boards: the makers' bytes, noise, and which way round a contact is wired."""

import json
from importlib.resources import files
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.drivers.lock_board import WIRES, LockSettings
from kiosk.drivers.lock_doors import DoorChange, DoorEvent, Doors
from kiosk.wire.lock_8a import Decoder8A
from kiosk.wire.lock_board import DoorContact, LockFrameError, Report
from kiosk.wire.lock_kerong import AskDecoderKerong, encode_report

VECTORS = json.loads(files("contract").joinpath("vectors", "lock_boards.json").read_text(encoding="utf-8"))
ASKS = [(family, one) for family, vectors in VECTORS.items() for one in vectors["asks"]]
REPORTS = [(family, one) for family, vectors in VECTORS.items() for one in vectors["reports"]]


def report_of(vector: dict[str, dict[str, bool]]) -> Report:
    items = vector.get("items")
    return Report(
        int(str(vector["board"])),
        {int(lock): level for lock, level in vector["levels"].items()},
        None if items is None else {int(lock): level for lock, level in items.items()},
    )


@pytest.mark.parametrize(("family", "vector"), ASKS, ids=[one["name"] for _, one in ASKS])
def test_an_order_is_the_makers(family: str, vector: dict[str, str]) -> None:
    wire = WIRES[family]
    encode = wire.encode_open if vector["order"] == "open" else wire.encode_query
    assert encode(int(vector["board"]), int(vector["lock"])) == bytes.fromhex(vector["hex"])
    assert wire.baud == VECTORS[family]["baud"]


@pytest.mark.parametrize(("family", "vector"), REPORTS, ids=[one["name"] for _, one in REPORTS])
def test_a_report_survives_noise_and_cutting(family: str, vector: dict[str, str]) -> None:
    for noise, cut in product([b"", b"\x00\xff\x55", b"\x8a", b"\x02\x00", b"\x80\x01\x01\x11"], [1, 4, 99]):
        decoder = WIRES[family].decoder()
        data = noise + bytes.fromhex(vector["hex"]) * 2
        found = [one for at in range(0, len(data), cut) for one in decoder.feed(data[at : at + cut])]
        assert found == [report_of(vector)] * 2, (noise, cut)  # type: ignore[arg-type]
        assert decoder.discarded == len(noise), (noise, cut)


@pytest.mark.parametrize(("family", "vector"), REPORTS, ids=[one["name"] for _, one in REPORTS])
def test_a_damaged_byte_costs_one_report(family: str, vector: dict[str, str]) -> None:
    good = bytes.fromhex(vector["hex"])
    for at in range(len(good)):
        decoder = WIRES[family].decoder()
        assert list(decoder.feed(good[:at] + bytes((good[at] ^ 0x40,)) + good[at + 1 :])) == []
        decoder.reset()
        assert list(decoder.feed(good)) == [report_of(vector)]  # type: ignore[arg-type]


def test_a_board_of_many_locks_reports_what_it_was_given() -> None:
    report = Report(3, {lock: lock % 3 == 0 for lock in range(1, 17)}, {lock: lock > 12 for lock in range(1, 17)})
    assert list(WIRES["kerong"].decoder().feed(encode_report(report))) == [report]


def test_what_a_line_echoes_of_a_kerong_order_is_no_report() -> None:
    wire = WIRES["kerong"]
    orders = wire.encode_open(0, 5) + wire.encode_query(0, 5)
    assert list(wire.decoder().feed(orders)) == []
    assert list(AskDecoderKerong().feed(orders)) == [(0, 5, 0x31), (0, 1, 0x30)]


@pytest.mark.parametrize(
    ("family", "board", "lock"), [("8a", 0, 1), ("8a", 1, 256), ("kerong", 16, 1), ("kerong", 0, 17)]
)
def test_a_lock_no_frame_can_name_is_a_wrong_setting(family: str, board: int, lock: int) -> None:
    for encode in (WIRES[family].encode_open, WIRES[family].encode_query):
        with pytest.raises(LockFrameError):
            encode(board, lock)
    with pytest.raises(LockFrameError):
        LockSettings(kind=family, board=board, doors=lock)


@given(st.binary(max_size=200))
def test_no_bytes_break_an_ear(data: bytes) -> None:
    for wire in WIRES.values():
        decoder = wire.decoder()
        decoder.feed(data)
        assert decoder.pending < 9
    Decoder8A().frames(data)


@pytest.mark.parametrize("contact", DoorContact)
def test_a_contact_means_what_its_wiring_says(contact: DoorContact) -> None:
    assert [contact.is_open(contact.level(is_open=is_open)) for is_open in (True, False)] == [True, False]
    assert DoorContact.CLOSED_WHEN_LOCKED.is_open(level=False)
    assert DoorContact.CLOSED_WHEN_OPEN.is_open(level=True)


def test_doors_tell_each_change_once() -> None:
    doors = Doors(3, DoorContact.CLOSED_WHEN_LOCKED)
    shut = dict.fromkeys((1, 2, 3, 4), True)
    assert doors.learn(shut, 0.0) == []
    doors.order(2)
    assert doors.learn({**shut, 2: False, 4: False}, 1.0) == [DoorEvent(2, DoorChange.OPENED)]
    assert doors.learn({**shut, 2: False, 3: False}, 2.0) == [DoorEvent(3, DoorChange.FORCED)]
    assert doors.overdue(1.5) == [DoorEvent(2, DoorChange.LEFT_OPEN)]
    assert doors.overdue(1.5) == []
    assert doors.learn(shut, 3.0) == [DoorEvent(2, DoorChange.CLOSED), DoorEvent(3, DoorChange.CLOSED)]
    assert doors.learn({2: False}, 4.0) == [DoorEvent(2, DoorChange.FORCED)]
    assert doors.overdue(4.0) == [DoorEvent(2, DoorChange.LEFT_OPEN)]
