"""Which characters a font file really has, read from its own table: OpenType `cmap`, X11 PCF `BDF_ENCODINGS`."""

import gzip
import mmap
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hallkit.text.errors import FontFileError

Data = bytes | mmap.mmap
PCF_ENCODINGS = 1 << 5
PCF_BIG_ENDIAN = 4
PCF_NO_GLYPH = 0xFFFF


@dataclass(frozen=True, slots=True)
class Coverage:
    """Ascending, disjoint code point ranges: `starts[i]` to `ends[i]`, both included."""

    starts: "array[int]"
    ends: "array[int]"

    def __contains__(self, char: str) -> bool:
        at = bisect_right(self.starts, ord(char)) - 1
        return at >= 0 and ord(char) <= self.ends[at]

    def __len__(self) -> int:
        return sum(end - start + 1 for start, end in zip(self.starts, self.ends, strict=True))


def file_coverage(path: Path, face: int = 0) -> Coverage:
    """Read what face `face` of a font file has, mapped rather than loaded; FontFileError when it is damaged."""
    try:
        if path.suffix == ".gz":
            return _coverage(gzip.decompress(path.read_bytes()), path, face)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _coverage(data, path, face)
    except (FontFileError, OSError, EOFError, ValueError) as error:
        raise FontFileError(f"{path.name}: {error}; reinstall its package") from error


def _coverage(data: Data, path: Path, face: int) -> Coverage:
    return pcf_coverage(data) if ".pcf" in path.suffixes else sfnt_coverage(data, face)


def sfnt_coverage(data: Data, face: int = 0) -> Coverage:
    """Read the `cmap` of face `face` of a TrueType/OpenType file or collection; FontFileError when it has none."""
    try:
        offset = struct.unpack_from(">I", data, 12 + 4 * face)[0] if data[:4] == b"ttcf" else 0
        return _joined(_subtable_ranges(data, *_best_subtable(data, _table(data, offset, b"cmap"))))
    except (struct.error, IndexError) as error:
        raise FontFileError(f"face {face} of the font is damaged") from error


def pcf_coverage(data: Data) -> Coverage:
    """Read the encodings of an X11 PCF bitmap font (X.Org "The PCF font file format"); FontFileError when damaged."""
    if data[:4] != b"\x01fcp":
        raise FontFileError("not a PCF font")
    try:
        return _joined((code, code) for code in _pcf_codes(data))
    except struct.error as error:
        raise FontFileError("the PCF font is damaged") from error


def _table(data: Data, offset: int, tag: bytes) -> int:
    for index in range(struct.unpack_from(">H", data, offset + 4)[0]):
        name, _check, start, _length = struct.unpack_from(">4sIII", data, offset + 12 + 16 * index)
        if name == tag:
            return int(start)
    raise FontFileError(f"the font has no {tag.decode()} table")


def _best_subtable(data: Data, cmap: int) -> tuple[int, int]:
    """Return (format, offset) of the Unicode subtable that reaches furthest: format 12 before format 4."""
    found = {}
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, encoding, start = struct.unpack_from(">HHI", data, cmap + 4 + 8 * index)
        if platform == 0 or (platform, encoding) in ((3, 1), (3, 10)):
            found[struct.unpack_from(">H", data, cmap + start)[0]] = cmap + start
    for kind in (12, 4):
        if kind in found:
            return kind, found[kind]
    raise FontFileError("the font has no Unicode character map of format 4 or 12")


def _subtable_ranges(data: Data, kind: int, at: int) -> Iterator[tuple[int, int]]:
    return _format12(data, at) if kind == 12 else _format4(data, at)


def _format12(data: Data, at: int) -> Iterator[tuple[int, int]]:
    for index in range(struct.unpack_from(">I", data, at + 12)[0]):
        start, end, glyph = struct.unpack_from(">III", data, at + 16 + 12 * index)
        if glyph == 0:
            start += 1
        if start <= end:
            yield start, end


def _format4(data: Data, at: int) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    row = f">{count}H"
    ends = struct.unpack_from(row, data, at + 14)
    starts = struct.unpack_from(row, data, at + 16 + 2 * count)
    deltas = struct.unpack_from(row, data, at + 16 + 4 * count)
    offset_row = at + 16 + 6 * count
    offsets = struct.unpack_from(row, data, offset_row)
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            place = offset_row + 2 * index + offsets[index] + 2 * (code - start)
            glyph = struct.unpack_from(">H", data, place)[0] if offsets[index] else code + deltas[index]
            if glyph & 0xFFFF:
                yield code, code


def _pcf_codes(data: Data) -> Iterator[int]:
    for index in range(struct.unpack_from("<I", data, 4)[0]):
        kind, _format, _size, at = struct.unpack_from("<IIII", data, 8 + 16 * index)
        if kind == PCF_ENCODINGS:
            break
    else:
        raise FontFileError("the PCF font has no encodings")
    order = ">" if struct.unpack_from("<I", data, at)[0] & PCF_BIG_ENDIAN else "<"
    low, high, first_row, last_row, _default = struct.unpack_from(f"{order}5H", data, at + 4)
    width = high - low + 1
    glyphs = struct.unpack_from(f"{order}{width * (last_row - first_row + 1)}H", data, at + 14)
    for place, glyph in enumerate(glyphs):
        if glyph != PCF_NO_GLYPH:
            yield (first_row + place // width) << 8 | (low + place % width)


def _joined(ranges: Iterable[tuple[int, int]]) -> Coverage:
    starts, ends = array("I"), array("I")
    for start, end in _neighbours(sorted(_neighbours(ranges))):
        starts.append(start)
        ends.append(end)
    return Coverage(starts, ends)


def _neighbours(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join each range with the ones that go on where it ends."""
    held: tuple[int, int] | None = None
    for start, end in ranges:
        if held is not None and held[0] <= start <= held[1] + 1:
            held = held[0], max(held[1], end)
        else:
            if held is not None:
                yield held
            held = start, end
    if held is not None:
        yield held
