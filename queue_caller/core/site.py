"""What a hall configures: services, windows, opening hours and the rules of its queue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from functools import cached_property

from contract.queue import PriorityClass
from hallkit.rules.numbering import NumberingError, check_prefix
from queue_caller.core.errors import SiteError
from queue_caller.core.hours import ALWAYS, Hours


@dataclass(frozen=True, slots=True)
class ClassRule:
    """Priority grows by `rate` a second of waiting, from `head_start` on (L. Kleinrock, 1964)."""

    rate: int = 1
    head_start: timedelta = timedelta()


CLASS_RULES: Mapping[PriorityClass, ClassRule] = {
    PriorityClass.ORDINARY: ClassRule(1),
    PriorityClass.ELDER: ClassRule(2),
    PriorityClass.DISABLED: ClassRule(3),
    PriorityClass.SOLDIER: ClassRule(3),
    PriorityClass.APPOINTMENT: ClassRule(2, timedelta(minutes=20)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The numbers of the queue's rules; each hall may set its own."""

    classes: Mapping[PriorityClass, ClassRule] = field(default_factory=lambda: dict(CLASS_RULES))
    pass_cap: int = 6
    """How many younger tickets may be called before one that waits, while it stays in one queue."""
    calls_per_ticket: int = 3
    keeps_place_within: int = 3
    """Younger tickets called while a holder was away, up to which the place is kept."""
    returns_within: int = 10
    """Tickets called since a no-show, up to which it goes `behind_others` others and not to the end."""
    behind_others: int = 2
    missed_lifetime: timedelta = timedelta(hours=2)
    ticket_lifetime: timedelta = timedelta(hours=24)
    day_start: time | None = time(6)
    """When the hall's business day starts; None: by hand."""
    closing_notice: timedelta = timedelta(minutes=30)
    reopening_margin: timedelta = timedelta(minutes=5)
    """How much sooner than closing time the work must end before a full queue takes tickets again."""
    block_size: int = 20
    blocks_per_machine: int = 20
    """Blocks one machine may lease for one service and business day."""
    block_memory: timedelta = timedelta(days=7)
    """How long after its business day a block's tickets can still be merged."""
    check_in_early: timedelta = timedelta(minutes=15)
    check_in_late: timedelta = timedelta(minutes=15)
    slot: timedelta = timedelta(minutes=15)
    booking_ahead: timedelta = timedelta(days=90)
    come_back_margin: timedelta = timedelta(minutes=5)
    summary_days: int = 400

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with these rules."""
        for name in ("pass_cap", "calls_per_ticket", "block_size", "blocks_per_machine", "summary_days"):
            if getattr(self, name) < 1:
                yield f"rules.{name}: must be at least 1"
        for name in ("keeps_place_within", "returns_within", "behind_others"):
            if getattr(self, name) < 0:
                yield f"rules.{name}: must not be negative"
        for one in PriorityClass:
            if one not in self.classes or self.classes[one].rate < 1:
                yield f"rules.classes.{one.value}: needs a rate of at least 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One queue: `mean_minutes` and `cv` of its service time are where learning starts."""

    id: str
    zone: str
    prefix: str
    mean_minutes: float = 10.0
    cv: float = 0.7
    hours: Hours = ALWAYS
    self_service: bool = False
    """Served by machines: open in unattended hours too."""
    first_at_opening: bool = True
    """Gives tickets for the next opening while closed."""
    overflow_above: int | None = None
    """More people waiting than this brings in the windows that help out."""
    capacity: int | None = None
    slot_capacity: int = 0
    """Appointments a slot; 0: none are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWindow:
    """One window: its own services, and those it may help out with."""

    number: int
    zone: str
    services: tuple[str, ...]
    overflow: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Site:
    """One hall; raises SiteError with every fault of it, a line each."""

    hall: str
    services: tuple[Service, ...]
    windows: tuple[ServiceWindow, ...]
    rules: Rules = field(default_factory=Rules)
    attended: Hours = ALWAYS

    def __post_init__(self) -> None:
        faults = [*self.rules.faults(), *self._service_faults(), *self._window_faults()]
        faults += [f"attended: {fault}" for fault in self.attended.faults()]
        if faults:
            raise SiteError("\n".join(faults))

    @cached_property
    def service(self) -> Mapping[str, Service]:
        """The services by their id."""
        return {service.id: service for service in self.services}

    @cached_property
    def window(self) -> Mapping[int, ServiceWindow]:
        """The windows by their number."""
        return {window.number: window for window in self.windows}

    @cached_property
    def peers(self) -> Mapping[str, tuple[str, ...]]:
        """For each service, those (itself among them) that share a window with it."""
        at: dict[str, set[int]] = {one: set() for one in self.service}
        for window in self.windows:
            for one in window.services + window.overflow:
                at[one].add(window.number)
        return {one: tuple(two for two in at if two == one or at[one] & at[two]) for one in at}

    def _service_faults(self) -> Iterator[str]:
        if len(self.service) != len(self.services):
            yield "services: an id is used twice"
        for service in self.services:
            try:
                check_prefix(service.prefix)
            except NumberingError as error:
                yield f"services.{service.id}.prefix: {error}"
            if service.mean_minutes <= 0 or service.cv <= 0:
                yield f"services.{service.id}: mean_minutes and cv must be above 0"
            yield from (f"services.{service.id}.hours: {fault}" for fault in service.hours.faults())

    def _window_faults(self) -> Iterator[str]:
        if len(self.window) != len(self.windows):
            yield "windows: a number is used twice"
        for window in self.windows:
            unknown = [one for one in window.services + window.overflow if one not in self.service]
            yield from (f"windows.{window.number}: no service {one!r}" for one in unknown)
            if not window.services:
                yield f"windows.{window.number}.services: serves nothing"
            if set(window.services) & set(window.overflow):
                yield f"windows.{window.number}.overflow: names one of its own services"
