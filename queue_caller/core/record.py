"""Everything the engine must remember: plain records that a snapshot holds and replay builds."""

from datetime import date, datetime

import msgspec

from contract.board import CallOnBoard, HallMode, PauseReason, QueueState
from contract.queue import Estimate, IssueChannel, NumberBlock, PriorityClass, TicketState
from queue_caller.core.lanes import Line


class Ticket(msgspec.Struct, kw_only=True):
    """A live ticket; `services[0]` is the one it waits or is served for, `since` and `order` say where it stands."""

    key: str
    ticket: str
    business_day: date
    state: TicketState
    services: tuple[str, ...]
    priority: PriorityClass
    lane: str
    since: int
    order: int
    entered: datetime
    """When it came into its state."""
    issued_at: datetime
    lives_from: datetime
    link: str
    channel: IssueChannel
    elder: bool = False
    person: str | None = None
    estimate: Estimate | None = None
    window: int | None = None
    call: int = 0
    count: int = 0
    called_at: datetime | None = None
    started_at: datetime | None = None
    service_event: str | None = None
    late_by: int = 0

    @property
    def service(self) -> str:
        """The service the ticket waits or is served for."""
        return self.services[0]

    @property
    def standing(self) -> tuple[int, int, str]:
        """Where the ticket stands in its lane."""
        return self.since, self.order, self.key


class EndedTicket(msgspec.Struct, frozen=True):
    """What stays of a ticket until its business day is forgotten."""

    ticket: str
    business_day: date
    service: str
    state: TicketState
    issued_at: datetime
    link: str


class Seat(msgspec.Struct):
    """A window with staff: what it serves, its pause, the key of the ticket in hand."""

    window: int
    staff: str
    services: tuple[str, ...]
    overflow: tuple[str, ...]
    is_open: bool = True
    pause: PauseReason | None = None
    until: datetime | None = None
    ticket: str | None = None


class LeasedBlock(msgspec.Struct):
    """A block and the tickets of it that were merged, each with a digest of what it said."""

    block: NumberBlock
    used: dict[str, str] = msgspec.field(default_factory=dict)


class Reservation(msgspec.Struct, frozen=True):
    """An appointment nobody has come for yet; a missed one is kept until the next business day starts."""

    appointment: str
    service: str
    start: datetime
    person: str | None
    elder: bool
    is_missed: bool = False


class Counter(msgspec.Struct):
    """The last numbers used of a prefix on one day: handed out by the engine, and leased."""

    issued: int = 0
    leased: int = 0


class LostRun(msgspec.Struct, frozen=True):
    """Numbers above `after` up to `last` that lost leases of a restored engine may have used."""

    business_day: date
    prefix: str
    after: int
    last: int


class Learned(msgspec.Struct):
    """What calls taught about a service: seconds a call occupies a window, their spread, who comes, how wide to guess.

    `shares` is the share of each priority class among recent tickets, `width` the half-width of the band in spreads.
    """

    mean: float
    variance: float
    samples: int = 0
    width: float = 1.3
    shares: dict[PriorityClass, float] = msgspec.field(default_factory=dict)


class Tally(msgspec.Struct):
    """One service's counts on one business day; they outlive the tickets."""

    issued: int = 0
    offline: int = 0
    calls: int = 0
    first_calls: int = 0
    no_shows: int = 0
    finished: int = 0
    cancelled: int = 0
    expired: int = 0
    services_done: int = 0
    served_seconds: int = 0
    waited_seconds: int = 0
    passed: int = 0
    scored: int = 0
    covered: int = 0
    appointments_missed: int = 0


class Answer(msgspec.Struct, frozen=True):
    """A reply remembered under its key."""

    digest: str
    kind: str
    reply: msgspec.Raw
    business_day: date | None


class Record(msgspec.Struct):
    """The whole memory of the engine."""

    epoch: str = ""
    epochs: list[str] = msgspec.field(default_factory=list)
    business_day: date | None = None
    previous_day: date | None = None
    mode: HallMode = HallMode.OPEN
    mode_by_hand: bool = False
    call: int = 0
    order: int = 0
    tickets: dict[str, Ticket] = msgspec.field(default_factory=dict)
    ended: dict[str, EndedTicket] = msgspec.field(default_factory=dict)
    seats: dict[int, Seat] = msgspec.field(default_factory=dict)
    lines: dict[str, Line] = msgspec.field(default_factory=dict)
    aside: dict[str, list[str]] = msgspec.field(default_factory=dict)
    """Keys of the away and missed tickets of each service."""
    states: dict[str, QueueState] = msgspec.field(default_factory=dict)
    recent: dict[int, list[CallOnBoard]] = msgspec.field(default_factory=dict)
    """The latest calls of each window, newest first."""
    blocks: dict[str, LeasedBlock] = msgspec.field(default_factory=dict)
    lost: list[LostRun] = msgspec.field(default_factory=list)
    counters: dict[str, dict[str, Counter]] = msgspec.field(default_factory=dict)
    """Business day -> prefix -> last numbers used."""
    reservations: dict[str, Reservation] = msgspec.field(default_factory=dict)
    learned: dict[str, Learned] = msgspec.field(default_factory=dict)
    tallies: dict[str, dict[str, Tally]] = msgspec.field(default_factory=dict)
    """Business day -> service -> counts."""
    answers: dict[str, Answer] = msgspec.field(default_factory=dict)

    def knows_numbers_of(self, day: date) -> bool:
        """Return whether the numbers used on a day are known: they are, or no ticket of that day is remembered."""
        name = day.isoformat()
        return name in self.counters or name not in self.tallies
