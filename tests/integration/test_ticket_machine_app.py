"""The whole ticket machine with the real engine and the simulated printer, in virtual time."""

import asyncio
import random
import sqlite3
import tomllib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from contract import codec
from contract.board import HallMode
from contract.body import Body, Command, Fact, Result
from contract.field import FaultRaised, TicketPrinted, TicketPrintFailed
from contract.link import Ack, CommandDone, CommandRefused, Fault
from contract.queue import TicketState
from contract.queue_facts import OfflineTicketAccepted, TicketCancelled, TicketIssued
from contract.queue_requests import AskTicket, SetMode, TicketReply
from contract.screen import PictureTaken, PressScreen, TakePicture
from contract.topics import Channel
from hall24.presets import ALWAYS, OFFICE, county_hall
from hallkit.devices.card_reader import Card
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.postmark import open_message
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter
from hallkit.touch.audit import assert_good
from hallkit.touch.screen import PictureScreen
from hallkit.transports.memory import memory_pair
from hallkit.transports.stream import ByteStream
from queue_caller.app.build import places
from queue_caller.app.engine import EngineApp
from queue_caller.app.ticket_machine import TicketMachineApp
from queue_caller.config import queue_table, site_of
from queue_caller.core.machine_session import Happened
from queue_caller.core.machine_table import Event, State
from queue_caller.drivers.block_signer import BlockSigner
from queue_caller.drivers.machine_store import Paper
from queue_caller.screens import home_targets
from simulators.receipt_printer import SimulatedReceiptPrinter, serve

MORNING = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
SIGNER = BlockSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))
OPEN_HALL = parse(tomllib.loads(county_hall(hours=ALWAYS)), Hall)
REAL_HALL = parse(tomllib.loads(county_hall(hours=ALWAYS).replace("demo = true", "demo = false")), Hall)
OFFICE_HALL = parse(tomllib.loads(county_hall(hours=OFFICE)), Hall)


