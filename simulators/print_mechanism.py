"""What is under a receipt printer's cover: print buffer, characters, codes, head and knife."""

from dataclasses import dataclass, field
from typing import Protocol

import segno
from PIL import Image

from hallkit.codecs.escpos import (
    Align,
    Alignment,
    Answer,
    AutoStatus,
    Bold,
    Chinese,
    ChineseStyle,
    Command,
    Cut,
    FeedDots,
    FeedLines,
    Init,
    Inverse,
    LineFeed,
    LineSpacing,
    PrintMode,
    ProcessEcho,
    ProcessId,
    QrErrorLevel,
    QrLevel,
    QrPrint,
    QrSize,
    QrStore,
    Raster,
    SendStatus,
    SentStatus,
    Size,
    Text,
)
from hallkit.codecs.escpos.status import PrinterStatus, sent_status_byte
from simulators.paper import ROW_BYTES, Paper, PrintedPiece, TextLine, Typeface, characters, picture_rows

POWER_UP_PITCH = 34
KNIFE_DOTS = 120


class Condition(Protocol):
    """What the mechanism depends on outside itself."""

    paper_dots: int | None
    cutter_jams: int
    echoes: bool
    four_byte: bool

    @property
    def status(self) -> PrinterStatus:
        """Return the printer's status."""


@dataclass(slots=True)
class Done:
    """What executing one command came to; `rest` is what the paper end or a jam left of it."""

    dots: int = 0
    answers: list[Answer] = field(default_factory=list)
    pieces: list[PrintedPiece] = field(default_factory=list)
    rest: tuple[Command, ...] = ()
    watches_status: bool = False


@dataclass(slots=True)
class Settings:
    """What ESC @ puts back; Chinese mode is on at power-up as in Chinese makes."""

    face: Typeface = field(default_factory=Typeface)
    align: Alignment = Alignment.LEFT
    pitch: int = POWER_UP_PITCH
    chinese: bool = True
    qr_dots: int = 3
    qr_level: QrErrorLevel = QrErrorLevel.L
    qr_data: bytes = b""


