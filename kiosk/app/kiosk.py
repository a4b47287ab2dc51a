"""The kiosk as a program: touches, cards and answers in; screens, papers, requests and facts out."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from contract import codec, topics
from contract.board import HallMode, ZoneBoard
from contract.body import Command, Result
from contract.case_requests import RenewCatalogue
from contract.catalogue import CatalogueEntry
from contract.envelope import Envelope
from contract.guide_desk import HelpHeard
from contract.link import CommandDone, CommandRefused, Fault
from contract.screen import PressScreen, TakePicture
from contract.topics import Address
from hallkit.devices.notice_slip import NoticePlace
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.outbox import OutboxFullError
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import InlineWriter, Writer
from hallkit.text.fonts import FontLibrary, system_fonts
from hallkit.touch.box import Box
from hallkit.touch.pointer import Phase, Touch
from hallkit.touch.screen import Closed, Screen
from kiosk.app.catalogue_desk import CatalogueDesk
from kiosk.app.centre_desk import CentreDesk
from kiosk.app.display import Corners, Display
from kiosk.app.face import face_of
from kiosk.app.hardware import Hardware, Openers
from kiosk.app.health import Health, faults_of
from kiosk.app.identity_desk import IdentityDesk
from kiosk.app.material_desk import MaterialDesk
from kiosk.app.pace import Pace
from kiosk.app.preview import Preview
from kiosk.app.queue_desk import QueueDesk
from kiosk.app.sheet_desk import SheetDesk
from kiosk.app.slip_desk import SlipDesk
from kiosk.app.work import Desks, Work
from kiosk.config import KioskTable
from kiosk.core.happening import Drawn, Happened, Means
from kiosk.core.keyboard import finished, press
from kiosk.core.moves import Effect
from kiosk.core.pinyin_words import Words, spelled_names
from kiosk.core.session import Session
from kiosk.core.step import step
from kiosk.core.table import Event, State
from kiosk.core.world import Outage, Part, World
from kiosk.drivers.kiosk_store import KioskStore
from kiosk.drivers.seal import Seal
from kiosk.errors import CameraError

_LOGGER = logging.getLogger(__name__)

STORE_ERRORS = (sqlite3.Error, OutboxFullError)
WAIT_TO_PAINT = 0.03
"""Seconds after a press in which the answer may come before the screen says that it is awaited."""

SALT_BYTES = 32
AWAITED = frozenset({State.WORKING, State.SUBMITTING})


ReadWords = Callable[[tuple[CatalogueEntry, ...]], Words]
"""Returns the keyboard's words, the catalogue's names ahead of all."""


class KioskApp:
    """One kiosk; `run` serves until cancelled or the screen is closed."""

    def __init__(
        self, entry: DeviceEntry, hall: Hall, table: KioskTable, password: str, *, screen: Screen, openers: Openers,
        database: sqlite3.Connection, links: LinkFactory, clock: Clock, chance: random.Random,
        writer: Writer | None = None, fonts: FontLibrary | None = None,
        read_words: ReadWords = lambda entries: Words(()),
    ) -> None:  # fmt: skip
        fonts, writer = fonts or system_fonts(), writer or InlineWriter()
        self._hall, self._screen, self._clock, self._words = hall, screen, clock, read_words(())
        self.session, self.world, self.face = Session(), World(), face_of(hall, entry)
        self.display = Display(screen, self.face, fonts)
        self.pace = Pace(
            self.display, clock, lambda: (self.session, self.world), on_broken=self._on_broken,
            on_timeout=lambda: self.handle(Happened(Event.TIMEOUT)),
        )  # fmt: skip
        self.store = KioskStore(database, f"{chance.getrandbits(64):016x}", chance.randbytes(SALT_BYTES))
        self.device = self._connection(entry, password, links, chance, writer)
        self.health = Health(self.device, clock, self._on_faults)
        self.hardware = Hardware(openers, clock, chance)
        self.hardware.told.on_outages = self._look_around
        self.hardware.told.on_power = lambda view: self._look_around()
        self.identity = IdentityDesk(self.hardware, clock, table.identity_key, self.handle, lambda: self.session)
        self.materials = MaterialDesk(openers.camera, clock)
        self.centre = CentreDesk(
            self.device, self.store, writer, clock, chance, Seal(password, self.store.salt), patience=table.patience,
            is_away=lambda: self.world.is_away, on_answer=self._on_answer, documents=self.materials.documents,
        )  # fmt: skip
        self.catalogue = CatalogueDesk(self.store, writer, clock, self.centre.ask, self._on_catalogue)
        self._slips, self.work = self._papers(writer, fonts)
        self.preview = Preview(openers.camera, clock, self._on_preview, on_trouble=self._on_camera)
        self._visit = 0
        self._store_word = ""
        self._tasks: dict[asyncio.Task[None], None] = {}

    def _papers(self, writer: Writer, fonts: FontLibrary) -> tuple[SlipDesk, Work]:
        """Return who prints slips, and who does the work of every effect."""
        queue, hardware = QueueDesk(self.device, self._hall, self.face), self.hardware
        place = NoticePlace(
            self.face.title, self.face.helpline, f"自助机 {self.face.number}", f"{self.face.public_url}/p/",
            is_demo=self.face.demo,
        )  # fmt: skip
        slips = SlipDesk(self.store, self.device, writer, hardware.printer, place, fonts, queue.slip)
        sheets = SheetDesk(hardware.sheets, self.device, self._clock, place, fonts, self.face)
        desks = Desks(self.centre, self.catalogue, self.identity, self.materials, slips, sheets, queue, hardware)
        return slips, Work(desks, self.device, self._clock, self.handle, lambda: self.session)

    def _connection(
        self, entry: DeviceEntry, password: str, links: LinkFactory, chance: random.Random, writer: Writer
    ) -> Device:
        hear = {topics.board(self._hall.hall.name, zone.id): self._on_board for zone in self._hall.zones}
        device = Device(
            self._hall.address(entry.name), password, links=links, clock=self._clock, chance=chance, hear=hear,
            outbox=self.store.outbox, writer=writer,
        )  # fmt: skip
        device.on_link, device.on_command = self._on_link, self._obey
        return device

    async def run(self) -> None:
        """Serve citizens until cancelled or the screen is closed."""
        self.pace.touched()
        self._look_around()
        await self._slips.settle()
        self.pace.paint()
        jobs = [
            ("kiosk link", self.device.run), ("kiosk catalogue", self.catalogue.run), ("kiosk centre", self.centre.run),
            ("kiosk health", self.health.run), ("kiosk pace", self.pace.run), ("kiosk camera", self.preview.run),
            *self.hardware.jobs(),
        ]  # fmt: skip
        served = asyncio.ensure_future(run_jobs(jobs))
        touched = asyncio.ensure_future(self._listen())
        try:
            await asyncio.wait([served, touched], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in (touched, served, *self._tasks):
                job.cancel()
            self.identity.stop()
            self.preview.stop()
            results = await asyncio.gather(served, touched, *self._tasks, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    def targets(self) -> dict[str, Box]:
        """Return where each action is touched on the screen as it is now."""
        self.pace.paint()
        return self.display.targets()

    def press(self, action: str) -> None:
        """Do what touching the target of `action` does: `pick:item:CODE`, `key:4`, `next`, …"""
        name, _, text = action.partition(":")
        self.handle(Happened(Event(name), text))

    def touch(self, touch: Touch) -> None:
        """Take one event of the panel."""
        found = self.display.touch(touch, self.session, self._clock.monotonic())
        if touch.phase is not Phase.MOVE:
            self.pace.touched()
        if isinstance(found, Drawn):
            self.handle(Happened(Event.STROKE, brings=found))
        elif found:
            self.press(found)
        else:
            self.pace.paint_soon()

    def handle(self, happened: Happened) -> None:
        """Let something happen; whatever goes wrong in it, the citizen sees the fail-safe screen and no traceback."""
        try:
            self._happen(happened)
            self._settle()
        except Exception:
            _LOGGER.exception("the kiosk failed on %s", happened.event)
            self._fail()

    def means(self) -> Means:
        """Return what a step may ask of the world."""
        return Means(
            today=self.world.today(self._clock.now()), demo=self.face.demo, find=self.catalogue.find,
            press=lambda typing, key: press(typing, key, self._words),
            finish=lambda typing: finished(typing, self._words),
        )  # fmt: skip

    def _happen(self, happened: Happened) -> None:
        before = self.session
        done = step(before, happened, self.means())
        if not done.moved:
            return
        self.session = done.session
        if done.session.state is not before.state:
            self.pace.turned()
            if before.state is State.IDENTIFY and done.session.state is not State.IDENTIFY:
                self.identity.stop()
            (self.preview.start if done.session.state is State.CAPTURE else self.preview.stop)()
        self.pace.touched()
        for effect in done.effects:
            self._start(effect, happened, before)
        self.pace.paint_in(WAIT_TO_PAINT if self.session.state in AWAITED else 0.0)

    def _settle(self) -> None:
        """Bring to the standby screen what waits for it: an emergency and its end, a battery nearly empty."""
        state = self.session.state
        if self.world.is_emergency and state not in (State.EMERGENCY, State.SUBMITTING, State.WORKING):
            self._happen(Happened(Event.EMERGENCY))
        elif state is State.EMERGENCY and not self.world.is_emergency:
            self._happen(Happened(Event.CALM))
        if self.session.state is State.ATTRACT and self.hardware.must_stop:
            self._happen(Happened(Event.CLOSE))
        elif self.session.state is State.OUT_OF_SERVICE and not self.hardware.must_stop and not self._store_word:
            self._happen(Happened(Event.OPEN))

    def _start(self, effect: Effect, happened: Happened, before: Session) -> None:
        match effect:
            case Effect.WIPE:
                self._wipe()
            case Effect.FORGET:
                self._visit += 1
                self._go(self.materials.forget)
            case Effect.CHECK_STORE:
                self._go(self._check_store)
            case _:
                self._visit += 1
                self._go(partial(self._work, effect, happened.text, before, self._visit))

    async def _work(self, effect: Effect, text: str, before: Session, visit: int) -> None:
        """Do the work of an effect; an answer for a citizen who left is dropped: what matters is on a disk."""
        try:
            found = await self.work.do(effect, self.session, before, text)
        except CameraError as error:
            self.preview.broken(error)
            return
        if effect in (Effect.PRINT_SHEET, Effect.PRINT_GUIDE):
            self._look_around()
        if found is not None and (visit == self._visit or found.event in (Event.PRINTING, Event.HEARD)):
            self.handle(found)

    def _go(self, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.get_running_loop().create_task(self._guard(work))
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    async def _guard(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except STORE_ERRORS as error:
            _LOGGER.error("the kiosk's store is in trouble, it takes nothing more: %s", error)
            self._store_word = "full" if not isinstance(error, sqlite3.Error) else "disk"
            self._look_around()
            self.handle(Happened(Event.STORE_DOWN))
        except Exception:
            _LOGGER.exception("the kiosk failed")
            self._fail()

    def _fail(self) -> None:
        """Wipe the session and say what is true of the citizen's business."""
        known = self.session.issued is not None
        word = "done" if known else "unknown" if self.session.state is State.SUBMITTING else "nothing"
        self._visit += 1
        self._happen(Happened(Event.FAILED, word))

    def _wipe(self) -> None:
        """Forget the citizen everywhere: pages, codes, strokes, texts, the screen itself."""
        self._visit += 1
        self.display.forget()
        self.hardware.forget()
        self._go(self.materials.forget)

    async def _check_store(self) -> None:
        """Return to service once the disk takes facts again."""
        await self.device.report()
        if self._store_word:
            self._store_word = ""
            self._look_around()
            self.handle(Happened(Event.STORE_UP))
        else:
            self._settle()

    async def _listen(self) -> None:
        """Take the panel's events until the screen is closed."""
        while True:
            event = await self._screen.touched()
            if isinstance(event, Closed):
                return
            if isinstance(event, Touch):
                self.touch(event)

    def _on_preview(self, preview: bytes, corners: Corners) -> None:
        self.display.sees(preview, corners)
        self.pace.paint_soon()

    def _on_camera(self, error: CameraError | None) -> None:
        """Note that the camera cannot be used, so that screens offer what works without it, or that it can again."""
        if error is not None:
            _LOGGER.error("%s", error)
        elif self.session.state is State.CAPTURE:
            self.preview.start()
        self.hardware.camera_word = "unusable" if error is not None else ""
        self._look_around()

    def _on_broken(self, error: Exception) -> None:
        if self.session.state is State.FAIL_SAFE:
            raise error
        _LOGGER.error("the screen %s cannot be painted", self.session.state, exc_info=error)
        self._fail()

    def _look_around(self) -> None:
        """Note what is out of use now, for screens and for the hall."""
        outages = list(self.hardware.outages())
        if self.world.is_away:
            outages.append(Outage(Part.CENTRE, "silent"))
        if self._store_word:
            outages.append(Outage(Part.STORE, self._store_word))
        if self.hardware.must_stop:
            outages.append(Outage(Part.POWER, "low"))
        self.world = replace(self.world, outages=tuple(outages), on_battery=self.hardware.on_battery,
                             slips_left=self.hardware.slips_left)  # fmt: skip
        clock = (Fault.CLOCK_WRONG,) if self.world.is_behind(self._clock.now()) else ()
        self.health.show((*faults_of(outages), *self.hardware.warnings(), *clock))
        if self.device.link.is_up or self.session.state is not State.ATTRACT:
            self.pace.paint_in(WAIT_TO_PAINT)
        self._settle()

    def _on_catalogue(self, entries: tuple[CatalogueEntry, ...], fingerprint: str) -> None:
        self._words = self._words.renamed(spelled_names(entries))
        self.world = replace(self.world, entries=entries, fingerprint=fingerprint)
        self.pace.paint_in(WAIT_TO_PAINT)

    def _on_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        queues = {**self.world.queues, **{queue.service: queue for queue in board.queues}}
        modes = {**self.world.modes, board.zone: board.mode}
        self.world = replace(
            self.world, queues=queues, modes=modes, is_emergency=HallMode.EMERGENCY in modes.values(),
            heard_at=max(board.as_of, self.world.heard_at or board.as_of),
        )  # fmt: skip
        self._settle()
        if self.session.state in (State.QUEUES, State.HOME, State.EMERGENCY):
            self.pace.paint_in(WAIT_TO_PAINT)

    def _on_link(self, up: bool) -> None:
        self.world = replace(self.world, is_linked=up)
        if up:
            self.catalogue.renew()
            self.centre.wake()
        self.pace.paint_in(0.0)

    def _on_answer(self, answered: bool) -> None:
        if self.world.is_away is answered:
            self.world = replace(self.world, is_away=not answered)
            self._look_around()
            (self.centre.wake if answered else self.catalogue.renew)()

    def _on_faults(self, faults: tuple[Fault, ...]) -> None:
        self.world = replace(self.world, faults=faults)

    async def _obey(self, address: Address, command: Command, envelope: Envelope) -> Result:
        match command:
            case TakePicture():
                return self.display.picture(command)
            case RenewCatalogue():
                self.catalogue.renew()
                return CommandDone()
            case HelpHeard(help=call):
                return CommandDone() if self.work.heard(call) else CommandRefused(code="no_such_call")
            case PressScreen(x=x, y=y):
                if not self._hall.hall.demo:
                    return CommandRefused(code="not_a_demo")
                self.touch(Touch(Phase.DOWN, x, y))
                self.touch(Touch(Phase.UP, x, y))
                return CommandDone()
            case _:
                return CommandRefused(code="unknown_command")
