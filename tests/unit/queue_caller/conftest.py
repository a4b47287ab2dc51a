"""A small hall around a queue engine, driven as its app drives it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from itertools import count
from typing import Any

import pytest

from contract.body import Fact, Reply, Request
from contract.queue import IssueChannel
from contract.queue_requests import CallNext, FinishService, IssueTicket, OpenWindow, StartService
from queue_caller.core.engine import QueueEngine
from queue_caller.core.hours import Hours, Span
from queue_caller.core.site import Rules, Service, ServiceWindow, Site

SHANGHAI = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 11, 16, 9, tzinfo=SHANGHAI)
OFFICE = Hours((Span(time(9), time(17)),))

SITE = Site(
    hall="demo",
    services=(
        Service(id="tax", zone="A", prefix="A", mean_minutes=9, cv=0.8, overflow_above=3),
        Service(id="social", zone="A", prefix="C", slot_capacity=1),
        Service(id="estate", zone="E", prefix="E", mean_minutes=18, hours=OFFICE),
        Service(id="permit", zone="E", prefix="F", hours=OFFICE, first_at_opening=False),
    ),
    windows=(
        ServiceWindow(number=1, zone="A", services=("tax",)),
        ServiceWindow(number=2, zone="A", services=("social",), overflow=("tax",)),
        ServiceWindow(number=3, zone="E", services=("estate", "permit")),
    ),
)


class SmallHall:
    """An engine, a time, and all facts so far."""

    def __init__(self, site: Site, now: datetime) -> None:
        self.engine, self.now, self.facts = QueueEngine(site), now, list[Fact]()
        self.site = site
        self._ids = count()
        self.commit(self.engine.start_epoch(now, self.ids))
        self.settle()

    def ids(self) -> str:
        return f"{next(self._ids):026d}"

    def commit(self, facts: tuple[Fact, ...]) -> None:
        for fact in facts:
            self.facts.append(fact)
            self.engine.apply(fact)

    def settle(self) -> None:
        while facts := self.engine.on_deadline(self.now):
            self.commit(facts)

    def ask(self, request: Request, key: str = "", device: str = "") -> Any:
        decision = self.engine.handle(request, self.now, self.ids, key=key, device=device)
        self.commit(decision.facts)
        self.settle()
        assert self.engine.check() == []
        return decision.reply

    def issue(self, *services: str, **more: Any) -> Any:
        return self.ask(IssueTicket(services=services, **({"channel": IssueChannel.TOUCH} | more)))

    def open(self, window: int, **more: Any) -> Reply:
        return self.ask(OpenWindow(window=window, staff="s1", **more))  # type: ignore[no-any-return]

    def call(self, window: int) -> Any:
        return self.ask(CallNext(window=window))

    def serve(self, window: int, minutes: float = 0) -> str:
        """Call, serve and finish whoever is next; return the ticket."""
        ticket = self.call(window).ticket
        self.ask(StartService(window=window))
        self.wait(minutes)
        self.ask(FinishService(window=window))
        return str(ticket)

    def wait(self, minutes: float) -> None:
        """Let time pass, waking the engine at each of its deadlines."""
        until = self.now + timedelta(minutes=minutes)
        while (due := self.engine.next_deadline(self.now)) is not None and due <= until:
            self.now = max(self.now, due)
            self.settle()
        self.now = until
        self.settle()

    def until(self, hour: int, minute: int = 0, days: int = 0) -> None:
        target = self.now.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=days)
        self.wait((target - self.now).total_seconds() / 60)

    def last(self, kind: type[Fact]) -> Any:
        return next(fact for fact in reversed(self.facts) if type(fact) is kind)

    def all(self, kind: type[Fact]) -> list[Any]:
        return [fact for fact in self.facts if type(fact) is kind]


@pytest.fixture
def build_hall() -> Callable[..., SmallHall]:
    """Build a hall with other rules, or at another time."""

    def build(now: datetime = MONDAY, site: Site = SITE, **rules: Any) -> SmallHall:
        return SmallHall(replace(site, rules=Rules(**rules)), now)

    return build


@pytest.fixture
def hall() -> SmallHall:
    """A Monday at nine; nobody is at a window yet."""
    return SmallHall(SITE, MONDAY)
