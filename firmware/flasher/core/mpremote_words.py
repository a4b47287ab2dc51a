"""What mpremote says on its way and when it fails."""

import re

from firmware.flasher.errors import (
    BoardRefusedError,
    FlasherError,
    NoAnswerError,
    PortBusyError,
    PortGoneError,
    ToolFailedError,
)

PERCENT = re.compile(r"(\d{1,3})\s*%")
NO_ROOM = ("ENOSPC", "Errno 28")


def progress(line: str) -> float | None:
    """Return how much of a file is copied, 0 to 1; None for any other line."""
    found = PERCENT.search(line)
    return min(int(found[1]), 100) / 100 if found else None


def fault(text: str, port: str) -> FlasherError:
    """Return what a failed run of mpremote means for the technician."""
    if "failed to access" in text:
        return PortBusyError(f"{port}: the port cannot be opened: is the board plugged in, and no other program on it?")
    if "could not enter raw repl" in text:
        return NoAnswerError(f"{port}: no interpreter answers: tap RST and run again, or flash an interpreter first")
    if any(mark in text for mark in NO_ROOM):
        return BoardRefusedError(
            f"{port}: the board's flash is full: erase it with `hall24 flash --erase` and run again"
        )
    if any(
        mark in text for mark in ("SerialException", "Input/output error", "device disconnected", "OSError: [Errno 5]")
    ):
        return PortGoneError(f"{port}: the port went away: plug the board in and run the same command again")
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
    if "Traceback" in text and "MicroPython" not in last:
        return BoardRefusedError(
            f"{port}: the board refused: {last.strip()[:160]}; run again, or flash its interpreter anew"
        )
    return ToolFailedError(f"{port}: mpremote failed: {last.strip()[:160]}; run the same command again")
