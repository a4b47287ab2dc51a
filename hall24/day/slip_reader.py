"""Reads a slip as it came out of the printer: its number from the dots, its code as a phone does, its mark 补打."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hallkit.codecs.escpos import Command, Raster
from hallkit.devices.slip import MARGIN, QR_LEFT, QR_MODULE, RIGHT
from hallkit.runtime.clock import SHANGHAI
from hallkit.text.fonts import system_fonts
from queue_caller.app.machine_slip import Slips
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.screens import Face
from simulators.paper import ROW_BYTES, WIDTH, PrintedPiece

Dots = NDArray[np.uint8]
_SAMPLES = ("012", "345", "678", "999", "1012", "1345", "1678", "1999")
_LETTERS = ("000", "1000")
"""Numbers that have every sign in both sizes, after one prefix; and those that have the other prefixes."""

_WHEN = datetime(2026, 9, 14, tzinfo=SHANGHAI)
_TOKEN = "0" * 26
_RULE = np.packbits([MARGIN <= x < RIGHT for x in range(WIDTH)]).tobytes()
KNOWN_NUMBERS = 4_000


@dataclass(frozen=True, slots=True)
class ReadSlip:
    """What is on a slip: the number, the code's token (empty without a code), and whether it is a marked reprint."""

    ticket: str
    link: str
    is_reprint: bool


class SlipReader:
    """Knows how the slips of a hall's machines are laid out; `read` returns None for a piece that is no whole slip."""

    def __init__(self, face: Face) -> None:
        self._services = {entry.prefix: entry.id for entry in face.services}
        slips = Slips(face, system_fonts())
        self._slips = {
            (prefix, offline): _reference(slips, service, f"{prefix}000", offline)
            for prefix, service in self._services.items()
            for offline in (False, True)
        }
        first = next(iter(self._services))
        other = _reference(slips, self._services[first], f"{first}888", False)
        self._head = _common(self._slips[first, False], other)
        self._glyphs = self._learn(slips)
        self._heads = {key: rows[: self._head] for key, rows in self._slips.items()}
        self._known: dict[bytes, str] = {}

    def read(self, piece: PrintedPiece) -> ReadSlip | None:
        """Return what a piece of paper says, None if it is no slip that anybody could use."""
        foot = _rule_below(piece.bits, self._head)
        number = self._number(piece.bits[self._head : foot]) if foot is not None else None
        if number is None or number[0] not in self._services:
            return None
        is_first = piece.bits[: self._head] in (self._heads[number[0], False], self._heads[number[0], True])
        return ReadSlip(number, _link(piece.bits[foot:]), not is_first)

    def _number(self, band: bytes) -> str | None:
        dots = blake2b(band, digest_size=16).digest()
        found = self._known.get(dots)
        if found is None:
            signs = [self._glyphs.get(glyph) for glyph in _glyphs(band)]
            if not signs or None in signs:
                return None
            if len(self._known) >= KNOWN_NUMBERS:
                self._known.clear()
            found = self._known[dots] = "".join(sign for sign in signs if sign)
        return found

    def _learn(self, slips: Slips) -> dict[bytes, str]:
        known: dict[bytes, str] = {}
        for place, (prefix, service) in enumerate(self._services.items()):
            for sample in _SAMPLES if place == 0 else _LETTERS:
                rows = _reference(slips, service, prefix + sample, False)
                band = rows[self._head : _rule_below(rows, self._head)]
                known.update(zip(_glyphs(band), prefix + sample, strict=True))
        return known


@lru_cache(maxsize=2)
def reader_of(face: Face) -> SlipReader:
    """Return the reader of a hall's slips, made once."""
    return SlipReader(face)


def _reference(slips: Slips, service: str, number: str, offline: bool) -> bytes:
    ticket = HeldTicket(
        ticket=number, service=service, business_day=_WHEN.date(), taken_at=_WHEN, link=_TOKEN, ahead=0, low=0, high=0,
        span=(number, number) if offline else None,
    )  # fmt: skip
    return _rows(slips.commands(ticket))


def _rows(commands: Sequence[Command]) -> bytes:
    rasters = (one for one in commands if isinstance(one, Raster))
    return b"".join(
        one.data[at : at + one.width_bytes].ljust(ROW_BYTES, b"\0")
        for one in rasters
        for at in range(0, len(one.data), one.width_bytes)
    )


def _common(one: bytes, other: bytes) -> int:
    """Return how many bytes of rows two slips share from the top, down to their last black one."""
    rows = range(0, len(one), ROW_BYTES)
    differ = next(at for at in rows if one[at : at + ROW_BYTES] != other[at : at + ROW_BYTES])
    return next(at for at in range(differ, 0, -ROW_BYTES) if any(one[at - ROW_BYTES : at]))


def _rule_below(slip: bytes, start: int) -> int | None:
    """Return where the first line drawn across the paper begins, in bytes; None if there is none."""
    rows = range(start, len(slip), ROW_BYTES)
    return next((at for at in rows if slip[at : at + ROW_BYTES] == _RULE), None)


def _link(below: bytes) -> str:
    """Return the end of the address in the code on the part of a slip below its number."""
    dots = np.unpackbits(np.frombuffer(below, np.uint8).reshape(-1, ROW_BYTES), axis=1)
    top = _code_top(dots)
    if top is None:
        return ""
    side, half = _code_side(dots, top), QR_MODULE // 2
    code = dots[top + half : top + side : QR_MODULE, QR_LEFT + half : QR_LEFT + side : QR_MODULE]
    picture = np.pad(1 - code, 4, constant_values=1).repeat(3, 0).repeat(3, 1) * np.uint8(255)
    found = zxingcpp.read_barcode(
        picture,
        formats=zxingcpp.barcode_formats_from_str("QRCode"),
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
    )
    return found.text.rpartition("/")[2] if found is not None else ""


def _glyphs(band: bytes) -> list[bytes]:
    """Return the signs of a line, left to right, each as its dots; white between them keeps them apart."""
    dots = np.unpackbits(np.frombuffer(band, np.uint8).reshape(-1, ROW_BYTES), axis=1)
    inked = np.flatnonzero(dots.any(axis=0))
    if not len(inked):
        return []
    ends = np.flatnonzero(np.diff(inked) > 1)
    starts = [int(inked[0]), *(int(inked[end + 1]) for end in ends)]
    stops = [*(int(inked[end]) for end in ends), int(inked[-1])]
    return [np.packbits(dots[:, start : stop + 1]).tobytes() for start, stop in zip(starts, stops, strict=True)]


def _code_top(dots: Dots) -> int | None:
    """Return the row in which the code's upper left corner lies: the first seven black modules at its left edge."""
    edge = dots[:, QR_LEFT : QR_LEFT + 7 * QR_MODULE].all(axis=1)
    white = ~dots[:, QR_LEFT - 2 * QR_MODULE + 1 : QR_LEFT].any(axis=1)
    found = np.flatnonzero(edge & white)
    return int(found[0]) if len(found) else None


def _code_side(dots: Dots, top: int) -> int:
    """Return the code's side: its lower left corner ends where the left edge is white for good."""
    column = dots[top : top + 400, QR_LEFT]
    return int(np.flatnonzero(column)[-1]) + 1
