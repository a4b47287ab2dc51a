"""Anything may happen in a hall, at any time: nothing is lost, doubled or passed too often."""

from collections import defaultdict
from datetime import datetime, time, timedelta, timezone
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from contract.board import HallMode, PauseReason
from contract.body import Fact, Reply, Request
from contract.codec import decode_body, encode_body
from contract.queue import (
    CancelReason,
    ChoiceReason,
    HoldReason,
    IssueChannel,
    OfflineTicket,
    Place,
    PriorityClass,
    RefusalCode,
)
from contract.queue_facts import (
    EpochStarted,
    OfflineTicketAccepted,
    ServiceFinished,
    TicketCalled,
    TicketIssued,
    TicketReturned,
    TicketTransferred,
)
from contract.queue_requests import (
    AskTicket,
    BlockReply,
    BookAppointment,
    CallNext,
    CallReply,
    CallTicket,
    CancelTicket,
    CheckIn,
    CloseWindow,
    FinishService,
    HoldTicket,
    IssueTicket,
    LeaseBlock,
    MarkNoShow,
    OpenWindow,
    PauseWindow,
    QueueRefused,
    Recall,
    ReconcileReply,
    ReconcileTickets,
    ResumeWindow,
    ReturnTicket,
    SetMode,
    StartService,
    StepAway,
    TicketIssuedReply,
    TransferTicket,
)
from queue_caller.core.engine import QueueEngine
from queue_caller.core.hours import Hours, Span
from queue_caller.core.site import Rules, Service, ServiceWindow, Site

SHANGHAI = timezone(timedelta(hours=8))
CAP = 3
SITE = Site(
    hall="demo",
    services=(
        Service(id="tax", zone="A", prefix="A", mean_minutes=2, overflow_above=3),
        Service(id="social", zone="A", prefix="C", mean_minutes=3, slot_capacity=2),
        Service(
            id="estate", zone="E", prefix="E", mean_minutes=9, capacity=30,
            hours=Hours((Span(time(9), time(23, 30), (0, 1, 2, 3, 4, 5, 6)),)),
        ),
    ),
    windows=(
        ServiceWindow(number=1, zone="A", services=("tax", "social")),
        ServiceWindow(number=2, zone="A", services=("tax",)),
        ServiceWindow(number=3, zone="E", services=("estate",), overflow=("tax",)),
    ),
    rules=Rules(pass_cap=CAP, block_size=5, day_start=time(0, 30), missed_lifetime=timedelta(minutes=40)),
)  # fmt: skip

services = st.sampled_from(["tax", "social", "estate"])
windows = st.integers(1, 3)
pick = st.integers(0, 10_000)
classes = st.sampled_from([PriorityClass.ORDINARY, PriorityClass.ORDINARY, PriorityClass.ELDER, PriorityClass.SOLDIER])
PRESSES = (StartService, StartService, FinishService, Recall, MarkNoShow, ResumeWindow)


