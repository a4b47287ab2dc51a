"""What happened in the queue: the engine's journal, its audit trail and what the centre learns, all in one.

Every fact says enough to be replayed without the configuration of its day. `since` is where a ticket stands: the
time it was taken, or later when it lost its place.
"""

from datetime import date

import msgspec

from contract.board import HallMode, PauseReason, QueueState
from contract.body import Fact
from contract.moment import Moment
from contract.queue import (
    CallOrder,
    CancelReason,
    ChoiceReason,
    Estimate,
    ExpiryReason,
    HoldReason,
    IssueChannel,
    NumberBlock,
    OfflineTicket,
    Place,
    PriorityClass,
    RefusalCode,
    ReturnOutcome,
    TicketFact,
)


class TicketIssued(TicketFact, frozen=True, kw_only=True):
    """A ticket was given out by the engine: what was promised is stored with it."""

    number: int
    prefix: str
    services: tuple[str, ...]
    since: Moment
    channel: IssueChannel
    priority: PriorityClass
    link: str
    ahead: int
    device: str
    elder: bool = False
    person: str | None = None
    estimate: Estimate | None = None
    serves_from: Moment | None = None
    appointment: str | None = None


class OfflineTicketAccepted(TicketFact, frozen=True, kw_only=True):
    """A ticket out of a leased block was merged by the time it was taken, within the block's lease."""

    since: Moment
    block: str
    machine: str
    number: int
    offline: OfflineTicket


class OfflineTicketRefused(Fact, frozen=True, kw_only=True):
    """An offline ticket could not be merged; it is kept whole so that staff can help its holder."""

    block: NumberBlock
    offline: OfflineTicket
    code: RefusalCode
    at: Moment


class TicketCalled(TicketFact, frozen=True, kw_only=True):
    """A window called a ticket; `among` are the services compared, `passed` how many older tickets it went before.

    `oldest_passed` names the oldest of them, at most 12.
    """

    window: int
    staff: str
    service: str
    call: int
    order: CallOrder
    among: tuple[str, ...]
    passed: int = 0
    oldest_passed: tuple[str, ...] = ()
    reason: ChoiceReason | None = None
    count: int = 1


class TicketRecalled(TicketFact, frozen=True, kw_only=True):
    """The ticket in hand was called again, for the `count`th time."""

    window: int
    call: int
    count: int


class ServiceStarted(TicketFact, frozen=True, kw_only=True):
    """The called person is at the window; `service_event` is what a rating refers to."""

    window: int
    staff: str
    service: str
    service_event: str


class ServiceFinished(TicketFact, frozen=True, kw_only=True):
    """A service event ended; with a `next_service` the ticket waits again since `since`."""

    window: int
    staff: str
    service: str
    service_event: str
    started_at: Moment
    next_service: str | None = None
    since: Moment | None = None


class TicketMissed(TicketFact, frozen=True, kw_only=True):
    """A called person did not come within the calls made."""

    window: int
    count: int


class TicketSteppedAway(TicketFact, frozen=True, kw_only=True):
    """A waiting person left and means to come back."""


class TicketTransferred(TicketFact, frozen=True, kw_only=True):
    """A ticket went to another service."""

    from_service: str
    to_service: str
    place: Place
    since: Moment
    window: int | None = None


class TicketHeld(TicketFact, frozen=True, kw_only=True):
    """A ticket in hand was put aside."""

    window: int
    reason: HoldReason


class TicketReturned(TicketFact, frozen=True, kw_only=True):
    """A ticket waits again since `since`; `late_by` counts the younger tickets that were called meanwhile."""

    outcome: ReturnOutcome
    since: Moment
    late_by: int = 0


class TicketCancelled(TicketFact, frozen=True, kw_only=True):
    """A ticket was given up."""

    reason: CancelReason


class TicketExpired(TicketFact, frozen=True, kw_only=True):
    """A ticket ended by time alone."""

    reason: ExpiryReason


class EstimateScored(TicketFact, frozen=True, kw_only=True):
    """What a ticket was told, against what happened."""

    service: str
    estimate: Estimate
    waited_seconds: int
    covered: bool


class WindowOpened(Fact, frozen=True, kw_only=True):
    """Staff sat down; `overflow` are services the window helps out with."""

    window: int
    staff: str
    services: tuple[str, ...]
    overflow: tuple[str, ...]
    at: Moment


class WindowPaused(Fact, frozen=True, kw_only=True):
    """A window calls nobody until it resumes; a ticket in hand is served first."""

    window: int
    staff: str
    reason: PauseReason
    at: Moment
    until: Moment | None = None


class WindowResumed(Fact, frozen=True, kw_only=True):
    """A window's pause ended."""

    window: int
    staff: str
    at: Moment


class WindowClosed(Fact, frozen=True, kw_only=True):
    """Staff left a window; a ticket being served there may still be finished."""

    window: int
    staff: str
    at: Moment


class AppointmentBooked(Fact, frozen=True, kw_only=True):
    """A time was reserved."""

    appointment: str
    service: str
    start: Moment
    at: Moment
    person: str | None = None
    elder: bool = False


class AppointmentCancelled(Fact, frozen=True, kw_only=True):
    """A reserved time was given back."""

    appointment: str
    at: Moment


class AppointmentCheckedIn(Fact, frozen=True, kw_only=True):
    """The person came; too late for the time means an ordinary ticket."""

    appointment: str
    ticket: str
    business_day: date
    at: Moment
    in_time: bool


class AppointmentMissed(Fact, frozen=True, kw_only=True):
    """Nobody came for a reserved time."""

    appointment: str
    service: str
    at: Moment
    person: str | None = None


class BlockLeased(Fact, frozen=True, kw_only=True):
    """Numbers were leased; they are never leased again."""

    block: NumberBlock
    at: Moment


class QueueStateChanged(Fact, frozen=True, kw_only=True):
    """A service hands out tickets differently from now on."""

    service: str
    state: QueueState
    at: Moment
    reopens: Moment | None = None


class ModeChanged(Fact, frozen=True, kw_only=True):
    """The hall's mode changed, by the timetable or by hand."""

    mode: HallMode
    by_hand: bool
    at: Moment


class BusinessDayStarted(Fact, frozen=True, kw_only=True):
    """Numbers start afresh; whoever still waits keeps waiting."""

    business_day: date
    at: Moment


class EpochStarted(Fact, frozen=True, kw_only=True):
    """The engine starts on a journal that lost at most `missing` facts; on `days` it skips what those may have used."""

    epoch: str
    missing: int
    block_size: int
    days: tuple[date, ...]
    prefixes: tuple[str, ...]
    at: Moment


class RequestAnswered(Fact, frozen=True, kw_only=True):
    """What a device was answered under its idempotency key; a retry gets the same `reply` of type `kind`."""

    device: str
    key: str
    digest: str
    kind: str
    reply: msgspec.Raw
    at: Moment
