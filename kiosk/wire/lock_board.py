"""What every locker board has in common: locks by number, and a contact at each door that is read as a level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class LockFrameError(ValueError):
    """A board or lock number no frame can carry."""


class DoorContact(StrEnum):
    """When the contact at a door is closed; makers wire it either way."""

    CLOSED_WHEN_LOCKED = "closed_when_locked"
    CLOSED_WHEN_OPEN = "closed_when_open"

    def is_open(self, level: bool) -> bool:
        """Return whether the door is open when its contact is read as `level`."""
        return level is (self is DoorContact.CLOSED_WHEN_OPEN)

    def level(self, *, is_open: bool) -> bool:
        """Return how the contact of a door is read."""
        return is_open is (self is DoorContact.CLOSED_WHEN_OPEN)


@dataclass(frozen=True, slots=True)
class Report:
    """What a board says: the contact level of some locks and, if it can tell, which boxes hold something."""

    board: int
    levels: Mapping[int, bool]
    items: Mapping[int, bool] | None = None


class ReportDecoder(Protocol):
    """The host's ear."""

    @property
    def discarded(self) -> int:
        """Return the bytes that belonged to no good report."""

    @property
    def pending(self) -> int:
        """Return the bytes held of a report that is not whole yet."""

    def feed(self, data: bytes) -> Sequence[Report]:
        """Take `data`; return the reports that are whole by now."""

    def reset(self) -> None:
        """Drop what is held of a report."""


class LockWire(Protocol):
    """One family of boards."""

    @property
    def baud(self) -> int:
        """Return the line's speed."""

    @property
    def answers_open(self) -> bool:
        """Return whether a board reports by itself once a lock has moved."""

    @property
    def reports_all(self) -> bool:
        """Return whether one report tells of every lock."""

    def encode_open(self, board: int, lock: int) -> bytes:
        """Return the order to open one lock; LockFrameError if there can be no such lock."""

    def encode_query(self, board: int, lock: int) -> bytes:
        """Return the question how one lock stands."""

    def decoder(self) -> ReportDecoder:
        """Return a fresh ear."""


class FixedDecoder:
    """Finds frames of known sizes in bytes cut anyhow; a subclass says what is a frame."""

    def __init__(self) -> None:
        self._held = bytearray()
        self.discarded = 0

    @property
    def pending(self) -> int:
        """Return the bytes held."""
        return len(self._held)

    def reset(self) -> None:
        """Drop what is held."""
        self.discarded += len(self._held)
        self._held.clear()

    def frames(self, data: bytes) -> list[bytes]:
        """Take `data`; return the frames that are whole by now."""
        self._held += data
        found = []
        while self._held:
            size = self.size_of(self._held)
            if size is None:
                break
            if size and self.is_good(bytes(self._held[:size])):
                found.append(bytes(self._held[:size]))
                del self._held[:size]
            else:
                self.discarded += 1
                del self._held[:1]
        return found

    def size_of(self, held: bytearray) -> int | None:
        """Return the size of the frame that begins `held`, 0 if none does, None while too little is there."""
        raise NotImplementedError

    def is_good(self, frame: bytes) -> bool:
        """Say whether the check of `frame` holds."""
        raise NotImplementedError
