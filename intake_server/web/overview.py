"""The live hall page as plain values: what each figure, window, queue and device shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from contract.board import QueueOnBoard, WindowOnBoard, WindowState, ZoneBoard
from contract.link import Fault, Presence
from contract.queue import TicketState
from intake_server.core.hall import DeviceHealth, Hall
from intake_server.core.hours import Hour, mean
from intake_server.core.tickets import Ticket
from intake_server.web.words import Words

LONG_WAIT = 25
"""Minutes of forecast wait from which a queue is drawn as one to look at."""

_ATTENTION = frozenset(
    {
        Fault.PAPER_NEAR_END,
        Fault.COVER_OPEN,
        Fault.CLOCK_WRONG,
        Fault.ENGINE_AWAY,
        Fault.STORE_AWAY,
        Fault.UPLINK_DOWN,
        Fault.PAD_SILENT,
        Fault.ADDRESS_TWICE,
        Fault.QUARANTINE,
    }
)
"""Faults a device goes on working with; any other stops it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A labelled number and what it is compared with; `warns` colours the note."""

    label: str
    value: str
    note: str
    warns: bool = False


@dataclass(frozen=True, slots=True)
class WindowCell:
    """One window of the map."""

    number: int
    state: str
    label: str
    note: str
    title: str


@dataclass(frozen=True, slots=True)
class ZoneBlock:
    """A zone of the map with its windows."""

    letter: str
    name: str
    waiting: str
    windows: tuple[WindowCell, ...]


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue; `share` (0–100) is the length of its bar."""

    letter: str
    name: str
    state: str
    people: str
    range: str
    share: int
    is_long: bool


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device: `level` is ok, attention or stopped; `short` is its number; `detail` says what to do."""

    name: str
    short: str
    title: str
    level: str
    word: str
    detail: str


@dataclass(frozen=True, slots=True)
class DeviceGroup:
    """The devices of one kind."""

    name: str
    devices: tuple[DeviceLine, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: label, issued and called, both also as pixels of the chart."""

    label: str
    issued: int
    called: int
    height: int
    line: int


def figures(hall: Hall, words: Words, now: datetime) -> tuple[Figure, ...]:
    """Return the five figures at the top of the page."""
    return (
        _issued(hall, words),
        _waiting(hall, words, now),
        _wait(hall, words),
        _served(hall, words),
        _rated(hall, words, now),
    )


def _issued(hall: Hall, words: Words) -> Figure:
    today = [one for one in hall.tickets.by_key.values() if one.key.business_day == hall.business_day]
    offline = sum(one.is_offline for one in today)
    return Figure(words("figure.issued"), str(len(today)), words("figure.issued.note", offline=offline))


def _waiting(hall: Hall, words: Words, now: datetime) -> Figure:
    waiting = [one for one in hall.tickets.by_key.values() if one.state is TicketState.WAITING]
    label, value = words("figure.waiting"), words("figure.people", count=len(waiting))
    if not waiting:
        return Figure(label, value, words("figure.nobody"))
    first = min(waiting, key=lambda one: (one.issued_at, one.key))
    minutes = _minutes(first, now)
    note = words("figure.longest", minutes=minutes, ticket=first.key.ticket)
    return Figure(label, value, note, minutes >= LONG_WAIT)