@dataclass(slots=True)
class Mechanism:
    """Turns commands into paper."""

    paper: Paper = field(default_factory=Paper)
    settings: Settings = field(default_factory=Settings)
    line: TextLine = field(default_factory=TextLine)
    tells: bool = False
    is_jammed: bool = False
    _half: bytes = b""

    def hanging(self) -> PrintedPiece:
        """Return what hangs out of the slot."""
        return PrintedPiece(bytes(self.paper.rows), tuple(self.paper.lines))

    def forget_line(self) -> None:
        """Empty the print buffer."""
        self.line = TextLine()
        self._half = b""

    def execute(self, command: Command, printer: Condition) -> Done:
        """Execute one command as far as paper and knife allow."""
        match command:
            case Raster() | QrPrint():
                return self._rows(self._picture(command), printer)
            case Text(data):
                return self._text(data, printer)
            case LineFeed() | FeedLines() | FeedDots():
                return self._feed(self._distance(command), printer)
            case Cut():
                return self._cut(command, printer)
            case ProcessId(value):
                return Done(answers=[ProcessEcho(value)] if printer.echoes else [])
            case SendStatus(1):
                return Done(answers=[SentStatus(sent_status_byte(printer.status))])
            case AutoStatus(events):
                self.tells = events != 0
                return Done(watches_status=True)
        self._set(command)
        return Done()

    def _distance(self, command: LineFeed | FeedLines | FeedDots) -> int:
        if isinstance(command, FeedDots):
            return command.dots
        return self.settings.pitch * (command.lines if isinstance(command, FeedLines) else 1)

    def _set(self, command: Command) -> None:
        settings = self.settings
        match command:
            case Init():
                self.settings, self.tells = Settings(), False
                self.forget_line()
            case Align(to):
                settings.align = to
            case LineSpacing(dots):
                settings.pitch = POWER_UP_PITCH if dots is None else dots
            case Chinese(on):
                settings.chinese = on
            case QrSize(dots):
                settings.qr_dots = dots
            case QrLevel(level):
                settings.qr_level = level
            case QrStore(data):
                settings.qr_data = data
            case _:
                self._set_face(command)

    def _set_face(self, command: Command) -> None:
        face = self.settings.face
        match command:
            case ChineseStyle(wide, high, _):
                face.wide_chinese, face.high_chinese = wide, high
            case Size(width, height):
                face.width, face.height = width, height
            case PrintMode(bold, high, wide):
                face.bold, face.width, face.height = bold, 1 + wide, 1 + high
            case Bold(on):
                face.bold = on
            case Inverse(on):
                face.inverse = on
            case _:
                pass

    def _rows(self, rows: bytes, printer: Condition) -> Done:
        """Print rows until the paper ends; the rest waits for a new roll."""
        whole = len(rows) // ROW_BYTES
        dots = whole if printer.paper_dots is None else min(whole, printer.paper_dots)
        self.paper.print_rows(rows[: dots * ROW_BYTES])
        return Done(dots=dots, rest=(Raster(ROW_BYTES, rows[dots * ROW_BYTES :]),) if dots < whole else ())

    def _feed(self, dots: int, printer: Condition) -> Done:
        if not self.line.cells:
            return self._rows(bytes(ROW_BYTES * dots), printer)
        rows = self.line.rows(self.settings.align, dots)
        self.paper.lines.append(self.line.text)
        self.line = TextLine()
        return self._rows(rows, printer)

    def _cut(self, command: Cut, printer: Condition) -> Done:
        if printer.cutter_jams > 0:
            printer.cutter_jams -= 1
            self.is_jammed = True
            return Done(rest=(command,))
        if command.feed is not None:
            done = self._rows(bytes(ROW_BYTES * (KNIFE_DOTS + command.feed)), printer)
            if done.rest:
                done.rest += (Cut(command.partial),)
                return done
            done.pieces = [self.paper.cut()]
            return done
        return Done(pieces=[self.paper.cut()])

    def _text(self, data: bytes, printer: Condition) -> Done:
        data, self._half = self._half + data, b""
        at = 0
        if self.settings.chinese:
            pairs = list(characters(data, printer.four_byte))
        else:
            pairs = [(bytes((byte,)).decode("cp437"), 1) for byte in data]
        for char, size in pairs:
            if not self.line.add(char, self.settings.face):
                done = self._feed(self.settings.pitch, printer)
                done.rest += (Text(data[at:]),)
                return done
            at += size
        self._half = data[at:]
        return Done()

    def _picture(self, command: Raster | QrPrint) -> bytes:
        return self._qr() if isinstance(command, QrPrint) else self._raster(command)

    def _raster(self, raster: Raster) -> bytes:
        if not raster.mode and self.settings.align is Alignment.LEFT and raster.width_bytes <= ROW_BYTES:
            width, end = raster.width_bytes, raster.width_bytes * raster.rows
            return b"".join(raster.data[at : at + width].ljust(ROW_BYTES, b"\0") for at in range(0, end, width))
        width = raster.width_bytes * 8
        image = Image.frombytes("1", (width, raster.rows), raster.data[: raster.width_bytes * raster.rows])
        if raster.mode:
            image = image.resize((width * (1 + (raster.mode & 1)), raster.rows * (1 + (raster.mode >> 1))))
        return picture_rows(image, self.settings.align)

    def _qr(self) -> bytes:
        code = segno.make_qr(self.settings.qr_data, error=self.settings.qr_level.name.lower(), boost_error=False)
        modules = [list(row) for row in code.matrix]
        image = Image.new("1", (len(modules), len(modules)), 0)
        image.putdata([255 * (module & 1) for row in modules for module in row])
        side = len(modules) * self.settings.qr_dots
        return picture_rows(image.resize((side, side), Image.Resampling.NEAREST), self.settings.align)
