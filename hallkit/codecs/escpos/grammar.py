"""How long each ESC/POS command is and what it means, by its first bytes (Epson ESC/POS Command Reference)."""

from collections.abc import Callable

from hallkit.codecs.escpos import commands as c
from hallkit.codecs.escpos import qr

Command = (
    c.Init | c.Text | c.LineFeed | c.FeedLines | c.FeedDots | c.LineSpacing | c.CodePage | c.Chinese | c.ChineseStyle
    | c.Size | c.PrintMode | c.Bold | c.Inverse | c.Align | c.Raster | c.Cut | c.AutoStatus | c.SendStatus | c.ProcessId
    | c.AskStatus | c.Recover | c.ClearBuffers | c.Other | qr.QrCommand
)  # fmt: skip

DATA_LIMIT = 262_144
"""The longest command taken, in bytes; a longer claim is noise."""

UNKNOWN = -1
INCOMPLETE = 0

_FIXED = {
    b"\x1b": {0: b"@2<LimS", 1: b"!\x20-3EGJKMRTad{trU%?=V", 2: b"$\\Bc", 3: b"p"},
    b"\x1d": {0: b":", 1: b"!BHafhwrIbET/", 2: b"LWP$\\", 3: b"^"},
    b"\x1c": {0: b"&.", 1: b"!-WC", 2: b"Sp"},
    b"\x10": {1: b"\x04\x05"},
}
_PARAMETERS = {
    lead + bytes((code,)): count for lead, counts in _FIXED.items() for count, codes in counts.items() for code in codes
}


def _extended(head: bytes) -> int:
    return 5 + int.from_bytes(head[3:5], "little") if len(head) >= 5 else INCOMPLETE


def _long_graphics(head: bytes) -> int:
    return 7 + int.from_bytes(head[3:7], "little") if len(head) >= 7 else INCOMPLETE


def _raster(head: bytes) -> int:
    if len(head) >= 3 and head[2:3] not in b"0\x00":
        return UNKNOWN
    if len(head) < 8:
        return INCOMPLETE
    return 8 + int.from_bytes(head[4:6], "little") * int.from_bytes(head[6:8], "little")


def _cut(head: bytes) -> int:
    if len(head) < 3:
        return INCOMPLETE
    return 4 if head[2] in (65, 66, 97, 98, 103, 104) else 3


def _columns(head: bytes) -> int:
    if len(head) < 5:
        return INCOMPLETE
    return 5 + int.from_bytes(head[3:5], "little") * (3 if head[2] in (32, 33) else 1)


def _barcode(head: bytes) -> int:
    if len(head) < 4:
        return INCOMPLETE
    if head[2] >= 65:
        return 4 + head[3]
    end = head.find(0, 3, 260)
    return end + 1 if end >= 0 else (INCOMPLETE if len(head) < 260 else UNKNOWN)


def _tabs(head: bytes) -> int:
    end = head.find(0, 2, 35)
    return end + 1 if end >= 0 else (INCOMPLETE if len(head) < 35 else UNKNOWN)


def _real_time(head: bytes) -> int:
    if len(head) < 3:
        return INCOMPLETE
    return {1: 5, 2: 5, 3: 7, 7: 5, 8: len(c.CLEAR_BUFFERS)}.get(head[2], UNKNOWN)


_RULES: dict[bytes, Callable[[bytes], int]] = {
    b"\x1d(": _extended, b"\x1c(": _extended, b"\x1b(": _extended, b"\x1d8": _long_graphics, b"\x1dv": _raster,
    b"\x1dV": _cut, b"\x1b*": _columns, b"\x1dk": _barcode, b"\x1bD": _tabs, b"\x10\x14": _real_time,
}  # fmt: skip


def length(head: bytes) -> int:
    """Return the length of the command `head` begins with, INCOMPLETE if more is needed to say, or UNKNOWN."""
    if len(head) < 2:
        return INCOMPLETE
    key = head[:2]
    if key in _RULES:
        size = _RULES[key](head)
        return UNKNOWN if size > DATA_LIMIT else size
    return 2 + _PARAMETERS[key] if key in _PARAMETERS else UNKNOWN


_BUILD: dict[bytes, Callable[[bytes], Command]] = {
    b"\x1b@": lambda _: c.Init(),
    b"\x1bd": lambda b: c.FeedLines(b[2]),
    b"\x1bJ": lambda b: c.FeedDots(b[2]),
    b"\x1b2": lambda _: c.LineSpacing(),
    b"\x1b3": lambda b: c.LineSpacing(b[2]),
    b"\x1bt": lambda b: c.CodePage(b[2]),
    b"\x1b!": lambda b: c.PrintMode(bool(b[2] & 8), bool(b[2] & 16), bool(b[2] & 32)),
    b"\x1bE": lambda b: c.Bold(bool(b[2] & 1)),
    b"\x1ba": lambda b: _align(b),
    b"\x1bi": lambda _: c.Cut(),
    b"\x1bm": lambda _: c.Cut(partial=True),
    b"\x1c&": lambda _: c.Chinese(),
    b"\x1c.": lambda _: c.Chinese(on=False),
    b"\x1c!": lambda b: c.ChineseStyle(bool(b[2] & 4), bool(b[2] & 8), bool(b[2] & 128)),
    b"\x1d!": lambda b: c.Size((b[2] >> 4 & 7) + 1, (b[2] & 7) + 1),
    b"\x1dB": lambda b: c.Inverse(bool(b[2] & 1)),
    b"\x1dV": lambda b: _cut_command(b),
    b"\x1da": lambda b: c.AutoStatus(b[2]),
    b"\x1dr": lambda b: c.SendStatus(b[2] - 48 if b[2] >= 48 else b[2]),
    b"\x1dv": lambda b: _raster_command(b),
    b"\x1d(": lambda b: _extended_command(b),
}


def build(data: bytes) -> Command:
    """Return the meaning of one whole command."""
    make = _BUILD.get(data[:2])
    return make(data) if make else c.Other(data)


def _align(data: bytes) -> Command:
    place = data[2] - 48 if data[2] >= 48 else data[2]
    return c.Align(c.Alignment(place)) if place <= 2 else c.Other(data)


def _cut_command(data: bytes) -> Command:
    mode = data[2]
    if mode in (0, 1, 48, 49):
        return c.Cut(partial=bool(mode & 1))
    return c.Cut(partial=mode == 66, feed=data[3]) if mode in (65, 66) else c.Other(data)


def _raster_command(data: bytes) -> Command:
    width = int.from_bytes(data[4:6], "little")
    return c.Raster(width, data[8:], data[3] & 3) if width and len(data) > 8 else c.Other(data)


def _extended_command(data: bytes) -> Command:
    if data[2:7] == b"H\x06\x0000" and all(0x20 <= byte <= 0x7E for byte in data[7:]):
        return c.ProcessId(data[7:])
    if data[2:3] == b"k" and len(data) >= 8 and data[5] == 0x31:
        return _qr_command(data)
    return c.Other(data)


def _qr_command(data: bytes) -> Command:
    function, value = data[6], data[7:]
    if function == 0x41 and value[0] in (49, 50):
        return qr.QrModel(value[0] - 48)
    if function == 0x43 and 1 <= value[0] <= 16:
        return qr.QrSize(value[0])
    if function == 0x45 and value[0] in tuple(c.QrErrorLevel):
        return qr.QrLevel(c.QrErrorLevel(value[0]))
    if function == 0x50 and len(value) - 1 <= qr.QR_STORE_LIMIT:
        return qr.QrStore(value[1:])
    return qr.QrPrint() if function == 0x51 else c.Other(data)
