"""Tickets for eight machines at once and calls for eight windows at once, on both brokers."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from contract.body import Reply, Request
from contract.queue_requests import CallNext, CallReply, FinishService, OpenWindow, StartService
from hall24.bench.asking import Asked, ask_all, asker, doubled, issue
from hall24.bench.echo import echoes, open_callers
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, middle, quantile, shown
from hall24.bench.rig import BenchHall, bench_hall

TICKETS = 10_000
ROUNDS = 3
WARM_UP = 1_000
MACHINES = WINDOWS = 8
BARS = {"mosquitto": 2_500.0, "embedded": 1_500.0}
BROKERS = {"mosquitto": "mosquitto", "embedded": "small broker"}


@dataclass(slots=True)
class Rounds:
    """What the rounds on one broker gave."""

    rates: list[float] = field(default_factory=list)
    limits: list[float] = field(default_factory=list)
    slow: list[float] = field(default_factory=list)
    doubled: int = 0


def figures() -> tuple[Figure, ...]:
    """Measure tickets a second on both brokers, doubled numbers, and tickets called by two windows."""
    return tuple(one for mode in BROKERS for one in asyncio.run(_on(mode)))


async def _on(mode: str) -> list[Figure]:
    async with bench_hall(mode) as rig:
        await rig.start_engine()
        await rig.start_echo()
        issue(rig, WARM_UP)
        rounds = _rounds(rig)
        found = list(_issue_figures(mode, rounds))
        if mode == "mosquitto":
            found.append(_calls(rig))
        return found


def _rounds(rig: BenchHall) -> Rounds:
    rounds = Rounds()
    callers = open_callers(rig.place, rig.passwords)
    for _ in range(ROUNDS):
        seconds, _times = echoes(callers, TICKETS)
        rounds.limits.append(TICKETS / seconds)
        asked = issue(rig, TICKETS, MACHINES)
        rounds.rates.append(TICKETS / asked.seconds)
        rounds.slow.append(1000 * quantile(asked.times, 0.99))
        rounds.doubled += doubled(asked)
    for caller in callers:
        caller.close()
    return rounds


def _issue_figures(mode: str, rounds: Rounds) -> Iterator[Figure]:
    name = BROKERS[mode]
    yield figure(
        f"tickets issued and committed, {MACHINES} machines at once, {name}", middle(rounds.rates), "/s",
        ("QoS 1 echoes without a commit", middle(rounds.limits)), Bar(least=BARS[mode]),
        f"{ROUNDS} × {TICKETS:,} tickets, p99 {shown(middle(rounds.slow))} ms",
    )  # fmt: skip
    yield figure(
        f"numbers given twice, {name}", rounds.doubled, "", ("tickets issued", ROUNDS * TICKETS), Bar(most=0),
        "per hall, business day and prefix",
    )  # fmt: skip


def _calls(rig: BenchHall) -> Figure:
    """Let eight windows call at once until `TICKETS` tickets were called."""
    issue(rig, TICKETS, MACHINES, queues=("A",))
    plan = Calls(TICKETS)
    desks = [asker(rig, f"desk-{number}", plan.at(number)) for number in range(1, WINDOWS + 1)]
    asked = ask_all(desks)
    for desk in desks:
        desk.client.close()
    windows = called_at(asked)
    twice = sum(len(at) > 1 for at in windows.values())
    if len(windows) < TICKETS:
        raise BenchError(f"only {len(windows)} tickets were called")
    return figure(
        "tickets called by two windows, 8 windows at once", twice, "", ("tickets called", len(windows)), Bar(most=0),
        f"call, start and finish: {shown(len(asked.times) / asked.seconds)} requests/s",
    )  # fmt: skip


class Calls:
    """Who asks what next: every window opens, then calls, starts and finishes until `total` calls are made."""

    def __init__(self, total: int) -> None:
        self._left = total

    def at(self, window: int) -> Callable[[Reply | None], Request | None]:
        """Return what the clerk at `window` asks after each reply."""
        is_open = False

        def next_request(reply: Reply | None) -> Request | None:
            nonlocal is_open
            if not is_open:
                is_open = True
                return OpenWindow(window=window, staff=f"{100 + window:04d}")
            if isinstance(reply, CallReply):
                serving = reply.service_event is not None
                return FinishService(window=window) if serving else StartService(window=window)
            if self._left == 0:
                return None
            self._left -= 1
            return CallNext(window=window)

        return next_request


def called_at(asked: Asked) -> dict[tuple[str, str], set[int]]:
    """Return every called ticket (business day, number) with the windows it was called to."""
    windows: dict[tuple[str, str], set[int]] = {}
    for _, reply in asked.replies:
        if isinstance(reply, CallReply):
            windows.setdefault((reply.business_day.isoformat(), reply.ticket), set()).add(reply.window)
    return windows
