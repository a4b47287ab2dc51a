"""Words of the queue: enumerations and the small records that requests, replies and facts share."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from contract.body import Body, Fact
from contract.moment import Moment

Name = Annotated[str, msgspec.Meta(max_length=64)]
"""A ticket, service, machine, person token and the like: short, so that no fact outgrows a message."""

Names = Annotated[tuple[Name, ...], msgspec.Meta(max_length=32)]
"""A few names, such as the services of a ticket."""

SERVICE = "queue"
"""The service name that requests to the queue engine carry."""


class PriorityClass(StrEnum):
    """How fast a ticket gains priority; the rates are the hall's configuration."""

    ORDINARY = "ordinary"
    ELDER = "elder"
    DISABLED = "disabled"
    SOLDIER = "soldier"
    APPOINTMENT = "appointment"


class IssueChannel(StrEnum):
    """How a citizen took a ticket."""

    TOUCH = "touch"
    CARD = "card"
    APPOINTMENT = "appointment"
    KIOSK = "kiosk"
    WEB = "web"


class TicketState(StrEnum):
    """Where a ticket is in its life; the last three are its ends."""

    WAITING = "waiting"
    AWAY = "away"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    MISSED = "missed"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Place(StrEnum):
    """Where a transferred or returned ticket stands: before all, after all, or by the time it was taken."""

    FRONT = "front"
    END = "end"
    BY_AGE = "by_age"


class CallOrder(StrEnum):
    """Why this ticket and not the oldest one: the audit word of a call."""

    OLDEST = "oldest"
    PRIORITY = "priority"
    PASSED_ENOUGH = "passed_enough"
    FRONT = "front"
    OVERFLOW = "overflow"
    CHOSEN = "chosen"


class ChoiceReason(StrEnum):
    """Why a clerk calls one particular ticket."""

    RETURNED = "returned"
    FRAIL = "frail"
    SAME_MATTER = "same_matter"
    COMPLAINT = "complaint"
    SUPERVISOR = "supervisor"


class HoldReason(StrEnum):
    """Why a ticket in hand is put aside."""

    FETCHING_MATERIAL = "fetching_material"
    FILLING_FORM = "filling_form"
    PAYING = "paying"
    SYSTEM_DOWN = "system_down"


class CancelReason(StrEnum):
    """Why a ticket is given up."""

    CITIZEN = "citizen"
    CLERK = "clerk"
    WRONG_SERVICE = "wrong_service"


class ExpiryReason(StrEnum):
    """Why a ticket ended by time alone."""

    NOT_RETURNED = "not_returned"
    TOO_OLD = "too_old"


class ReturnOutcome(StrEnum):
    """What coming back meant: the old place, a place behind a few others, the end, or before all."""

    KEPT_PLACE = "kept_place"
    BEHIND_OTHERS = "behind_others"
    AT_END = "at_end"
    AT_FRONT = "at_front"


class EstimateBasis(StrEnum):
    """What a waiting-time estimate rests on."""

    QUEUE_LENGTH = "queue_length"
    HEAD_OF_LINE = "head_of_line"
    OPENING = "opening"
    PRIOR = "prior"


class RefusalCode(StrEnum):
    """Why the queue did not do as asked; the text catalogue's code is `queue.refused.<code>`."""

    UNKNOWN_SERVICE = "unknown_service"
    UNKNOWN_TICKET = "unknown_ticket"
    UNKNOWN_WINDOW = "unknown_window"
    UNKNOWN_APPOINTMENT = "unknown_appointment"
    UNKNOWN_REQUEST = "unknown_request"
    KEY_CONFLICT = "key_conflict"
    SERVICE_CLOSED = "service_closed"
    QUEUE_FULL = "queue_full"
    EMERGENCY = "emergency"
    NUMBERS_EXHAUSTED = "numbers_exhausted"
    NOBODY_WAITING = "nobody_waiting"
    WINDOW_CLOSED = "window_closed"
    WINDOW_PAUSED = "window_paused"
    WINDOW_BUSY = "window_busy"
    WINDOW_OPEN = "window_open"
    NO_TICKET_IN_HAND = "no_ticket_in_hand"
    NOT_IN_THIS_STATE = "not_in_this_state"
    NOT_AUTHORISED = "not_authorised"
    CALL_LIMIT = "call_limit"
    OTHERS_DUE_FIRST = "others_due_first"
    TOO_EARLY = "too_early"
    SLOT_FULL = "slot_full"
    BLOCK_LIMIT = "block_limit"
    DAY_ALREADY_STARTED = "day_already_started"
    FOREIGN_MACHINE = "foreign_machine"
    FOREIGN_BLOCK = "foreign_block"
    FOREIGN_DAY = "foreign_day"
    FOREIGN_EPOCH = "foreign_epoch"
    NOT_IN_BLOCK = "not_in_block"
    NUMBER_TAKEN = "number_taken"
    CLOCK_WRONG = "clock_wrong"


class TicketFact(Fact, frozen=True, kw_only=True):
    """Something that happened to one ticket, named by its business day and number."""

    ticket: str
    business_day: date
    at: Moment


class Estimate(Body, frozen=True, kw_only=True):
    """A forecast wait: four of five tickets should be called between `low_minutes` and `high_minutes`."""

    low_minutes: int
    high_minutes: int
    basis: EstimateBasis


class NumberBlock(Body, frozen=True, kw_only=True):
    """Numbers `first` to `last` of a prefix that one machine may hand out on one business day of one engine epoch."""

    block: Name
    hall: Name
    machine: Name
    service: Name
    prefix: Name
    business_day: date
    epoch: Name
    first: int
    last: int


class OfflineTicket(Body, frozen=True, kw_only=True):
    """A ticket a machine handed out of its block while the engine was away."""

    ticket: Name
    taken_at: Moment
    link: Name
    services: Names
    channel: IssueChannel = IssueChannel.TOUCH
    priority: PriorityClass = PriorityClass.ORDINARY
    elder: bool = False
    person: Name | None = None


class TicketStanding(Body, frozen=True, kw_only=True):
    """What the holder of a ticket may know of it now; `come_back_at` is when it is wise to be in the hall."""

    ticket: str
    business_day: date
    service: str
    state: TicketState
    issued_at: Moment
    link: str
    ahead: int = 0
    estimate: Estimate | None = None
    come_back_at: Moment | None = None
    window: int | None = None
    zone: str | None = None
    more_services: tuple[str, ...] = ()


def block_claim(block: NumberBlock) -> bytes:
    """Return the bytes a block's signature covers: its fields in a fixed order, one a line."""
    day = block.business_day.isoformat()
    fields = (block.block, block.hall, block.machine, block.service, block.prefix, day, block.epoch)
    return "\n".join(("h24-block-1", *fields, str(block.first), str(block.last))).encode()
