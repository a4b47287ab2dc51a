"""What esptool says on its way and when it fails."""

import re
from collections.abc import Callable

from firmware.flasher.core.boot_mode import PRESS, told
from firmware.flasher.errors import (
    BootModeError,
    DamagedError,
    FlasherError,
    ImageError,
    NoAnswerError,
    PortBusyError,
    PortGoneError,
    PortMissingError,
    ToolFailedError,
    WrongChipError,
)

PROGRESS = re.compile(r"Writing at 0x[0-9a-f]+.*?(\d+(?:\.\d+)?)\s*%")
VERIFIED = "Hash of data verified"
MAC = re.compile(r"^MAC:\s+([0-9a-f:]{17})", re.MULTILINE)
BOOT_MODE = re.compile(r"Wrong boot mode detected \((0x[0-9a-fA-F]+)\)")
OTHER_CHIP = re.compile(r"This chip is (\S+), not (\S+?)\.")
HOLD = "hold BOOT, tap RST, let go of BOOT, then run the same command with --by-hand"


def progress(line: str) -> float | None:
    """Return how much of the image is written, 0 to 1; None for any other line."""
    found = PROGRESS.search(line)
    return min(float(found[1]) / 100, 1.0) if found else None


def mac(text: str) -> str:
    """Return the chip's address, empty if it was not told."""
    found = MAC.search(text)
    return found[1] if found else ""


def fault(text: str, port: str) -> FlasherError:
    """Return what a failed run of esptool means for the technician."""
    if found := BOOT_MODE.search(text):
        return BootModeError(f"{port}: {told(int(found[1], 16))}", PRESS)
    if found := OTHER_CHIP.search(text):
        return WrongChipError(
            f"{port}: the board carries {found[1]}, not {found[2]}: name the right --chip and its image"
        )
    for mark, make in FAULTS:
        if mark in text:
            return make(port)
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
    return ToolFailedError(f"{port}: esptool failed: {last.strip()[:200]}; run the same command again")


def _no_data(port: str) -> FlasherError:
    return BootModeError(f"{port}: the board says nothing: {HOLD}; if it stays silent change the cable", PRESS)


def _no_sync(port: str) -> FlasherError:
    return NoAnswerError(f"{port}: the board is ready for an image but hears nothing: change the cable or USB adapter")


def _missing(port: str) -> FlasherError:
    return PortMissingError(f"{port}: there is no such port: plug the board in and look at `hall24 devices --ports`")


def _busy(port: str) -> FlasherError:
    return PortBusyError(f"{port}: another program holds the port: close its terminal or monitor and run again")


def _gone(port: str) -> FlasherError:
    return PortGoneError(
        f"{port}: the port went away while the board was written: plug it in, run the same command again"
    )


def _stopped(port: str) -> FlasherError:
    return NoAnswerError(f"{port}: the board stopped answering: check its power, then run the same command again")


def _damaged(port: str) -> FlasherError:
    return DamagedError(
        f"{port}: the flash holds other bytes than the image: run again; a second time, change the board"
    )


def _noise(port: str) -> FlasherError:
    return DamagedError(f"{port}: the line damages bytes: use a shorter cable or a lower --baud and run again")


def _too_large(port: str) -> FlasherError:
    return ImageError(f"{port}: the image does not fit the board's flash: use the image made for its size")


FAULTS: tuple[tuple[str, Callable[[str], FlasherError]], ...] = (
    ("getting no sync reply", _no_sync),
    ("MD5 of file does not match", _damaged),
    ("Could not exclusively lock port", _busy),
    ("Device or resource busy", _busy),
    ("No such file or directory", _missing),
    ("Check if the port is correct", _missing),
    ("Could not open", _missing),
    ("Attempting to use a port that is not open", _gone),
    ("device disconnected or multiple access", _gone),
    ("Lost connection", _gone),
    ("Input/output error", _gone),
    ("does not fit", _too_large),
    ("will not fit", _too_large),
    ("Possible serial noise or corruption", _noise),
    ("Invalid head of packet", _noise),
    ("No serial data received", _no_data),
    ("No more data to read", _stopped),
    ("Timed out waiting for packet", _stopped),
    ("Failed to connect", _no_data),
)
"""Marks in esptool's words, the more telling ones first."""