@dataclass
class Rig:
    """A hall with its engine, one machine and its printer; the machine can be killed and started again."""

    clock: LoopClock
    hall: Hall = OPEN_HALL
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    engine_disk: sqlite3.Connection = field(default_factory=lambda: open_database(":memory:"))
    machine_disk: sqlite3.Connection = field(default_factory=lambda: open_database(":memory:"))
    printer: SimulatedReceiptPrinter = field(default_factory=SimulatedReceiptPrinter)
    screen: PictureScreen = field(default_factory=PictureScreen)
    boots: int = 0
    engine: EngineApp | None = None
    engine_task: "asyncio.Task[None] | None" = None
    machine_task: "asyncio.Task[None] | None" = None
    others: "list[asyncio.Task[None]]" = field(default_factory=list)

    async def start_engine(self) -> None:
        self.boots += 1
        self.engine = EngineApp(
            site_of(self.hall), queue_table(self.hall), places(self.hall), self.hall.address("queue-engine"), "x",
            database=self.engine_disk, writer=InlineWriter(), signer=SIGNER, links=self.broker.links(),
            clock=self.clock, chance=random.Random(self.boots),
        )  # fmt: skip
        self.engine_task = asyncio.ensure_future(self.engine.run())
        await self.clock.sleep(4)

    async def stop_engine(self) -> None:
        await _end(self.engine_task)

    async def start_machine(self, reader: "CardAt | None" = None) -> TicketMachineApp:
        self.boots += 1
        app = TicketMachineApp(
            self.hall.device["ticket-1"], self.hall, "x", screen=self.screen, opener=self.plug,
            database=self.machine_disk, links=self.broker.links(), clock=self.clock, chance=random.Random(self.boots),
            reader=reader,
        )  # fmt: skip
        self.machine_task = asyncio.ensure_future(app.run())
        await self.clock.sleep(5)
        return app

    async def kill_machine(self) -> None:
        await _end(self.machine_task)

    async def plug(self) -> ByteStream:
        near, far = memory_pair()
        self.others.append(asyncio.ensure_future(serve(self.printer, far)))
        return near

    def tap(self, app: TicketMachineApp, action: str) -> None:
        box = app.targets()[action]
        self.screen.tap(box.x + box.width // 2, box.y + box.height // 2)

    async def take(self, app: TicketMachineApp, service: str = "A") -> str:
        self.tap(app, f"pick:{service}")
        await self.clock.sleep(2.5)
        assert app.session.ticket is not None, app.session
        return app.session.ticket.ticket

    def engine_facts(self) -> list[Fact]:
        assert self.engine is not None
        rows = self.engine.keeper.journal.rows(0, 100_000)
        return [codec.body_of(codec.decode(row.payload), Fact) for row in rows]

    def machine_facts(self, app: TicketMachineApp) -> list[Body]:
        return [codec.body_of(codec.decode(row.payload), Fact) for row in app.store.outbox.rows(0, 10_000)]

    async def stop(self) -> None:
        for task in (self.machine_task, self.engine_task, *self.others):
            await _end(task)


async def _end(task: "asyncio.Task[None] | None") -> None:
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass
class CardAt:
    """A reader with one synthetic card lying on it."""

    number: str = "000000199001010016"

    async def read(self) -> Card:
        return Card(self.number)


def day(main: Callable[[Rig], Awaitable[None]], start: datetime = MORNING, hall: Hall = OPEN_HALL) -> None:
    async def body(clock: LoopClock) -> None:
        rig = Rig(clock, hall)
        await rig.start_engine()
        try:
            await main(rig)
        finally:
            await rig.stop()

    run_virtual(body, start)


def of(kind: type[Body], facts: "list[Body] | list[Fact]") -> list[Body]:
    return [fact for fact in facts if isinstance(fact, kind)]


def test_one_tap_gives_a_ticket_on_screen_and_on_paper() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        ticket = await rig.take(app)
        assert_good(app.display.scene, app.display.shown(app.session, app.world, rig.clock.now(), 8).look)
        assert (ticket, app.session.state) == ("A001", State.ISSUED)
        assert len(rig.printer.jobs) == 1
        printed = of(TicketPrinted, rig.machine_facts(app))
        assert printed == [TicketPrinted(job="20260914-A001/0", ticket="A001", business_day=date(2026, 9, 14))]
        await rig.clock.sleep(11)
        assert app.session.state is State.HOME

    day(main)


def test_a_double_press_gives_one_ticket() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.tap(app, "pick:A")
        rig.tap(app, "pick:A")
        await rig.clock.sleep(3)
        assert len(of(TicketIssued, rig.engine_facts())) == 1
        assert len(rig.printer.jobs) == 1

    day(main)


def test_without_the_engine_the_machine_gives_its_own_numbers_and_hands_them_in_once() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        first = await rig.take(app)
        await rig.clock.sleep(11)
        await rig.stop_engine()
        offline = []
        for service in ("A", "C", "A", "A"):
            offline.append(await rig.take(app, service))
            assert app.session.state is State.OFFLINE
            await rig.clock.sleep(25)
        assert app.world.faults == (Fault.ENGINE_AWAY,)
        await rig.start_engine()
        await rig.clock.sleep(90)
        later = await rig.take(app)

        assert (first, later) == ("A001", "A002")
        assert offline == ["A500", "C500", "A501", "A502"]
        merged = [fact for fact in rig.engine_facts() if isinstance(fact, OfflineTicketAccepted)]
        assert sorted(fact.ticket for fact in merged) == sorted(offline)
        taken = [fact.since for fact in merged if fact.ticket.startswith("A")]
        assert taken == sorted(taken)
        assert app.store.unmerged() == []
        assert app.store.pending() == []
        assert app.world.faults == ()

    day(main)


def test_a_ticket_the_engine_made_after_all_is_taken_back_when_the_citizen_holds_an_offline_one() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.broker.latency = 1.2
        ticket = await rig.take(app)
        assert (ticket, app.session.state) == ("A500", State.OFFLINE)
        rig.broker.latency = 0.0
        await rig.clock.sleep(120)

        issued = [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketIssued)]
        cancelled = [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketCancelled)]
        merged = [fact.ticket for fact in rig.engine_facts() if isinstance(fact, OfflineTicketAccepted)]
        assert issued == cancelled == ["A001"]
        assert merged == ["A500"]
        assert app.store.pending() == []

    day(main)


def test_without_the_engine_and_without_numbers_the_screen_says_so_and_no_ticket_is_taken() -> None:
    async def main(rig: Rig) -> None:
        await rig.stop_engine()
        app = await rig.start_machine()
        rig.tap(app, "pick:A")
        await rig.clock.sleep(2)
        assert app.session.state is State.AWAY
        assert app.session.ticket is None
        assert rig.printer.jobs == []
        await rig.start_engine()
        await rig.clock.sleep(90)
        assert of(TicketIssued, rig.engine_facts()) == []
        assert app.store.pending() == []

    day(main)


