"""What devices ask of the queue engine, and its answers."""

from datetime import date
from typing import Annotated

import msgspec

from contract.board import HallMode, PauseReason, QueueOnBoard
from contract.body import Body, Reply, Request
from contract.moment import Moment
from contract.queue import (
    CancelReason,
    ChoiceReason,
    Estimate,
    HoldReason,
    IssueChannel,
    Name,
    Names,
    NumberBlock,
    OfflineTicket,
    Place,
    PriorityClass,
    RefusalCode,
    TicketStanding,
)


class IssueTicket(Request, frozen=True, kw_only=True):
    """Give a ticket for one service or several in turn; `person` is a salted opaque token, never a name or number."""

    services: Names
    channel: IssueChannel
    priority: PriorityClass = PriorityClass.ORDINARY
    elder: bool = False
    person: Name | None = None


class CancelTicket(Request, frozen=True, kw_only=True):
    """Give up a ticket that is not being served; without a day the live one of that number is meant, here as below."""

    ticket: Name
    reason: CancelReason
    business_day: date | None = None


class AskTicket(Request, frozen=True, kw_only=True):
    """Tell how a ticket stands, found by its link token, its number, or the person token it was taken with."""

    link: Name | None = None
    ticket: Name | None = None
    business_day: date | None = None
    person: Name | None = None


class StepAway(Request, frozen=True, kw_only=True):
    """The holder of a waiting ticket leaves the hall and means to come back (`ReturnTicket`)."""

    ticket: Name
    business_day: date | None = None


class ReturnTicket(Request, frozen=True, kw_only=True):
    """Put an away, missed or held ticket back; `place` counts for held ones, the hall's rule for the others."""

    ticket: Name
    business_day: date | None = None
    place: Place = Place.BY_AGE


class TransferTicket(Request, frozen=True, kw_only=True):
    """Send a waiting, called or served ticket to another service."""

    ticket: Name
    service: Name
    place: Place
    business_day: date | None = None


class BookAppointment(Request, frozen=True, kw_only=True):
    """Reserve a time; refused where the service is not staffed then or the slot is full."""

    service: Name
    start: Moment
    person: Name | None = None
    elder: bool = False


class CancelAppointment(Request, frozen=True, kw_only=True):
    """Give a reserved time back."""

    appointment: Name


class CheckIn(Request, frozen=True, kw_only=True):
    """The person of an appointment is in the hall: give the ticket, to today's `person` token where a card was read."""

    appointment: Name
    person: Name | None = None


class LeaseBlock(Request, frozen=True, kw_only=True):
    """Lease numbers to a machine for when the engine is away; today's, or the next business day's in advance."""

    machine: Name
    service: Name
    next_day: bool = False


class ReconcileTickets(Request, frozen=True, kw_only=True):
    """Merge tickets handed out of a block; `signature` is the engine's own over `block_claim`, checked first."""

    block: NumberBlock
    tickets: Annotated[tuple[OfflineTicket, ...], msgspec.Meta(max_length=100)]
    signature: str = ""


class OpenWindow(Request, frozen=True, kw_only=True):
    """Staff sits down at a window; empty `services` means all the window's own, `skills` limits them if given."""

    window: int
    staff: Name
    services: Names = ()
    skills: Names | None = None


class PauseWindow(Request, frozen=True, kw_only=True):
    """Call nobody more at a window; a ticket in hand is served first."""

    window: int
    reason: PauseReason
    until: Moment | None = None


class ResumeWindow(Request, frozen=True, kw_only=True):
    """End a window's pause."""

    window: int


class CloseWindow(Request, frozen=True, kw_only=True):
    """Staff leaves a window; a called ticket goes back to its place, a served one may still be finished."""

    window: int


class CallNext(Request, frozen=True, kw_only=True):
    """Call whoever is next for a window."""

    window: int


class CallTicket(Request, frozen=True, kw_only=True):
    """Call one particular waiting, away, missed or held ticket, with the reason for the audit."""

    window: int
    ticket: Name
    reason: ChoiceReason
    business_day: date | None = None


