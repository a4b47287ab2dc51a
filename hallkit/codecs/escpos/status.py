"""What a printer says about itself: DLE EOT 1–4, automatic status, GS r, and the states they mean.

| byte | bit 2 | bit 3 | bit 5 | bit 6 |
|---|---|---|---|---|
| DLE EOT 1 | drawer | offline | waiting | feed button |
| DLE EOT 2 | cover open | feeding | stopped, paper end | error |
| DLE EOT 3 | recoverable | cutter | unrecoverable | head hot |
| DLE EOT 4 | near end (with bit 3) | | paper end (with bit 6) | |

Real-time bytes are `0xx1xx10`; automatic status is `0xx1xx00` and three bytes `0xx0xxxx`; GS r is `0xx0xx00`.
Source: Epson ESC/POS Command Reference, DLE EOT, GS a and GS r.
"""

from dataclasses import dataclass

REAL_TIME_KINDS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterStatus:
    """One whole status report; the defaults are a printer that can print."""

    offline: bool = False
    cover_open: bool = False
    feeding: bool = False
    paper_near_end: bool = False
    paper_end: bool = False
    recoverable: bool = False
    cutter_error: bool = False
    unrecoverable: bool = False
    head_hot: bool = False

    @property
    def can_print(self) -> bool:
        """Return whether the next byte would be printed now."""
        return not (self.offline or self.cover_open or self.paper_end or self.has_error)

    @property
    def has_error(self) -> bool:
        """Return whether an error stops the printer."""
        return self.recoverable or self.cutter_error or self.unrecoverable or self.head_hot


def is_real_time(byte: int) -> bool:
    """Return whether `byte` has the fixed bits of a DLE EOT answer."""
    return byte & 0x93 == 0x12


def is_auto_start(byte: int) -> bool:
    """Return whether `byte` has the fixed bits of the first automatic status byte."""
    return byte & 0x93 == 0x10


def is_auto_rest(byte: int) -> bool:
    """Return whether `byte` may be the second to fourth automatic status byte."""
    return byte & 0x90 == 0


def is_sent_status(byte: int) -> bool:
    """Return whether `byte` has the fixed bits of a GS r answer."""
    return byte in (0x00, 0x03, 0x0C, 0x0F)


def real_time_bytes(status: PrinterStatus) -> tuple[int, int, int, int]:
    """Return the answers to DLE EOT 1 to 4."""
    return (
        0x12 | status.offline << 3,
        0x12 | status.cover_open << 2 | status.feeding << 3 | status.paper_end << 5 | status.has_error << 6,
        0x12 | status.recoverable << 2 | status.cutter_error << 3 | status.unrecoverable << 5 | status.head_hot << 6,
        0x12 | 0x0C * status.paper_near_end | 0x60 * status.paper_end,
    )


def from_real_time(answers: tuple[int, int, int, int]) -> PrinterStatus | None:
    """Return what the answers to DLE EOT 1 to 4 mean together, or None if they contradict each other.

    A printer with its cover open or in error is offline, and an error has a kind: answers that belong to different
    questions or were damaged seldom agree.
    """
    printer, offline, error, paper = answers
    if not all(is_real_time(byte) for byte in answers) or not _paper_agrees(paper):
        return None
    status = PrinterStatus(
        offline=bool(printer & 0x08),
        cover_open=bool(offline & 0x04),
        feeding=bool(offline & 0x08),
        paper_near_end=bool(paper & 0x0C),
        paper_end=bool(paper & 0x60 or offline & 0x20),
        recoverable=bool(error & 0x04),
        cutter_error=bool(error & 0x08),
        unrecoverable=bool(error & 0x20),
        head_hot=bool(error & 0x40),
    )
    stopped = status.cover_open or status.has_error
    agrees = status.offline >= stopped and bool(offline & 0x40) == status.has_error
    return status if agrees else None


def _paper_agrees(paper: int) -> bool:
    return paper & 0x0C in (0, 0x0C) and paper & 0x60 in (0, 0x60)


def auto_bytes(status: PrinterStatus) -> bytes:
    """Return the four bytes of automatic status."""
    return bytes((
        0x10 | status.offline << 3 | status.cover_open << 5 | status.feeding << 6,
        status.recoverable << 2 | status.cutter_error << 3 | status.unrecoverable << 5 | status.head_hot << 6,
        0x03 * status.paper_near_end | 0x0C * status.paper_end,
        0x0F,
    ))  # fmt: skip


def from_auto(data: bytes) -> PrinterStatus:
    """Return what four bytes of automatic status mean."""
    first, error, paper, _ = data
    return PrinterStatus(
        offline=bool(first & 0x08),
        cover_open=bool(first & 0x20),
        feeding=bool(first & 0x40),
        paper_near_end=bool(paper & 0x03),
        paper_end=bool(paper & 0x0C),
        recoverable=bool(error & 0x04),
        cutter_error=bool(error & 0x08),
        unrecoverable=bool(error & 0x20),
        head_hot=bool(error & 0x40),
    )


def sent_status_byte(status: PrinterStatus) -> int:
    """Return the answer to GS r 1: bits 0 and 1 near end, 2 and 3 end."""
    return 0x03 * status.paper_near_end | 0x0C * status.paper_end