def _minutes(ticket: Ticket, now: datetime) -> int:
    return max(0, int((now - ticket.issued_at).total_seconds() // 60))


def _wait(hall: Hall, words: Words) -> Figure:
    label, lines = words("figure.wait"), [one for one in _lines(hall) if one[1].high_minutes]
    if not lines:
        return Figure(label, "–" if not hall.boards else "0", words("figure.wait.none" if hall.boards else "no_data"))
    board, line = max(lines, key=lambda one: one[1].high_minutes or 0)
    note = words("figure.wait.note", zone=words.service(line.service, board.zone))
    return Figure(label, words("minutes", range=_range(line)), note, (line.high_minutes or 0) >= LONG_WAIT)


def _served(hall: Hall, words: Words) -> Figure:
    times = [seconds for hour in _hours(hall).values() for seconds in hour.services]
    average = mean(times)
    note = (
        words("figure.served.note", minutes=max(1, round(average / 60)))
        if average is not None
        else words("figure.none")
    )
    return Figure(words("figure.served"), str(len(times)), note)


def _rated(hall: Hall, words: Words, now: datetime) -> Figure:
    rate = hall.ratings.rate(now.date())
    label = words("figure.satisfied")
    if rate.share is None:
        return Figure(label, "–", words("figure.none"))
    bad = rate.valid - rate.satisfied
    return Figure(label, f"{rate.share:.1%}", words("figure.satisfied.note", valid=rate.valid, bad=bad), bad > 0)


def zones(hall: Hall, words: Words) -> tuple[ZoneBlock, ...]:
    """Return the map: every zone with its windows."""
    return tuple(
        ZoneBlock(
            zone,
            words.zone(zone),
            _zone_waiting(hall.boards.get(zone), words),
            tuple(_cell(one, words) for one in windows),
        )
        for zone, windows in sorted(hall.board_windows().items(), key=lambda one: words.place(one[0]))
    )


def _zone_waiting(board: ZoneBoard | None, words: Words) -> str:
    return words("hall.waiting", count=sum(line.waiting for line in board.queues)) if board else ""


def _cell(window: WindowOnBoard, words: Words) -> WindowCell:
    state = words(f"window.{window.state.value}")
    note = state
    if window.state is WindowState.PAUSED:
        note = words("pause.until", time=words.clock(window.until)) if window.until else _reason(window, words) or state
    title = f"{words('window.number', window=window.window)} {state} {window.ticket or _reason(window, words)}".strip()
    return WindowCell(
        window.window, window.state.value, window.ticket or state, note if window.ticket or note != state else "", title
    )


def _reason(window: WindowOnBoard, words: Words) -> str:
    return words(f"pause.{window.reason.value}") if window.reason else ""


def queues(hall: Hall, words: Words) -> tuple[QueueLine, ...]:
    """Return every queue of every zone."""
    most = max((line.waiting for _, line in _lines(hall)), default=0)
    ordered = sorted(_lines(hall), key=lambda one: words.place(one[0].zone))
    return tuple(_queue(board, line, most, words) for board, line in ordered)


def _queue(board: ZoneBoard, line: QueueOnBoard, most: int, words: Words) -> QueueLine:
    state = line.state.value
    word = "" if state == "open" else words(f"queue.{state}")
    if word and line.reopens:
        word += f" {words('queue.reopens', time=words.clock(line.reopens))}"
    span = words("minutes", range=_range(line)) if line.high_minutes is not None else words("queue.unknown")
    return QueueLine(
        board.zone,
        words.service(line.service, board.zone),
        word,
        words("queue.people", count=line.waiting),
        span if line.waiting else "",
        round(100 * line.waiting / max(most, 10)),
        (line.high_minutes or 0) >= LONG_WAIT,
    )


def _lines(hall: Hall) -> Iterator[tuple[ZoneBoard, QueueOnBoard]]:
    for zone in sorted(hall.boards):
        for line in hall.boards[zone].queues:
            yield hall.boards[zone], line


def _range(line: QueueOnBoard) -> str:
    low, high = line.low_minutes or 0, line.high_minutes or 0
    return f"{low}–{high}" if low != high else str(high)


def devices(hall: Hall, words: Words) -> tuple[DeviceLine, ...]:
    """Return every device that reported, worst first."""
    found = [_device(one, words) for one in sorted(hall.devices.values(), key=lambda one: one.address)]
    return tuple(sorted(found, key=lambda one: ("stopped", "attention", "ok").index(one.level)))


def groups(hall: Hall, words: Words) -> tuple[DeviceGroup, ...]:
    """Return every device that reported, by kind."""
    kinds = sorted({one.kind for one in hall.devices})
    known = sorted(hall.devices)
    return tuple(
        DeviceGroup(words.kind(kind), tuple(_device(hall.devices[one], words) for one in known if one.kind == kind))
        for kind in kinds
    )


def _device(health: DeviceHealth, words: Words) -> DeviceLine:
    level, word, detail = _condition(health, words)
    address = health.address
    return DeviceLine(words.device(address), words.number(address) or word, address.name, level, word, detail)


def _condition(health: DeviceHealth, words: Words) -> tuple[str, str, str]:
    state = health.state
    if state.presence is Presence.OFFLINE:
        return "stopped", words("health.offline"), words("health.since", time=words.clock(health.heard_at))
    if not state.faults:
        return "ok", words("health.ok"), words("health.since", time=words.clock(state.since))
    level = "attention" if set(state.faults) <= _ATTENTION else "stopped"
    detail = (", " if words.is_english else "；").join(words(f"fault.{fault.value}") for fault in state.faults)
    if state.quarantined:
        detail += f"{words.dot}{words('health.quarantined', count=state.quarantined)}"
    if state.outbox:
        detail += f"{words.dot}{words('health.outbox', count=state.outbox)}"
    return level, words(f"health.{level}"), detail


def bars(hall: Hall, words: Words) -> tuple[Bar, ...]:
    """Return the hours of the business day from 8 to 17 and any other that saw a ticket."""
    hours = _hours(hall)
    shown = sorted(set(range(8, 18)).union(hours)) if hours else list(range(8, 18))
    most = max((max(one.issued, one.called) for one in hours.values()), default=0) or 1
    return tuple(_bar(hour, hours.get(hour, Hour()), most, words) for hour in shown)


def _bar(hour: int, figures_: Hour, most: int, words: Words) -> Bar:
    label = words("hall.hour", hour=hour)
    return Bar(
        label, figures_.issued, figures_.called, round(70 * figures_.issued / most), round(70 * figures_.called / most)
    )


def _hours(hall: Hall) -> dict[int, Hour]:
    return hall.hours.of(hall.business_day or date.min)


def coverage(hall: Hall, words: Words) -> Figure:
    """Return how good today's forecasts were."""
    covered, scored = hall.hours.coverage(hall.business_day or date.min)
    label = words("hall.estimates")
    if not scored:
        return Figure(label, "–", words("hall.estimates.none"))
    return Figure(label, f"{covered / scored:.0%}", words("hall.estimates.note", scored=scored), covered < 0.8 * scored)
