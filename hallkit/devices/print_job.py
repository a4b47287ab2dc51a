"""A print job, the stages it goes through, and what may be said about the paper afterwards. No I/O."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hallkit.codecs.escpos import (
    Command,
    FeedDots,
    FeedLines,
    LineFeed,
    PrinterStatus,
    ProcessId,
    Raster,
    encode,
)
from hallkit.errors import HallkitError

LINE_DOTS = 34
"""Pitch of text lines at power-up: 1/6 inch at 203 dots per inch."""

KNIFE_DOTS = 120
"""Paper between the print head and the knife."""


class Stage(StrEnum):
    """How far a job is; the last two end it."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class Cause(StrEnum):
    """Why the printer cannot print, or what stopped a job."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_JAM = "cutter_jam"
    HEAD_HOT = "head_hot"
    OUT_OF_ORDER = "out_of_order"
    OFFLINE = "offline"
    SILENT = "silent"
    GARBLED = "garbled"
    UNPLUGGED = "unplugged"


class Printed(StrEnum):
    """What is known about the paper: only the printer's own word makes it YES."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class AlreadySentError(HallkitError):
    """This job was handed to the printer before; a second copy must be a reprint with its own number."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """Commands to print once under `job_id`; `reprint` counts the audited 补打 copies, 0 for the first."""

    job_id: str
    commands: tuple[Command, ...]
    reprint: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """Return what no two handed-in jobs may share."""
        return self.job_id, self.reprint

    @property
    def dots(self) -> int:
        """Return the length of paper the job takes, in dots of 1/8 mm."""
        return paper_dots(self.commands) + KNIFE_DOTS


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """How a job ended; after UNKNOWN whoever asked decides on a marked reprint, nobody else does."""

    job_id: str
    reprint: int
    stage: Stage
    printed: Printed
    cause: Cause | None = None

    @property
    def is_confirmed(self) -> bool:
        """Return whether the printer said that all of it is on paper."""
        return self.stage is Stage.CONFIRMED


@dataclass(frozen=True, slots=True)
class Chunk:
    """A few whole commands, and the mark the printer echoes once they are on paper."""

    data: bytes
    mark: bytes
    dots: int


def paper_dots(commands: tuple[Command, ...]) -> int:
    """Return the dots `commands` move the paper, text at the power-up pitch."""
    total = 0
    for command in commands:
        match command:
            case Raster():
                total += command.rows * (2 if command.mode & 2 else 1)
            case FeedDots(dots):
                total += dots
            case FeedLines(lines):
                total += lines * LINE_DOTS
            case LineFeed():
                total += LINE_DOTS
            case _:
                pass
    return total


def chunks(job: PrintJob, prologue: tuple[Command, ...], size: int) -> Iterator[Chunk]:
    """Cut `prologue` and the job into chunks of about `size` bytes, never inside a command."""
    serial = zlib.crc32(f"{job.job_id}/{job.reprint}".encode())
    group: list[Command] = []
    held = 0
    for command in (*prologue, *job.commands):
        group.append(command)
        held += len(command.encode())
        if held >= size:
            yield _chunk(group, serial)
            group, held, serial = [], 0, serial + 1
    if group:
        yield _chunk(group, serial)


def _chunk(group: list[Command], serial: int) -> Chunk:
    return Chunk(encode(group), mark(serial), paper_dots(tuple(group)))


def mark(serial: int) -> bytes:
    """Return `serial` as the four printable bytes of a process id."""
    digits = bytearray()
    for _ in range(4):
        serial, digit = divmod(serial, 95)
        digits.append(0x20 + digit)
    return ProcessId(bytes(digits)).value


def cause_in(status: PrinterStatus) -> Cause | None:
    """Return why `status` cannot print, the one a person must see to first; None if it can."""
    causes = (
        (status.cover_open, Cause.COVER_OPEN),
        (status.paper_end, Cause.PAPER_OUT),
        (status.cutter_error, Cause.CUTTER_JAM),
        (status.unrecoverable or status.recoverable, Cause.OUT_OF_ORDER),
        (status.head_hot, Cause.HEAD_HOT),
        (status.offline, Cause.OFFLINE),
    )
    return next((cause for holds, cause in causes if holds), None)
