"""What an IPP printer says of itself and of a job, in our words. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from hallkit.devices.print_job import Printed


class A4Cause(StrEnum):
    """Why nothing comes out."""

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    GARBLED = "garbled"
    REFUSED = "refused"
    PAPER_OUT = "paper_out"
    JAM = "jam"
    TONER_OUT = "toner_out"
    COVER_OPEN = "cover_open"
    TRAY_MISSING = "tray_missing"
    OUTPUT_FULL = "output_full"
    OFFLINE = "offline"
    PAUSED = "paused"
    HELD = "held"
    CANCELLED = "cancelled"
    OUT_OF_ORDER = "out_of_order"
    STALLED = "stalled"


ADVICE = {
    A4Cause.UNREACHABLE: "cannot be reached; check power, network cable and address",
    A4Cause.SILENT: "does not answer; switch it off and on",
    A4Cause.GARBLED: "what answers there is no IPP printer; check the address",
    A4Cause.REFUSED: "does not take the document; check its formats and its users",
    A4Cause.PAPER_OUT: "has no paper; refill it",
    A4Cause.JAM: "has a paper jam; open it and take the sheet out",
    A4Cause.TONER_OUT: "has no toner; put a new cartridge in",
    A4Cause.COVER_OPEN: "is open; shut it",
    A4Cause.TRAY_MISSING: "has no tray; push it in",
    A4Cause.OUTPUT_FULL: "is full of printed sheets; take them out",
    A4Cause.OFFLINE: "is off line; put it on line at its panel",
    A4Cause.PAUSED: "is paused; resume it",
    A4Cause.HELD: "holds jobs back; release them, or set it to print at once",
    A4Cause.CANCELLED: "dropped the job; see its own log",
    A4Cause.OUT_OF_ORDER: "is out of order; see its panel",
    A4Cause.STALLED: "does not get on with the job; see its panel",
}
REASONS = {
    "media-empty": A4Cause.PAPER_OUT,
    "media-needed": A4Cause.PAPER_OUT,
    "media-jam": A4Cause.JAM,
    "toner-empty": A4Cause.TONER_OUT,
    "marker-supply-empty": A4Cause.TONER_OUT,
    "cover-open": A4Cause.COVER_OPEN,
    "door-open": A4Cause.COVER_OPEN,
    "interlock-open": A4Cause.COVER_OPEN,
    "input-tray-missing": A4Cause.TRAY_MISSING,
    "output-area-full": A4Cause.OUTPUT_FULL,
    "offline": A4Cause.OFFLINE,
    "shutdown": A4Cause.OFFLINE,
    "paused": A4Cause.PAUSED,
    "moving-to-paused": A4Cause.PAUSED,
    "other": A4Cause.OUT_OF_ORDER,
}
"""printer-state-reasons of RFC 8011 without their severity."""
SEVERITIES = ("-error", "-warning", "-report")
LOW = ("toner-low", "marker-supply-low", "media-low")
STOPPED = 5


class JobState(IntEnum):
    """job-state of RFC 8011."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELLED = 7
    ABORTED = 8
    COMPLETED = 9


@dataclass(frozen=True, slots=True)
class A4View:
    """What is known of the printer: unknown is not good, so `cause` is None only after a good answer."""

    cause: A4Cause | None = A4Cause.UNREACHABLE
    low: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    @property
    def can_print(self) -> bool:
        """Say whether a citizen may be promised paper."""
        return self.cause is None


@dataclass(frozen=True, slots=True)
class A4Outcome:
    """How a job ended: NO means that not one sheet was printed, UNKNOWN that a person must look."""

    name: str
    printed: Printed
    cause: A4Cause | None = None


def view_of(state: int | None, reasons: Sequence[str], formats: Sequence[str]) -> A4View:
    """Return what state and reasons mean; a warning or report stops nothing."""
    found = [REASONS[name] for name, severity in map(split_reason, reasons) if name in REASONS and _stops(severity)]
    cause = found[0] if found else (A4Cause.OUT_OF_ORDER if state == STOPPED else None)
    low = tuple(name for name, _ in map(split_reason, reasons) if name in LOW)
    return A4View(cause, low, tuple(formats))


def split_reason(reason: str) -> tuple[str, str]:
    """Return a reason's name and severity, "" if it has none."""
    for severity in SEVERITIES:
        if reason.endswith(severity):
            return reason.removesuffix(severity), severity
    return reason, ""


def _stops(severity: str) -> bool:
    return severity in ("", "-error")