class Recall(Request, frozen=True, kw_only=True):
    """Call the ticket in hand again."""

    window: int


class StartService(Request, frozen=True, kw_only=True):
    """The called person is at the window."""

    window: int


class FinishService(Request, frozen=True, kw_only=True):
    """The ticket in hand is served; a ticket with more services goes on waiting for the next."""

    window: int


class MarkNoShow(Request, frozen=True, kw_only=True):
    """The called person did not come."""

    window: int


class HoldTicket(Request, frozen=True, kw_only=True):
    """Put the ticket in hand aside until its holder is ready."""

    window: int
    reason: HoldReason


class SetMode(Request, frozen=True, kw_only=True):
    """Set the hall's mode by hand; None follows the timetable again."""

    mode: HallMode | None


class StartBusinessDay(Request, frozen=True, kw_only=True):
    """Start the business day by hand, in halls that do not start it by the clock."""


class AskQueues(Request, frozen=True, kw_only=True):
    """Tell the state, length and forecast of every service, and how good the forecasts were."""


class TicketIssuedReply(Reply, frozen=True, kw_only=True):
    """The ticket, committed; `serves_from` is set when it was taken in unattended hours."""

    ticket: str
    service: str
    business_day: date
    issued_at: Moment
    ahead: int
    link: str
    estimate: Estimate | None = None
    come_back_at: Moment | None = None
    serves_from: Moment | None = None
    more_services: tuple[str, ...] = ()


class TicketReply(Reply, frozen=True, kw_only=True):
    """Every live ticket that was asked for, newest first; an ended one is found by its link until its day is over."""

    tickets: tuple[TicketStanding, ...]


class CallReply(Reply, frozen=True, kw_only=True):
    """The ticket a window has in hand after a call, a recall or a start; `service_event` from the start on."""

    window: int
    ticket: str
    business_day: date
    service: str
    call: int
    count: int
    calls_left: int
    elder: bool = False
    service_event: str | None = None


class FinishReply(Reply, frozen=True, kw_only=True):
    """The service event to rate, and the service the ticket now waits for, if any."""

    ticket: str
    service_event: str
    next_service: str | None = None


class BlockReply(Reply, frozen=True, kw_only=True):
    """A leased block; the engine's app adds the `signature` over `block_claim`.

    `salt` is the hall's for person tokens of the block's business day, in hexadecimal digits; empty where it would
    travel in the clear. It is added on the way out and is part of no fact.
    """

    block: NumberBlock
    signature: str = ""
    salt: str = ""


class RefusedOffline(Body, frozen=True, kw_only=True):
    """One offline ticket that could not be merged, and why; it is kept in the journal whole."""

    ticket: str
    code: RefusalCode


class ReconcileReply(Reply, frozen=True, kw_only=True):
    """What became of every offline ticket; a ticket merged earlier counts as accepted."""

    accepted: tuple[str, ...]
    refused: tuple[RefusedOffline, ...] = ()


class AppointmentReply(Reply, frozen=True, kw_only=True):
    """A reserved time and the span in which its check-in keeps it."""

    appointment: str
    service: str
    start: Moment
    check_in_from: Moment
    check_in_until: Moment


class ForecastScore(Body, frozen=True, kw_only=True):
    """How many estimates that told of a wait were scored this business day, and how many held what happened."""

    service: str
    business_day: date
    scored: int
    covered: int


class QueuesReply(Reply, frozen=True, kw_only=True):
    """The whole hall at a glance."""

    business_day: date
    mode: HallMode
    as_of: Moment
    queues: tuple[QueueOnBoard, ...]
    scores: tuple[ForecastScore, ...] = ()


class QueueRefused(Reply, frozen=True, kw_only=True):
    """Not done, and why; `when` is the time a service reopens or a check-in begins."""

    code: RefusalCode
    when: Moment | None = None
