"""The queue programs' part of the hall's file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from hallkit.errors import ConfigError
from hallkit.inventory.schema import Hall, ServiceEntry
from hallkit.runtime.config import field, parse
from queue_caller.core.errors import SiteError
from queue_caller.core.hours import Hours, Span
from queue_caller.core.site import Rules, Service, ServiceWindow, Site

ENGINE = "queue-engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTable:
    """[queue]"""

    day_start: str = field("HH:MM at which ticket numbers start afresh", default="06:00")
    pass_cap: int = field("how often an ordinary ticket may be passed by younger ones", default=6, low=1, high=1000)
    calls_per_ticket: int = field("calls before a ticket is missed", default=3, low=1, high=20)
    keeps_place_within: int = field("younger tickets called meanwhile that still keep the place", default=3, low=0)
    block_size: int = field("numbers in a leased block", default=20, low=1, high=500)
    rating_seconds: int = field("how long a rating pad asks", default=60, low=5, high=600)
    snapshot_every: int = field("facts between two snapshots of the engine, at least", default=2000, low=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTable:
    """[ticket_machine]"""

    name_on_slip: bool = field(
        "print the masked name (surname and star) on a slip taken with an ID card", default=False
    )


def machine_table(hall: Hall) -> MachineTable:
    """Return [ticket_machine]; raise ConfigError naming every fault."""
    try:
        return parse(hall.ticket_machine, MachineTable)
    except ConfigError as error:
        raise ConfigError("\n".join(f"ticket_machine.{line}" for line in str(error).splitlines())) from error


def queue_table(hall: Hall) -> QueueTable:
    """Return [queue]; raise ConfigError naming every fault."""
    try:
        return parse(hall.queue, QueueTable)
    except ConfigError as error:
        raise ConfigError("\n".join(f"queue.{line}" for line in str(error).splitlines())) from error


def site_of(hall: Hall) -> Site:
    """Return what the engine decides by; raise ConfigError naming every fault."""
    table = queue_table(hall)
    faults = list(_time_faults(hall, table))
    if faults:
        raise ConfigError("\n".join(faults))
    rules = Rules(
        day_start=time.fromisoformat(table.day_start),
        pass_cap=table.pass_cap,
        calls_per_ticket=table.calls_per_ticket,
        keeps_place_within=table.keeps_place_within,
        block_size=table.block_size,
    )
    try:
        return Site(
            hall=hall.hall.name,
            services=tuple(_service(entry) for entry in hall.services),
            windows=tuple(ServiceWindow(number=one.number, zone=one.zone, services=one.services, overflow=one.overflow)
                          for one in hall.windows),
            rules=rules,
        )  # fmt: skip
    except SiteError as error:
        raise ConfigError(str(error)) from error


def _service(entry: ServiceEntry) -> Service:
    return Service(
        id=entry.id,
        zone=entry.zone,
        prefix=entry.prefix,
        mean_minutes=entry.mean_minutes,
        cv=entry.cv,
        hours=_hours(entry),
        self_service=entry.self_service,
        first_at_opening=entry.first_at_opening,
        overflow_above=entry.overflow_above,
        slot_capacity=entry.slot_capacity,
    )


def _hours(entry: ServiceEntry) -> Hours:
    if entry.opens == entry.closes:
        return Hours()
    return Hours((Span(time.fromisoformat(entry.opens), time.fromisoformat(entry.closes)),))


def _time_faults(hall: Hall, table: QueueTable) -> Iterator[str]:
    times = [("queue.day_start", table.day_start)]
    times += [(f"services.{one.id}.opens", one.opens) for one in hall.services]
    times += [(f"services.{one.id}.closes", one.closes) for one in hall.services]
    for path, text in times:
        try:
            time.fromisoformat(text)
        except ValueError:
            yield f"{path}: {text!r} is not HH:MM"
