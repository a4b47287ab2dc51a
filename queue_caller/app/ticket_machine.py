"""The ticket machine as a program: touches, cards and answers in; screens, slips and facts out."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Coroutine
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from contract import codec, topics
from contract.board import ZoneBoard
from contract.body import Command, Result
from contract.envelope import Envelope
from contract.link import CommandDone, CommandRefused, Fault
from contract.screen import PressScreen, TakePicture
from contract.topics import Address
from hallkit.devices.card_reader import CardReader, CardReaderError
from hallkit.devices.printer_settings import PrinterView
from hallkit.devices.receipt_printer import Opener
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.kept_clock import KeptClock
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.outbox import OutboxFullError as StoreFullError
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import InlineWriter, Writer
from hallkit.text.fonts import FontLibrary, system_fonts
from hallkit.touch.box import Box
from hallkit.touch.pointer import Phase, Touch
from hallkit.touch.screen import Closed, Screen
from queue_caller.app.machine_desk import OutboxFullError, TicketDesk
from queue_caller.app.machine_display import Display
from queue_caller.app.machine_health import Health
from queue_caller.app.machine_pace import Pace
from queue_caller.app.machine_paper import PaperDesk, faults_of
from queue_caller.app.machine_reader import reader_line
from queue_caller.app.machine_recovery import Recovery
from queue_caller.app.machine_slip import Slips
from queue_caller.core.machine_session import Fate, Happened, Session, step
from queue_caller.core.machine_table import Effect, Event, State
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.core.machine_world import World, business_day, with_board
from queue_caller.drivers.machine_store import MachineStore
from queue_caller.screens import face_of

_LOGGER = logging.getLogger(__name__)

WAIT_TO_PAINT = 0.03
"""Seconds after a press in which the answer may come before the screen says that it is awaited."""

AFTER_PRINT = 0.03
"""Seconds the painter leaves the loop to the printer when a ticket was committed."""

STORE_ERRORS = (sqlite3.Error, StoreFullError, OutboxFullError)


class TicketMachineApp:
    """One ticket machine; `run` serves until cancelled or the screen is closed."""

    _reading: asyncio.Task[None] | None = None

    def __init__(
        self, entry: DeviceEntry, hall: Hall, password: str, *, screen: Screen, opener: Opener | None,
        database: sqlite3.Connection, links: LinkFactory, clock: Clock, chance: random.Random,
        writer: Writer | None = None, day_start: time | None = time(6), fonts: FontLibrary | None = None,
        reader: CardReader | None = None, reader_opener: Opener | None = None, name_on_slip: bool = False,
        display: type[Display] = Display, vouched: datetime | None = None, reads_at_home: bool = True,
    ) -> None:  # fmt: skip
        fonts, writer = fonts or system_fonts(), writer or InlineWriter()
        clock = kept = KeptClock(clock, vouched)
        self._entry, self._hall, self._screen, self._clock = entry, hall, screen, kept
        self._day_start, self._name_on_slip, self._visit = day_start, name_on_slip, 0
        self._line = reader_line(reader_opener, clock, chance, self._on_reader, self._on_unread)
        self._reader, self._reads_at_home = reader or self._line, reads_at_home
        self.session, self.world = Session(), World()
        self.face = replace(face_of(hall, entry), has_reader=self._reader is not None)
        self.display = display(screen, self.face, fonts)
        self.pace = Pace(
            self.display, clock, lambda: (self.session, self.world), on_broken=self._on_broken,
            on_timeout=lambda: self.handle(Happened(event=Event.TIMEOUT)),
        )  # fmt: skip
        self.slips = Slips(self.face, fonts)
        self.store = MachineStore(database, f"{chance.getrandbits(64):016x}")
        self.device = self._connection(password, links, chance, writer)
        self.health = Health(self.device, clock, self._on_faults)
        self.desk = TicketDesk(
            self.device, self.store, writer, clock, chance, day_of=self.day, is_away=lambda: self.world.is_away,
            on_answer=self._on_answer, demo=hall.hall.demo, has_date=lambda: kept.is_right,
        )  # fmt: skip
        self.desk.on_ticket = self.slips.prepare
        self.paper = PaperDesk(
            self.store, self.device, writer, clock, self.slips, opener, on_view=self._on_printer,
            on_failed=self._on_unprinted,
        )  # fmt: skip
        self.recovery = Recovery(
            self.desk, self.store, writer, clock, chance, hall=hall.hall.name, machine=entry.name,
            services=[one.id for one in self.face.services], day_of=self.day, is_linked=lambda: self.world.is_linked,
            new_id=self.device.postmark.new_id, on_found=self._on_found,
        )  # fmt: skip
        self._offers: list[HeldTicket] = []
        self._tasks: dict[asyncio.Task[None], None] = {}

    def _connection(self, password: str, links: LinkFactory, chance: random.Random, writer: Writer) -> Device:
        hear = {topics.board(self._hall.hall.name, zone.id): self._on_board for zone in self._hall.zones}
        device = Device(
            self._hall.address(self._entry.name), password, links=links, clock=self._clock, chance=chance, hear=hear,
            outbox=self.store.outbox, writer=writer,
        )  # fmt: skip
        device.on_link, device.on_command = self._on_link, self._obey
        return device

    async def run(self) -> None:
        """Serve citizens until cancelled or the screen is closed."""
        if (newest := self.store.newest()) is not None:
            self._clock.not_before(newest)
        self.pace.touched()
        self.slips.warm(self._clock.now())
        self._offers = await self.paper.offered()
        self.pace.paint()
        jobs = [
            ("machine link", self.device.run), ("machine printer", self.paper.run),
            ("machine recovery", self.recovery.run), ("machine health", self.health.run),
            ("machine pace", self.pace.run), ("machine clock", lambda: self._clock.watch(self.health.set_clock)),
        ]  # fmt: skip
        jobs += [("machine reader", self._line.run)] if self._line else []
        try:
            served = asyncio.ensure_future(run_jobs(jobs))
            touched = asyncio.ensure_future(self._listen())
            self._settle()
            try:
                await asyncio.wait([served, touched], return_when=asyncio.FIRST_COMPLETED)
            finally:
                for job in (touched, served):
                    job.cancel()
                results = await asyncio.gather(served, touched, return_exceptions=True)
            for result in results:
                if isinstance(result, Exception):
                    raise result
        finally:
            for task in [*self._tasks, *([self._reading] if self._reading else [])]:
                task.cancel()

    def day(self) -> date:
        """Return the business day a ticket taken now belongs to."""
        return business_day(self._clock.now(), self._day_start, self.world.day)

    def targets(self) -> dict[str, Box]:
        """Return where each action is touched on the screen as it is now."""
        self.pace.paint()
        return self.display.targets()

    def press(self, action: str) -> None:
        """Do what touching the target of `action` does: `pick:A`, `done`, `key:4`, …"""
        name, _, text = action.partition(":")
        self.handle(Happened(event=Event(name), text=text.partition(":")[0]))

    def scanned(self, text: str) -> None:
        """Take what a code scanner read: the address on a slip or of a booking."""
        self.handle(Happened(event=Event.SCAN, text=text))

    def touch(self, touch: Touch) -> None:
        """Take one event of the panel."""
        action = self.display.touch(touch, self.session)
        if touch.phase is not Phase.MOVE:
            self.pace.touched()
        if action:
            self.press(action)
        elif touch.phase is not Phase.MOVE:
            self.pace.paint()

    def handle(self, happened: Happened) -> None:
        """Let something happen; whatever goes wrong in it, the citizen sees the fail-safe screen and no traceback."""
        try:
            self._happen(happened)
            self._settle()
        except Exception:
            _LOGGER.exception("the ticket machine failed on %s", happened.event)
            self._fail()

    def _happen(self, happened: Happened) -> None:
        before = self.session
        done = step(before, happened)
        if not done.moved:
            return
        self.session = done.session
        if done.session.state is not before.state:
            self.pace.turned()
            self._stop_reading()
        self.pace.touched()
        for effect in done.effects:
            self._start(effect, before)
        working = self.session.state in (State.ISSUING, State.ASKING)
        printing = Effect.PRINT in done.effects or Effect.REPRINT in done.effects
        self.pace.paint_in(WAIT_TO_PAINT if working else AFTER_PRINT if printing else 0.0)

    def _settle(self) -> None:
        """Bring home what waits for it: an emergency and its end, a slip to offer."""
        if self.session.state is State.HOME and self.world.is_emergency:
            self._happen(Happened(event=Event.EMERGENCY))
        elif self.session.state is State.EMERGENCY and not self.world.is_emergency:
            self._happen(Happened(event=Event.CALM))
        if self.session.state is State.HOME and self._offers:
            self._happen(Happened(event=Event.UNFINISHED, ticket=self._offers.pop(0)))
        if self.session.state is State.HOME and self._reads_at_home and not self.session.person:
            self._wait_for_card()

    def _start(self, effect: Effect, before: Session) -> None:
        session = self.session
        match effect:
            case Effect.WIPE:
                self._wipe(before)
            case Effect.PRINT | Effect.REPRINT if session.ticket is not None:
                self._go(self.paper.print(session.ticket))
            case Effect.DECLINE if before.ticket is not None:
                self._go(self.paper.decline(before.ticket))
            case Effect.WAIT_FOR_CARD:
                self._wait_for_card()
            case Effect.CHECK_STORE:
                self._go(self._check_store())
            case _:
                self._visit += 1
                self._go(self._ask(effect, session, self._visit))

    async def _ask(self, effect: Effect, session: Session, visit: int) -> None:
        """Do what the citizen asked; an answer that comes after the citizen left is offered from the disk."""
        happened = await self._answer(effect, session)
        if visit == self._visit and self.session.state in (State.ISSUING, State.ASKING):
            self.handle(happened)
        elif happened.ticket is not None:
            self._on_found(happened.ticket)
        if happened.event in (Event.OFFLINE, Event.AWAY):
            self.recovery.wake()

    async def _answer(self, effect: Effect, session: Session) -> Happened:
        match effect:
            case Effect.ISSUE:
                return await self.desk.issue(session)
            case Effect.CHECK_IN:
                return await self.desk.check_in(session)
            case Effect.CANCEL:
                return await self.desk.cancel(session)
            case Effect.STEP_AWAY:
                return await self.desk.step_away(session)
            case Effect.BOOK:
                queue = self.world.queues.get(session.service)
                return await self.desk.book(session, session.when or (queue.reopens if queue else None))
            case _:
                return await self.desk.find(session)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._guard(work))
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except STORE_ERRORS as error:
            _LOGGER.error("the machine's store is in trouble, it takes nothing more: %s", error)
            self.health.set_store(Fault.OUTBOX_FULL if not isinstance(error, sqlite3.Error) else Fault.DISK_FULL)
            self.handle(Happened(event=Event.STORE_DOWN))
        except Exception:
            _LOGGER.exception("the ticket machine failed")
            self._fail()

    def _fail(self) -> None:
        """Wipe the session and say what is true of the citizen's business."""
        fate, ticket = Fate.NOTHING, self.session.ticket
        if ticket is not None:
            fate = Fate.TICKET
        elif self.session.state is State.ISSUING:
            fate = Fate.UNKNOWN
        self._visit += 1
        self._happen(Happened(event=Event.FAILED, fate=fate, ticket=ticket))

    def _wipe(self, before: Session) -> None:
        self._visit += 1
        if before.typed or before.person or before.scanned or before.standing:
            self.display.forget()

    async def _check_store(self) -> None:
        """Return to service once the disk takes facts again."""
        await self.device.report()
        if self.store.outbox.depth < self.desk.outbox_limit:
            self.health.set_store(None)
            self.handle(Happened(event=Event.STORE_UP))

    def _wait_for_card(self) -> None:
        """Search for a card until the screen changes; it is found once, and again only when it was lifted."""
        if self._reader is not None and (self._reading is None or self._reading.done()):
            self._reading = asyncio.get_running_loop().create_task(self._guard(self._read_card(self._reader)))

    async def _read_card(self, reader: CardReader) -> None:
        try:
            card = await reader.read()
        except CardReaderError as error:
            _LOGGER.warning("the card reader cannot be used: %s", error)
            self.health.set_reader(Fault.READER_SILENT)
            return
        self.health.set_reader(None)
        person = await self.desk.token_of_card(card.number)
        holder = card.holder if self._name_on_slip and person else ""
        self.handle(Happened(event=Event.CARD, person=person, text=holder))

    def _on_reader(self, fault: Fault | None) -> None:
        self.health.set_reader(fault)
        if fault is None:
            self._settle()

    def _on_unread(self, trouble: str) -> None:
        self.handle(Happened(event=Event.UNREAD, text=trouble))

    def _stop_reading(self) -> None:
        if self._reading is not None and self._reading is not asyncio.current_task():
            self._reading.cancel()
        self._reading = None

    async def _listen(self) -> None:
        """Take the panel's events until the screen is closed."""
        while True:
            event = await self._screen.touched()
            if isinstance(event, Closed):
                return
            if isinstance(event, Touch):
                self.touch(event)

    def _on_broken(self, error: Exception) -> None:
        if self.session.state is State.FAIL_SAFE:
            raise error
        _LOGGER.error("the screen %s cannot be painted", self.session.state, exc_info=error)
        self._fail()

    def _on_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        day = self.world.day
        self.world = with_board(self.world, board)
        if not message.retained and self.world.is_away:
            self._on_answer(True)
        if self.world.day != day:
            self.recovery.wake()
        self._settle()
        if self.session.state not in (State.ISSUING, State.ASKING):
            self.pace.paint_by(AFTER_PRINT)

    def _on_link(self, up: bool) -> None:
        self.world = replace(self.world, is_linked=up)
        if up:
            self.recovery.wake()
        self.pace.paint_in(0.0)

    def _on_answer(self, answered: bool) -> None:
        if self.world.is_away is answered:
            self.world = replace(self.world, is_away=not answered)
            self.health.set_engine(None if answered else Fault.ENGINE_AWAY)
            self.recovery.wake()
            self.pace.paint_in(WAIT_TO_PAINT)

    def _on_printer(self, view: PrinterView) -> None:
        self.health.set_printer(faults_of(view))

    def _on_faults(self, faults: tuple[Fault, ...]) -> None:
        if faults != self.world.faults:
            self.world = replace(self.world, faults=faults)
            self.pace.paint_in(WAIT_TO_PAINT)

    def _on_unprinted(self, ticket: HeldTicket) -> None:
        shown = self.session.ticket
        if shown is not None and shown.job == ticket.job:
            self.handle(Happened(event=Event.UNPRINTED))

    def _on_found(self, ticket: HeldTicket) -> None:
        self._offers.append(ticket)
        self._settle()

    async def _obey(self, address: Address, command: Command, envelope: Envelope) -> Result:
        match command:
            case TakePicture():
                self.pace.paint()
                return self.display.picture(command)
            case PressScreen(x=x, y=y):
                if not self._hall.hall.demo:
                    return CommandRefused(code="not_a_demo")
                self.touch(Touch(Phase.DOWN, x, y))
                self.touch(Touch(Phase.UP, x, y))
                return CommandDone()
            case _:
                return CommandRefused(code="unknown_command")