@pytest.mark.parametrize(
    "change,cause", [({"paper_dots": 0}, Fault.PAPER_OUT), ({"paper_dots": 300}, Fault.PAPER_OUT),
                     ({"silent": True}, Fault.PRINTER_SILENT), ({"cover_open": True}, Fault.COVER_OPEN)],
)  # fmt: skip
def test_a_printer_in_trouble_never_costs_a_place(change: dict[str, object], cause: Fault) -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.printer.change(**change)
        await rig.clock.sleep(1)
        rig.tap(app, "pick:A")
        await rig.clock.sleep(9)
        assert app.session.state is State.UNPRINTED
        assert_good(app.display.scene, app.display.shown(app.session, app.world, rig.clock.now(), 8).look)
        (failed,) = of(TicketPrintFailed, rig.machine_facts(app))
        assert isinstance(failed, TicketPrintFailed)
        assert (failed.ticket, failed.cause) == ("A001", cause)
        assert of(TicketPrinted, rig.machine_facts(app)) == []
        assert len(of(TicketIssued, rig.engine_facts())) == 1
        assert any(isinstance(one, FaultRaised) and one.fault is cause for one in rig.machine_facts(app))
        await rig.clock.sleep(31)
        assert app.session.state is State.HOME

    day(main)


def test_a_crash_between_commit_and_paper_offers_the_slip_again_and_marks_it() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.printer.change(silent=True)
        rig.tap(app, "pick:A")
        await rig.clock.sleep(0.2)
        assert len(app.store.tickets(Paper.COMMITTED)) == 1
        await rig.kill_machine()
        rig.printer.change(silent=False)
        app = await rig.start_machine()
        assert app.session.state is State.REPRINT
        rig.tap(app, "reprint")
        await rig.clock.sleep(2)
        printed = of(TicketPrinted, rig.machine_facts(app))
        again = TicketPrinted(job="20260914-A001/1", ticket="A001", business_day=date(2026, 9, 14), reprint=1)
        assert printed == [again]
        assert len(of(TicketIssued, rig.engine_facts())) == 1

    day(main)


def test_nobody_elses_slip_is_left_alone_and_the_ticket_stays_valid() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.printer.change(silent=True)
        rig.tap(app, "pick:A")
        await rig.clock.sleep(0.2)
        await rig.kill_machine()
        app = await rig.start_machine()
        rig.tap(app, "not_mine")
        await rig.clock.sleep(1)
        assert app.session.state is State.HOME
        assert of(TicketCancelled, rig.engine_facts()) == []
        await rig.kill_machine()
        assert (await rig.start_machine()).session.state is State.HOME

    day(main)


def test_a_crash_while_asking_asks_again_under_the_same_key() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.broker.latency = 0.3
        rig.tap(app, "pick:A")
        await rig.clock.sleep(0.4)
        await rig.kill_machine()
        rig.broker.latency = 0.0
        assert [one.kind for one in app.store.pending()] == ["issue"]
        app = await rig.start_machine()
        await rig.clock.sleep(5)
        assert [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketIssued)] == ["A001"]
        assert app.session.state is State.REPRINT
        assert app.store.pending() == []

    day(main)


async def die_before_the_request_is_written_down(rig: Rig) -> None:
    app = await rig.start_machine()
    rig.broker.latency = 0.3
    rig.tap(app, "pick:A")
    await rig.clock.sleep(0.4)
    await rig.kill_machine()
    rig.broker.latency = 0.0
    rig.machine_disk.execute("DELETE FROM pending")


def test_a_crash_before_the_request_was_written_down_offers_the_ticket_by_the_key_that_was_laid_out() -> None:
    async def main(rig: Rig) -> None:
        await die_before_the_request_is_written_down(rig)
        app = await rig.start_machine()
        assert [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketIssued)] == ["A001"]
        assert app.session.state is State.REPRINT
        assert app.session.ticket is not None
        assert (app.session.ticket.ticket, app.session.ticket.service) == ("A001", "A")
        rig.tap(app, "reprint")
        await rig.clock.sleep(2)
        assert len(rig.printer.jobs) == 1
        assert len(app.store.spares()) == 1

    day(main)


def test_such_a_ticket_is_given_back_when_its_citizen_must_have_left() -> None:
    async def main(rig: Rig) -> None:
        await die_before_the_request_is_written_down(rig)
        await rig.clock.sleep(11 * 60)
        app = await rig.start_machine()
        assert [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketCancelled)] == ["A001"]
        assert app.session.state is State.HOME
        assert len(app.store.spares()) == 1

    day(main)


