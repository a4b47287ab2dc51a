"""Who may do what: front windows accept, back offices decide, the unified window hands out.

Source: Jining 2020 plan for undifferentiated one-window acceptance (审办分离; training and authorisation of clerks).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.cases import CaseRefusal
from intake_server.core.cases.catalogue import HandlingItem
from intake_server.core.cases.errors import RefusedError


class Duty(StrEnum):
    """What a member of staff is there for."""

    ACCEPT = "accept"
    DECIDE = "decide"
    HAND_OUT = "hand_out"
    SUPERVISE = "supervise"
    LEAD = "lead"


ALL_ITEMS = "*"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff: number, name, duties, authorised items, department, telephone, and complaints to answer."""

    number: str
    name: str
    duties: tuple[Duty, ...]
    department: str
    place: str
    phone: str
    items: tuple[str, ...] = (ALL_ITEMS,)
    complaints: tuple[str, ...] = ()

    def is_authorised(self, item: str) -> bool:
        """Whether the authority covers an item."""
        return ALL_ITEMS in self.items or item in self.items


class Roster:
    """Everybody who works on cases, by number."""

    def __init__(self, people: Iterable[Staff]) -> None:
        self.people: Mapping[str, Staff] = {one.number: one for one in people}

    def find(self, number: str) -> Staff:
        """Return a member of staff; RefusedError for an unknown number."""
        if number not in self.people:
            raise RefusedError(CaseRefusal.NO_STAFF, number[:20])
        return self.people[number]

    def for_complaint(self, category: str) -> Staff | None:
        """Return who answers complaints of a category: whoever it is named for, else whoever supervises."""
        people = list(self.people.values())
        named = [one for one in people if category in one.complaints]
        return next(iter(named or [one for one in people if Duty.SUPERVISE in one.duties]), None)

    def with_duty(self, number: str, duty: Duty) -> Staff:
        """Return a member of staff who has a duty; RefusedError else."""
        staff = self.find(number)
        if duty not in staff.duties:
            raise RefusedError(CaseRefusal.NOT_AUTHORISED, duty.value)
        return staff


def check_acceptor(staff: Staff, items: Iterable[HandlingItem]) -> None:
    """Raise RefusedError for somebody without authority for one of the items."""
    for item in items:
        if not staff.is_authorised(item.item):
            raise RefusedError(CaseRefusal.NOT_AUTHORISED, item.item)


def check_decider(staff: Staff, item: HandlingItem, accepted_by: str) -> None:
    """Raise RefusedError for another department's item, one without authority, or whoever accepted it.

    Only an item done the same day at the window is decided by the one who accepted it.
    """
    if item.immediate and staff.number == accepted_by:
        return
    if Duty.DECIDE not in staff.duties:
        raise RefusedError(CaseRefusal.NOT_AUTHORISED, Duty.DECIDE.value)
    if staff.number == accepted_by:
        raise RefusedError(CaseRefusal.SAME_PERSON, item.item)
    if staff.department != item.department or not staff.is_authorised(item.item):
        raise RefusedError(CaseRefusal.NOT_AUTHORISED, item.item)


def check_hand_out(staff: Staff, deciders: Iterable[str], *, immediate: bool) -> None:
    """Raise RefusedError for whoever decided and for all but the unified window; same-day items end where accepted."""
    if staff.number in tuple(deciders) and not immediate:
        raise RefusedError(CaseRefusal.SAME_PERSON)
    if Duty.HAND_OUT not in staff.duties and not (immediate and Duty.ACCEPT in staff.duties):
        raise RefusedError(CaseRefusal.NOT_AUTHORISED, Duty.HAND_OUT.value)
