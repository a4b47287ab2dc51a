"""Finding out, with a technician before the cabinet, how its doors are wired."""

from typing import Protocol

from kiosk.drivers.lock_board import LockBoard
from kiosk.errors import LockCause, LockError
from kiosk.wire.lock_board import DoorContact


class Technician(Protocol):
    """The person before the cabinet."""

    async def shut(self, door: int) -> None:
        """Ask that `door` is shut; return when it is said to be."""

    async def which_opened(self) -> int:
        """Ask which door sprang open; return its number, 0 for none."""


async def commission(board: LockBoard, doors: int, technician: Technician) -> DoorContact:
    """Try every door with the technician; return how their contacts are wired; LockError at the first that is wrong."""
    contacts = [await _try(board, door, technician) for door in range(1, doors + 1)]
    for door, contact in enumerate(contacts, start=1):
        if contact is not contacts[0]:
            raise LockError(LockCause.NO_CONTACT, door)
    return contacts[0]


async def _try(board: LockBoard, door: int, technician: Technician) -> DoorContact:
    await technician.shut(door)
    shut = await board.level(door)
    await board.unlock(door)
    seen = await technician.which_opened()
    if seen != door:
        raise LockError(LockCause.WRONG_DOOR, seen) if seen else LockError(LockCause.STUCK, door)
    if await board.level(door) is shut:
        raise LockError(LockCause.NO_CONTACT, door)
    return DoorContact.CLOSED_WHEN_LOCKED if shut else DoorContact.CLOSED_WHEN_OPEN
