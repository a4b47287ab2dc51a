"""Errors of the kiosk."""

from enum import StrEnum


class KioskError(Exception):
    """Something at the kiosk failed; the message says what the operator should do."""


class LockCause(StrEnum):
    """Why a locker's door did not do as told; the first four are the line's."""

    UNPLUGGED = "unplugged"
    SILENT = "silent"
    GARBLED = "garbled"
    CUT_SHORT = "cut_short"
    WRONG_BOARD = "wrong_board"
    WRONG_LOCK = "wrong_lock"
    STUCK = "stuck"
    WRONG_DOOR = "wrong_door"
    NO_CONTACT = "no_contact"


LOCK_ADVICE = {
    LockCause.UNPLUGGED: "the line is gone; plug its cable in again",
    LockCause.SILENT: "the board does not answer; check its power, its address and the two wires",
    LockCause.GARBLED: "what the board answers means nothing; check baud rate, wires and earth",
    LockCause.CUT_SHORT: "the board's answers break off; check the wires",
    LockCause.WRONG_BOARD: "another board answers; set the address switches as configured",
    LockCause.WRONG_LOCK: "the board answers for another lock; check the configured kind of board",
    LockCause.STUCK: "the door did not open; look whether it jams, and whether the contact is configured right",
    LockCause.WRONG_DOOR: "another door opened; close it and correct the wiring before the locker is used",
    LockCause.NO_CONTACT: "open and closed look the same; check the door contact's wires",
}


class LockError(KioskError):
    """A locker's door did not do as told; `cause` says why, `door` which one it is about."""

    def __init__(self, cause: LockCause, door: int) -> None:
        super().__init__(f"locker door {door} {cause}: {LOCK_ADVICE[cause]}")
        self.cause = cause
        self.door = door


class CameraError(KioskError):
    """No picture came; the message says what to check."""


class ExtraMissingError(CameraError):
    """An optional package is not installed; the message names it."""


class PictureError(KioskError):
    """A picture cannot be used: it is none, or too big."""


class SignatureError(KioskError):
    """A signature is none, or belongs to another document."""
