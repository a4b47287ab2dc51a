"""ESC/POS receipt printers: commands and answers as data, both directions, no I/O."""

from collections.abc import Iterable

from hallkit.codecs.escpos.answers import (
    Answer,
    AnswerDecoder,
    AutoAnswer,
    BuffersCleared,
    ProcessEcho,
    RealTimeAnswer,
    SentStatus,
)
from hallkit.codecs.escpos.commands import (
    Align,
    Alignment,
    AskStatus,
    AutoStatus,
    Bold,
    Chinese,
    ChineseStyle,
    ClearBuffers,
    CodePage,
    Cut,
    FeedDots,
    FeedLines,
    Init,
    Inverse,
    LineFeed,
    LineSpacing,
    Other,
    PrintMode,
    ProcessId,
    QrErrorLevel,
    Raster,
    Recover,
    SendStatus,
    Size,
    Text,
)
from hallkit.codecs.escpos.decoder import CommandDecoder
from hallkit.codecs.escpos.grammar import Command
from hallkit.codecs.escpos.qr import QrLevel, QrModel, QrPrint, QrSize, QrStore, qr_code
from hallkit.codecs.escpos.raster import WIDTH_DOTS, raster_bands
from hallkit.codecs.escpos.status import PrinterStatus


def encode(commands: Iterable[Command]) -> bytes:
    """Return the bytes of `commands`, one after the other."""
    return b"".join(command.encode() for command in commands)


__all__ = [
    "WIDTH_DOTS", "Align", "Alignment", "Answer", "AnswerDecoder", "AskStatus", "AutoAnswer", "AutoStatus", "Bold",
    "BuffersCleared", "Chinese", "ChineseStyle", "ClearBuffers", "CodePage", "Command", "CommandDecoder", "Cut",
    "FeedDots", "FeedLines", "Init", "Inverse", "LineFeed", "LineSpacing", "Other", "PrintMode", "PrinterStatus",
    "ProcessEcho", "ProcessId", "QrErrorLevel", "QrLevel", "QrModel", "QrPrint", "QrSize", "QrStore", "Raster",
    "RealTimeAnswer", "Recover", "SendStatus", "SentStatus", "Size", "Text", "encode", "qr_code", "raster_bands",
]  # fmt: skip