class Hall(RuleBasedStateMachine):
    """Drives an engine as its app does: decide, commit, apply, answer."""

    @initialize(minute=st.integers(0, 24 * 60 - 1))
    def open_the_hall(self, minute: int) -> None:
        self.now = datetime(2026, 11, 20, tzinfo=SHANGHAI) + timedelta(minutes=minute)
        self.engine = QueueEngine(SITE)
        self.journal: list[bytes] = []
        self.kinds: list[str] = []
        self.saved: tuple[int, bytes] | None = None
        self.tickets: list[tuple[Any, str]] = []
        self.numbers: set[tuple[Any, str]] = set()
        self.sent: list[tuple[str, Request, Reply, datetime]] = []
        self.appointments: list[str] = []
        self.blocks: list[tuple[BlockReply, int]] = []
        self.passed: dict[str, int] = defaultdict(int)
        self.stays: dict[str, int] = defaultdict(int)
        self._ids = count()
        self._keys = count()
        self._commit(self.engine.start_epoch(self.now, self.ids))
        self._settle()
        for window in (1, 2, 3):
            self._do(OpenWindow(window=window, staff=f"staff{window}"))
        self.a_bus_arrives(7, PriorityClass.ELDER)

    def ids(self) -> str:
        return f"{next(self._ids):026d}"

    def _commit(self, facts: tuple[Fact, ...]) -> None:
        for fact in facts:
            data, kind = encode_body(fact), type(fact).__name__
            self.journal.append(data)
            self.kinds.append(kind)
            committed = decode_body(kind, data)
            assert isinstance(committed, Fact)
            assert committed == fact
            self._witness(committed)
            self.engine.apply(committed)

    def _witness(self, fact: Fact) -> None:
        if isinstance(fact, TicketIssued | OfflineTicketAccepted):
            name = (fact.business_day, fact.ticket)
            assert name not in self.numbers, f"{name} was given twice"
            self.numbers.add(name)
            self.tickets.append(name)
        if isinstance(fact, TicketReturned | TicketTransferred | ServiceFinished):
            self.stays[f"{fact.business_day}/{fact.ticket}"] += 1
        if isinstance(fact, TicketCalled):
            self._count_passed(fact)

    def _count_passed(self, fact: TicketCalled) -> None:
        """Count by hand, over the live tickets themselves, who is passed by this call."""
        live = self.engine._hall.record.tickets
        one = live[f"{fact.business_day}/{fact.ticket}"]
        older = [
            other for other in live.values()
            if other.state == "waiting" and other.service in fact.among and other.standing < one.standing
        ]  # fmt: skip
        assert len([other for other in older if other is not one]) == fact.passed
        for other in older:
            if other is not one:
                stay = f"{other.key}#{self.stays[other.key]}"
                self.passed[stay] += 1
                assert self.passed[stay] <= CAP, f"{other.key} was passed {self.passed[stay]} times"

    def _do(self, request: Request) -> Reply:
        key = f"k{next(self._keys)}"
        before = self.engine.snapshot()
        decision = self.engine.handle(request, self.now, self.ids, key=key, device="m1")
        assert self.engine.snapshot() == before, "deciding changed the engine"
        assert not isinstance(decision.reply, QueueRefused) or not decision.facts[1:]
        self._commit(decision.facts)
        if not isinstance(decision.reply, QueueRefused) and decision.facts:
            self.sent.append((key, request, decision.reply, self.now))
        self._settle()
        return decision.reply

    def _settle(self) -> None:
        for _ in range(2_000):
            facts = self.engine.on_deadline(self.now)
            self._commit(facts)
            if not facts:
                break
        due = self.engine.next_deadline(self.now)
        assert due is not None
        assert due > self.now, "the engine would never sleep"

    def _some_ticket(self, number: int) -> dict[str, Any]:
        day, ticket = self.tickets[number % len(self.tickets)]
        return {"business_day": day, "ticket": ticket}

    @rule(service=services, more=services, priority=classes, person=st.sampled_from([None, None, "p1", "p2"]))
    def a_citizen_takes_a_ticket(self, service: str, more: str, priority: PriorityClass, person: str | None) -> None:
        both = (service,) if service == more else (service, more)
        reply = self._do(IssueTicket(services=both, channel=IssueChannel.TOUCH, priority=priority, person=person))
        assert isinstance(reply, TicketIssuedReply | QueueRefused)

    @rule(number=st.integers(5, 12), priority=classes)
    def a_bus_arrives(self, number: int, priority: PriorityClass) -> None:
        for place in range(number):
            one = priority if place % 2 else PriorityClass.ORDINARY
            self._do(IssueTicket(services=("tax",), channel=IssueChannel.TOUCH, priority=one))

    @rule(window=windows)
    def a_window_calls(self, window: int) -> None:
        self._do(CallNext(window=window))

    @rule(window=windows, times=st.integers(1, 6))
    def a_window_works(self, window: int, times: int) -> None:
        for _ in range(times):
            if isinstance(self._do(CallNext(window=window)), CallReply):
                self._do(StartService(window=window))
                self.time_passes(90)
                assert not isinstance(self._do(FinishService(window=window)), QueueRefused)

    @rule(window=windows, presses=st.lists(st.sampled_from(PRESSES), min_size=1, max_size=5))
    def a_clerk_calls_and_presses(self, window: int, presses: list[Any]) -> None:
        self._do(CallNext(window=window))
        for press in presses:
            self._do(press(window=window))

    @rule(window=windows, late=st.integers(0, 12))
    def somebody_does_not_come(self, window: int, late: int) -> None:
        reply = self._do(CallNext(window=window))
        if isinstance(reply, CallReply):
            self._do(MarkNoShow(window=window))
            for _ in range(late):
                self.a_window_works(window, 1)
            self._do(ReturnTicket(ticket=reply.ticket, business_day=reply.business_day))

    @rule(window=windows)
    def a_clerk_pauses(self, window: int) -> None:
        self._do(PauseWindow(window=window, reason=PauseReason.MEAL))

    @rule(window=windows)
    def a_clerk_leaves_and_another_comes(self, window: int) -> None:
        self._do(CloseWindow(window=window))
        self._do(OpenWindow(window=window, staff="other"))

    @rule(window=windows)
    def a_ticket_is_held(self, window: int) -> None:
        self._do(HoldTicket(window=window, reason=HoldReason.PAYING))

    @precondition(lambda self: self.tickets)
    @rule(number=pick, window=windows)
    def a_clerk_chooses(self, number: int, window: int) -> None:
        self._do(CallTicket(window=window, reason=ChoiceReason.FRAIL, **self._some_ticket(number)))

    @precondition(lambda self: self.tickets)
    @rule(number=pick, service=services, place=st.sampled_from(Place))
    def a_ticket_is_transferred(self, number: int, service: str, place: Place) -> None:
        self._do(TransferTicket(service=service, place=place, **self._some_ticket(number)))

    @precondition(lambda self: self.tickets)
    @rule(number=pick)
    def a_holder_leaves(self, number: int) -> None:
        self._do(StepAway(**self._some_ticket(number)))

    @precondition(lambda self: self.tickets)
    @rule(number=pick, place=st.sampled_from(Place))
    def a_holder_returns(self, number: int, place: Place) -> None:
        self._do(ReturnTicket(place=place, **self._some_ticket(number)))

    @precondition(lambda self: self.tickets)
    @rule(number=pick)
    def a_holder_asks_and_gives_up(self, number: int) -> None:
        self._do(AskTicket(**self._some_ticket(number)))
        self._do(CancelTicket(reason=CancelReason.CITIZEN, **self._some_ticket(number)))

    @rule(minutes=st.integers(1, 300))
    def a_time_is_booked(self, minutes: int) -> None:
        reply = self._do(BookAppointment(service="social", start=self.now + timedelta(minutes=minutes)))
        if not isinstance(reply, QueueRefused):
            self.appointments.append(reply.appointment)  # type: ignore[attr-defined]

    @precondition(lambda self: self.appointments)
    @rule(number=pick)
    def somebody_checks_in(self, number: int) -> None:
        self._do(CheckIn(appointment=self.appointments[number % len(self.appointments)]))

    @rule(service=services, next_day=st.booleans())
    def a_machine_leases(self, service: str, next_day: bool) -> None:
        reply = self._do(LeaseBlock(machine="m1", service=service, next_day=next_day))
        if isinstance(reply, BlockReply):
            self.blocks.append((reply, 0))

    @precondition(lambda self: self.blocks)
    @rule(number=pick, used=st.integers(1, 5), ago=st.integers(0, 90))
    def the_engine_was_away(self, number: int, used: int, ago: int) -> None:
        leased, _ = self.blocks[number % len(self.blocks)]
        block = leased.block
        taken = self.now - timedelta(minutes=ago)
        offline = tuple(
            OfflineTicket(
                ticket=f"{block.prefix}{block.first + place:03d}", taken_at=taken, link=f"{block.block}-{place}",
                services=(block.service,),
            )
            for place in range(used)
        )  # fmt: skip
        reply = self._do(ReconcileTickets(block=block, tickets=offline))
        assert isinstance(reply, ReconcileReply)
        told = (*reply.accepted, *(one.ticket for one in reply.refused))
        assert sorted(told) == sorted(one.ticket for one in offline), "an offline ticket was lost"

    @rule(mode=st.sampled_from([None, None, HallMode.EMERGENCY, HallMode.UNATTENDED]))
    def the_mode_is_set(self, mode: HallMode | None) -> None:
        self._do(SetMode(mode=mode))

    @rule(seconds=st.sampled_from([1, 60, 240, 900, 3_600, 6 * 3_600]))
    def time_passes(self, seconds: int) -> None:
        until = self.now + timedelta(seconds=seconds)
        while (due := self.engine.next_deadline(self.now)) is not None and due <= until:
            self.now = max(due, self.now)
            self._settle()
        self.now = until
        self._settle()

    @precondition(lambda self: self.sent)
    @rule(number=pick)
    def a_request_comes_again(self, number: int) -> None:
        key, request, reply, at = self.sent[number % len(self.sent)]
        if self.now - at > timedelta(hours=20):
            return
        again = self.engine.handle(request, self.now, self.ids, key=key, device="m1")
        assert again.facts == ()
        assert again.reply == reply
        other = (
            LeaseBlock(machine="m1", service="tax")
            if request != LeaseBlock(machine="m1", service="tax")
            else Recall(window=9)
        )
        conflict = self.engine.handle(other, self.now, self.ids, key=key, device="m1")
        assert conflict == ((), QueueRefused(code=RefusalCode.KEY_CONFLICT))

    @rule()
    def a_snapshot_is_kept(self) -> None:
        self.saved = len(self.journal), self.engine.snapshot()

    @rule()
    def the_engine_is_killed(self) -> None:
        facts = [decode_body(kind, data) for kind, data in zip(self.kinds, self.journal, strict=True)]
        replayed = QueueEngine(SITE)
        replayed.replay(facts)  # type: ignore[arg-type]
        assert replayed.snapshot() == self.engine.snapshot()
        restarted = QueueEngine(SITE)
        if self.saved is not None:
            restarted.restore(self.saved[1])
        restarted.replay(facts[self.saved[0] if self.saved else 0 :])  # type: ignore[arg-type]
        assert restarted.snapshot() == self.engine.snapshot()
        assert restarted.next_deadline(self.now) == replayed.next_deadline(self.now)
        self.engine = restarted
        self._settle()

    @rule(lost=st.integers(1, 12))
    def the_last_facts_are_lost(self, lost: int) -> None:
        """The journal comes back from a copy: no number of before is ever given again."""
        lost = min(lost, len(self.journal) - 1)
        gone = [decode_body(kind, data) for kind, data in zip(self.kinds[-lost:], self.journal[-lost:], strict=True)]
        for fact in gone:
            if isinstance(fact, OfflineTicketAccepted):
                self.numbers.discard((fact.business_day, fact.ticket))
        del self.kinds[-lost:], self.journal[-lost:]
        self.engine, self.saved, self.sent = QueueEngine(SITE), None, []
        self.passed.clear()
        self.engine.replay(decode_body(*one) for one in zip(self.kinds, self.journal, strict=True))  # type: ignore[misc]
        lost += sum(fact.missing for fact in gone if isinstance(fact, EpochStarted))
        self._commit(self.engine.start_epoch(self.now, self.ids, lost))
        self._settle()

    @invariant()
    def nothing_is_broken(self) -> None:
        if hasattr(self, "engine"):
            assert self.engine.check() == []
            for zone in ("A", "E"):
                board = self.engine.board(zone, self.now)
                assert len(encode_body(board)) < 65_536
                assert [one.call for one in board.calls] == sorted((one.call for one in board.calls), reverse=True)


TestHall = Hall.TestCase
TestHall.settings = settings(stateful_step_count=40, derandomize=True, suppress_health_check=list(HealthCheck))
