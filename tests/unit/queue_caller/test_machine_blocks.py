"""Numbers of a machine's own, the day they belong to, and persons nobody knows."""

from datetime import date, datetime, time

import msgspec
import pytest

from contract.queue import NumberBlock
from hallkit.runtime.clock import SHANGHAI
from hallkit.runtime.store import open_database
from queue_caller.core.machine_blocks import HeldBlock, is_for, needs_lease, serving
from queue_caller.core.machine_person import person_token
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.core.machine_world import business_day, is_night
from queue_caller.drivers.machine_store import MachineStore, Paper, next_number, span_of

TODAY = date(2026, 9, 14)


def block(first: int, *, day: date = TODAY, epoch: str = "one", service: str = "A") -> NumberBlock:
    return NumberBlock(
        block=f"{day:%Y%m%d}-{service}{first}", hall="demo", machine="ticket-1", service=service, prefix=service,
        business_day=day, epoch=epoch, first=first, last=first + 19,
    )  # fmt: skip


def held(first: int, given: int = 0, day: date = TODAY) -> HeldBlock:
    return HeldBlock(block=block(first, day=day), signature="s", next=first + given)


@pytest.mark.parametrize("given,needed", [(0, False), (14, False), (15, True), (20, True)])
def test_a_quarter_left_of_the_day_asks_for_another_block(given: int, needed: bool) -> None:
    assert needs_lease([held(500, given)], "A", TODAY) is needed


def test_numbers_come_out_of_the_lowest_block_of_the_right_day_and_service() -> None:
    tomorrow = date(2026, 9, 15)
    blocks = [held(540), held(500, 20), held(520, 3), held(560, day=tomorrow)]
    found = serving(blocks, "A", TODAY)
    assert found is not None
    assert (next_number(found), span_of(found.block)) == ("A523", ("A520", "A539"))
    assert serving(blocks, "C", TODAY) is None
    assert serving([msgspec.structs.replace(held(500), retired=True)], "A", TODAY) is None


def test_a_block_for_another_machine_or_day_is_not_taken() -> None:
    asked = {"hall": "demo", "machine": "ticket-1", "service": "A", "days": [TODAY]}
    assert is_for(block(500), **asked)  # type: ignore[arg-type]
    assert not is_for(block(500), **{**asked, "machine": "ticket-2"})  # type: ignore[arg-type]
    assert not is_for(block(500, day=date(2026, 9, 16)), **asked)  # type: ignore[arg-type]


def test_a_block_of_a_new_epoch_retires_the_older_ones() -> None:
    store = MachineStore(open_database(":memory:"), "inc")
    store.add_block(block(500), "s")
    store.add_block(block(520, epoch="two"), "s")
    found = store.serving_block("A", TODAY)
    assert found is not None
    assert found.block.first == 520
    assert [one.retired for one in store.blocks()] == [True, False]


def test_a_ticket_taken_again_is_the_next_copy_and_keeps_what_is_known_of_its_paper() -> None:
    store = MachineStore(open_database(":memory:"), "inc")
    ticket = HeldTicket(ticket="A042", service="A", business_day=TODAY, taken_at=datetime(2026, 9, 14), link="L")  # noqa: DTZ001
    with store.commit():
        assert store.copy_of(ticket) is None
        store.add_ticket(ticket)
    store.set_paper(ticket, Paper.PRINTED)
    again = store.copy_of(ticket)
    assert again is not None
    assert again.reprint == 1
    assert store.unprinted() == []


def test_a_transaction_that_fails_leaves_neither_ticket_nor_number_used() -> None:
    store = MachineStore(open_database(":memory:"), "inc")
    store.add_block(block(500), "s")
    ticket = HeldTicket(ticket="A500", service="A", business_day=TODAY, taken_at=datetime(2026, 9, 14), link="L")  # noqa: DTZ001

    def pull_the_cord() -> None:
        with store.commit():
            store.add_ticket(ticket)
            raise RuntimeError("the cord is pulled")

    with pytest.raises(RuntimeError):
        pull_the_cord()
    assert not store.has_ticket(TODAY, "A500")


def test_the_same_number_is_the_same_token_for_one_day_only() -> None:
    store = MachineStore(open_database(":memory:"), "inc")
    first, other = store.salt(TODAY, b"a" * 32), store.salt(date(2026, 9, 15), b"b" * 32)
    assert store.salt(TODAY, b"c" * 32) == first
    number = "000000199001010016"
    assert person_token(first, number) == person_token(first, number) != person_token(other, number)
    assert number not in person_token(first, number)


def test_the_business_day_turns_at_the_halls_own_hour_and_never_back() -> None:
    at = datetime(2026, 9, 15, 5, 59, tzinfo=SHANGHAI)
    assert business_day(at, time(6), None) == TODAY
    assert business_day(at.replace(hour=6), time(6), None) == date(2026, 9, 15)
    assert business_day(at, time(6), date(2026, 9, 15)) == date(2026, 9, 15)


@pytest.mark.parametrize("hour,night", [(21, False), (22, True), (3, True), (6, False)])
def test_screens_are_dark_from_ten_to_six(hour: int, night: bool) -> None:
    assert is_night(datetime(2026, 9, 14, hour, tzinfo=SHANGHAI)) is night
