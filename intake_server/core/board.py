"""A small board at its place, as the technician's tool tells it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One place: its device, the board there, its certificate's number and days in ISO 8601."""

    device: str
    kind: str
    board: str
    serial: str
    version: str
    issued: str
    expires: str
    window: int | None = None
