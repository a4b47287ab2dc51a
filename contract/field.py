"""Facts of the hall's machines: printing, sensors, health, displays."""

from datetime import date
from enum import StrEnum

from contract.body import Fact
from contract.link import Fault
from contract.moment import Moment


class TicketPrinted(Fact, frozen=True, kw_only=True):
    """The printer confirmed a ticket slip; `reprint` counts from 1 for a slip marked 补打."""

    job: str
    ticket: str
    business_day: date
    reprint: int = 0


class TicketPrintFailed(Fact, frozen=True, kw_only=True):
    """A ticket slip is not known to have come out, and why."""

    job: str
    ticket: str
    business_day: date
    cause: Fault


class FaultRaised(Fact, frozen=True, kw_only=True):
    """Something is wrong with a device from now on."""

    subject: str
    fault: Fault
    at: Moment


class FaultCleared(Fact, frozen=True, kw_only=True):
    """It is well again."""

    subject: str
    fault: Fault
    at: Moment


class SensorKind(StrEnum):
    """What a field sensor measures."""

    PRESENCE = "presence"
    DOOR = "door"
    LAMP = "lamp"
    TEMPERATURE = "temperature"


class SensorChanged(Fact, frozen=True, kw_only=True):
    """A debounced field input changed."""

    sensor: str
    kind: SensorKind
    active: bool
    at: Moment


class FactDamaged(Fact, frozen=True, kw_only=True):
    """A row of the sender's own disk could not be read back; it takes that row's number. At most 4096 raw bytes."""

    raw: bytes
    length: int