def test_a_key_laid_out_and_never_used_leaves_nothing_behind() -> None:
    async def main(rig: Rig) -> None:
        for _ in range(3):
            await rig.start_machine()
            await rig.kill_machine()
        app = await rig.start_machine()
        assert await rig.take(app) == "A001"
        assert (len(app.store.spares()), app.store.pending()) == (1, [])

    day(main)


def test_a_closed_service_gives_a_ticket_for_its_opening() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.take(app)
        assert app.session.ticket is not None
        assert app.session.ticket.serves_from == datetime(2026, 9, 15, 8, 30, tzinfo=SHANGHAI)
        assert app.session.state is State.ISSUED

    day(main, datetime(2026, 9, 15, 2, 30, tzinfo=SHANGHAI), OFFICE_HALL)


def test_an_emergency_stops_issuing_everywhere_until_it_is_over() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        desk = Device(
            rig.hall.address("manager-1"), "x", links=rig.broker.links(), clock=rig.clock, chance=random.Random(9)
        )
        rig.others.append(asyncio.ensure_future(desk.run()))
        await rig.clock.sleep(1)
        await desk.ask("queue", SetMode(mode=HallMode.EMERGENCY))
        await rig.clock.sleep(1)
        assert app.session.state is State.EMERGENCY
        assert not any(action.startswith("pick") for action in app.targets())
        await desk.ask("queue", SetMode(mode=None))
        await rig.clock.sleep(1)
        assert app.session.state is State.HOME

    day(main)


def test_a_ticket_of_before_the_day_starts_keeps_its_day_and_the_next_numbers_start_afresh() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        assert await rig.take(app) == "A001"
        await rig.clock.sleep(600)
        assert app.day() == date(2026, 9, 15)
        await rig.stop_engine()
        offline = await rig.take(app)
        assert app.session.ticket is not None
        assert (offline, app.session.ticket.business_day) == ("A500", date(2026, 9, 15))
        await rig.clock.sleep(100)
        await rig.start_engine()
        await rig.clock.sleep(100)
        merged = [fact for fact in rig.engine_facts() if isinstance(fact, OfflineTicketAccepted)]
        assert [(fact.ticket, fact.business_day) for fact in merged] == [("A500", date(2026, 9, 15))]
        days = Counter(held.block.business_day for held in app.store.blocks() if held.block.service == "A")
        assert days == {date(2026, 9, 14): 1, date(2026, 9, 15): 1, date(2026, 9, 16): 1}

    day(main, datetime(2026, 9, 15, 5, 55, tzinfo=SHANGHAI))


def test_my_ticket_can_be_looked_up_left_and_given_up() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.take(app)
        await rig.clock.sleep(11)
        for action in ("find", "key:A", "key:0", "key:0", "key:1", "enter"):
            rig.tap(app, action)
            await rig.clock.sleep(0.3)
        assert app.session.state is State.TICKET
        rig.tap(app, "cancel")
        await rig.clock.sleep(0.2)
        rig.tap(app, "confirm")
        await rig.clock.sleep(0.5)
        assert app.session.state is State.NOTED
        assert [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketCancelled)] == ["A001"]

    day(main)


def test_the_same_person_with_a_card_gets_the_same_ticket_and_no_number_is_kept() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine(CardAt())
        rig.tap(app, "booking")
        await rig.clock.sleep(1)
        assert app.session.state is State.REFUSED
        dump = "\n".join(rig.machine_disk.iterdump())
        assert "199001010016" not in dump

    day(main)


def test_an_exception_shows_the_fail_safe_and_wipes_the_session() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.tap(app, "matters")
        await rig.clock.sleep(0.1)
        app.press("page:a screw is loose")
        await rig.clock.sleep(0.1)
        assert app.session.state is State.FAIL_SAFE
        await rig.clock.sleep(25)
        assert app.session.state is State.HOME
        assert app.session.is_fresh

    day(main)


def test_at_rest_only_the_clock_is_painted() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.clock.sleep(60)
        before = app.display.paints
        await rig.clock.sleep(600)
        assert app.display.paints - before == 10

    day(main)


def test_a_ticket_of_another_machine_is_found_by_its_number() -> None:
    async def main(rig: Rig) -> None:
        other = Device(
            rig.hall.address("ticket-2"), "x", links=rig.broker.links(), clock=rig.clock, chance=random.Random(5)
        )
        rig.others.append(asyncio.ensure_future(other.run()))
        app = await rig.start_machine()
        await rig.take(app)
        reply = await other.ask("queue", AskTicket(ticket="A001"))
        assert isinstance(reply, TicketReply)
        assert reply.tickets[0].state is TicketState.WAITING

    day(main)


