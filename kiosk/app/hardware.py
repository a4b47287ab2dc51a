"""The devices inside a kiosk: opened, watched, and what they say turned into what is out of use."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from contract.link import Fault
from hallkit.codecs.scanned_code import Scan, Scanned
from hallkit.devices.answer_line import Opener
from hallkit.devices.code_scanner import CodeScanner
from hallkit.devices.id_reader import IdReader
from hallkit.devices.id_reader_card import Hint, ReaderView
from hallkit.devices.print_job import Cause
from hallkit.devices.printer_settings import PrinterSettings, PrinterView
from hallkit.devices.receipt_printer import ReceiptPrinter
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.runtime.supervise import Job
from kiosk.core.world import Outage, Part
from kiosk.drivers.a4_printer import A4Printer
from kiosk.drivers.document_camera import Camera
from kiosk.drivers.ups import Power, Ups, UpsSettings, UpsView

PRINTER = PrinterSettings(patience={Cause.OFFLINE: 2.0, Cause.CUTTER_JAM: 2.0, Cause.HEAD_HOT: 20.0,
                                    Cause.COVER_OPEN: 30.0})  # fmt: skip
"""A cover left open is waited for half a minute: the notice is on the screen in any case."""


NOTICE_DOTS = 1600
"""Length of a long notice: 200 mm at eight dots a millimetre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Openers:
    """How each device is reached; None for one that this kiosk does not have."""

    printer: Opener | None = None
    reader: Opener | None = None
    scanner: Opener | None = None
    camera: Camera | None = None
    sheets: Opener | None = None
    sheets_uri: str = ""
    power: Opener | None = None


@dataclass(slots=True)
class Told:
    """Who hears what the devices say."""

    on_outages: Callable[[], None] = lambda: None
    on_scan: Callable[[str], None] = lambda text: None
    on_hint: Callable[[Hint], None] = lambda hint: None
    on_power: Callable[[UpsView], None] = lambda view: None


@dataclass(slots=True)
class Hardware:
    """Every device of one kiosk; each holds its own line and opens it again when it is gone."""

    openers: Openers
    clock: Clock
    chance: random.Random
    told: Told = field(default_factory=Told)
    printer: ReceiptPrinter | None = None
    reader: IdReader | None = None
    scanner: CodeScanner | None = None
    sheets: A4Printer | None = None
    ups: Ups | None = None
    camera_word: str = ""

    def __post_init__(self) -> None:
        one, clock = self.openers, self.clock
        if one.printer is not None:
            self.printer = ReceiptPrinter(
                one.printer, clock, settings=PRINTER, backoff=self._backoff(), on_change=self._printer_changed
            )  # fmt: skip
        if one.reader is not None:
            self.reader = IdReader(
                one.reader, clock, backoff=self._backoff(), on_change=self._reader_changed,
                on_hint=lambda hint: self.told.on_hint(hint),
            )  # fmt: skip
        if one.scanner is not None:
            self.scanner = CodeScanner(
                one.scanner, clock, on_scan=self._scanned, on_present=lambda _: self.told.on_outages(),
                backoff=self._backoff(),
            )  # fmt: skip
        if one.sheets is not None:
            self.sheets = A4Printer(one.sheets, clock, one.sheets_uri)
        if one.power is not None:
            self.ups = Ups(one.power, clock, settings=UpsSettings(), backoff=self._backoff(),
                           on_change=lambda view: self.told.on_power(view))  # fmt: skip

    def jobs(self) -> list[Job]:
        """Return what each device does by itself, one task a device."""
        found: list[Job] = []
        for name, device in (("printer", self.printer), ("reader", self.reader), ("scanner", self.scanner),
                             ("power", self.ups)):  # fmt: skip
            if device is not None:
                found.append((f"kiosk {name}", device.run))
        return found

    def outages(self) -> tuple[Outage, ...]:
        """Return what is out of use now, and why."""
        found = []
        if self.reader is None or self.reader.view.cause is not None:
            found.append(Outage(Part.CARD, _word(self.reader.view.cause if self.reader else None)))
        if self.scanner is None or not self.scanner.is_present:
            found.append(Outage(Part.CODE, "unplugged"))
        if self.openers.camera is None or self.camera_word:
            found.append(Outage(Part.CAMERA, self.camera_word or "absent"))
        if self.printer is None or self.printer.view.cause is not None:
            found.append(Outage(Part.SLIP, _word(self.printer.view.cause if self.printer else None)))
        if self.sheets is None or (self.sheets.view.cause is not None and self.sheets.view.formats):
            found.append(Outage(Part.SHEET, _word(self.sheets.view.cause if self.sheets else None)))
        return tuple(found)

    def warnings(self) -> tuple[Fault, ...]:
        """Return what somebody should see to before it puts a part out of use."""
        view = self.printer.view if self.printer is not None else None
        return (Fault.PAPER_NEAR_END,) if view is not None and view.cause is None and view.paper.near_end else ()

    @property
    def slips_left(self) -> int | None:
        """Return how many notices the roll still gives, about; None without a printer."""
        return self.printer.view.paper.slips_left(NOTICE_DOTS) if self.printer is not None else None

    @property
    def must_stop(self) -> bool:
        """Say whether nobody new may begin: the battery is nearly empty."""
        return self.ups is not None and self.ups.view.must_stop

    @property
    def on_battery(self) -> bool:
        """Say whether the kiosk runs on its battery."""
        return self.ups is not None and self.ups.view.power in (Power.BATTERY, Power.LOW)

    def forget(self) -> None:
        """Let go of what a device may remember of a citizen."""
        if self.scanner is not None:
            self.scanner.forget()

    def _backoff(self) -> Backoff:
        return Backoff(self.chance, 0.5, 5.0)

    def _printer_changed(self, view: PrinterView) -> None:
        self.told.on_outages()

    def _reader_changed(self, view: ReaderView) -> None:
        self.told.on_outages()

    def _scanned(self, found: Scanned) -> None:
        self.told.on_scan(found.text if isinstance(found, Scan) else "")


def _word(cause: object) -> str:
    return str(cause) if cause is not None else "absent"