def test_a_time_booked_at_the_machine_is_checked_in_with_its_code() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        app.press("explain:A")
        app.press("book")
        await rig.clock.sleep(1)
        assert app.session.state is State.NOTED
        note = app.session.note
        assert note is not None
        assert note.when == datetime(2026, 9, 14, 10, 45, tzinfo=SHANGHAI)
        await rig.clock.sleep(35 * 60)
        for action in ("code", *(f"key:{digit}" for digit in note.code), "enter"):
            rig.tap(app, action)
            await rig.clock.sleep(0.3)
        assert app.session.state is State.ISSUED
        assert [fact.appointment for fact in rig.engine_facts() if isinstance(fact, TicketIssued)] != [None]

    day(main)


class Watcher:
    """Whoever looks at the machine's screen from afar."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._results: asyncio.Queue[Result] = asyncio.Queue()
        self._machine = rig.hall.address("ticket-1")
        self._device = Device(
            rig.hall.address("intake"), "x", links=rig.broker.links(), clock=rig.clock, chance=random.Random(3),
            hear={self._machine.topic(Channel.RESULT): lambda message: self._results.put_nowait(
                codec.body_of(open_message(message).envelope, Result))},
        )  # fmt: skip
        rig.others.append(asyncio.ensure_future(self._device.run()))

    async def command(self, command: Command) -> Result:
        deadline = self._rig.clock.now() + timedelta(seconds=5)
        data = self._device.postmark.stamp(command, deadline=deadline)
        self._device.link.publish(self._machine.topic(Channel.COMMAND), data, qos=1)
        return await self._results.get()


def test_the_screen_is_seen_and_pressed_from_the_live_page_of_a_demonstration() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        watcher = Watcher(rig)
        await rig.clock.sleep(0.1)
        taken = await watcher.command(TakePicture(width=360))
        assert isinstance(taken, PictureTaken)
        assert (taken.width, taken.height) == (1080, 1920)
        picture = Image.open(BytesIO(taken.png))
        assert (picture.size, picture.mode) == ((360, 640), "P")
        assert len(taken.png) <= 45_000
        again = await watcher.command(TakePicture(width=360, known=taken.fingerprint))
        assert again == PictureTaken(fingerprint=taken.fingerprint, width=1080, height=1920)
        box = home_targets(rig.hall, rig.hall.device["ticket-1"], rig.clock.now())["pick:C"]
        assert await watcher.command(PressScreen(x=box.x + 9, y=box.y + 9)) == CommandDone()
        await rig.clock.sleep(1)
        assert app.session.state is State.ISSUED
        assert app.session.service == "C"

    day(main)


def test_outside_a_demonstration_nobody_presses_the_screen_from_afar() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        watcher = Watcher(rig)
        await rig.clock.sleep(0.1)
        assert await watcher.command(PressScreen(x=500, y=500)) == CommandRefused(code="not_a_demo")
        assert app.session.state is State.HOME

    day(main, hall=REAL_HALL)


def test_a_late_answer_is_never_shown_to_the_next_citizen() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.tap(app, "matters")
        await rig.clock.sleep(0.1)
        rig.broker.latency = 0.4
        app.press("pick:C")
        await rig.clock.sleep(0.1)
        app.handle(Happened(event=Event.TIMEOUT))
        assert app.session.state is State.FAIL_SAFE
        await rig.clock.sleep(21)
        assert app.session.state is State.REPRINT
        assert app.session.ticket is not None
        assert app.session.ticket.ticket == "C001"

    day(main)


def test_facts_leave_the_machine_when_the_hall_store_acknowledges_them() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.take(app)
        assert app.store.outbox.depth == 1
        ack = Ack(dev="ticket-1", inc=app.store.outbox.inc, seq=app.store.outbox.last)
        data = app.device.postmark.stamp(ack, dev="hall-store")
        rig.broker.route(rig.hall.address("ticket-1").topic(Channel.ACK), data, retain=True)
        await rig.clock.sleep(1)
        assert app.store.outbox.depth == 0

    day(main)


def test_a_full_outbox_takes_the_machine_out_of_service_until_it_drains() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        app.desk.outbox_limit = 0
        rig.tap(app, "pick:A")
        await rig.clock.sleep(1)
        assert app.session.state is State.OUT_OF_SERVICE
        assert of(TicketIssued, rig.engine_facts()) == []
        app.desk.outbox_limit = 99_000
        await rig.clock.sleep(31)
        assert app.session.state is State.HOME

    day(main)
