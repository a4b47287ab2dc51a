"""Pixels of Onbon graphic cards (dynamic area manuals, appendix 2); pictures are (height, width, 3) uint8 arrays."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from display_controller.errors import WireError
from display_controller.wire.bx_g import Bitmap

Pixels = NDArray[np.uint8]
Bits = NDArray[np.bool_]
LIT_FROM = 128
"""Channel value from which a dot of a two-colour panel is lit."""


@dataclass(frozen=True)
class WordRules:
    """What the manuals leave open for BX-6E: byte order in a 32-bit word, and whether 0 lights a dot as on BX-5E."""

    big_endian: bool = False
    lit_is_zero: bool = True


DEFAULT_WORDS = WordRules()


def pack(pixels: Pixels, kind: Bitmap, x: int = 0, words: WordRules = DEFAULT_WORDS) -> bytes:
    """Return `pixels` for an area whose left edge is at dot `x` of the panel."""
    if kind is Bitmap.RGB888:
        return pixels.tobytes()
    if kind is Bitmap.RGB565:
        return _rgb565(pixels).tobytes()
    planes = _planes(pixels, kind)
    if kind in (Bitmap.SINGLE_5E, Bitmap.DUAL_5E):
        rows = [_packed(plane, x % 8, 8, 0xFF) for plane in planes]
        return np.stack(rows, axis=-1).tobytes()
    flip = 0xFF if words.lit_is_zero else 0
    return b"".join(_ordered(_packed(plane, x % 32, 32, flip), words).tobytes() for plane in planes)


def unpack(data: bytes, kind: Bitmap, size: tuple[int, int], x: int = 0, words: WordRules = DEFAULT_WORDS) -> Pixels:
    """Return the (height, width, 3) pixels of an area of `size` (width, height); WireError when bytes are missing."""
    width, height = size
    if len(data) != packed_size(kind, size, x):
        raise WireError(f"{width}×{height} dots take {packed_size(kind, size, x)} bytes, not {len(data)}")
    flat = np.frombuffer(data, np.uint8)
    if kind is Bitmap.RGB888:
        return flat.reshape(height, width, 3).copy()
    if kind is Bitmap.RGB565:
        return _from_rgb565(flat.view("<u2").reshape(height, width))
    return _from_planes(_UNPACKERS[kind](flat, size, x, words))


def packed_size(kind: Bitmap, size: tuple[int, int], x: int = 0) -> int:
    """Return how many bytes an area of `size` (width, height) at dot `x` takes."""
    width, height = size
    if kind in (Bitmap.RGB888, Bitmap.RGB565):
        return width * height * (3 if kind is Bitmap.RGB888 else 2)
    unit = 8 if kind in (Bitmap.SINGLE_5E, Bitmap.DUAL_5E) else 32
    return -(-(width + x % unit) // unit) * (unit // 8) * height * _plane_count(kind)


def _plane_count(kind: Bitmap) -> int:
    return 1 if kind in (Bitmap.SINGLE_5E, Bitmap.SINGLE_6E) else 2


def _planes(pixels: Pixels, kind: Bitmap) -> list[Bits]:
    lit: Bits = pixels >= LIT_FROM
    if _plane_count(kind) == 1:
        return [lit[:, :, 0] | lit[:, :, 1] | lit[:, :, 2]]
    return [lit[:, :, 0], lit[:, :, 1]]


def _packed(plane: Bits, shift: int, unit: int, flip: int) -> Pixels:
    height, width = plane.shape
    padded = np.zeros((height, -(-(width + shift) // unit) * unit), np.bool_)
    padded[:, shift : shift + width] = plane
    return np.packbits(padded, axis=1) ^ np.uint8(flip)


def _ordered(rows: Pixels, words: WordRules) -> Pixels:
    return rows if words.big_endian else np.ascontiguousarray(rows).view("<u4").byteswap().view(np.uint8)


def _rgb565(pixels: Pixels) -> NDArray[np.uint16]:
    red, green, blue = (pixels[:, :, channel].astype("<u2") for channel in range(3))
    return ((red >> 3) << 11 | (green >> 2) << 5 | blue >> 3).astype("<u2")


def _from_rgb565(packed: NDArray[np.uint16]) -> Pixels:
    red, green, blue = packed >> 11 & 31, packed >> 5 & 63, packed & 31
    return np.stack([red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2], axis=-1).astype(np.uint8)


def _unpack_5e(flat: Pixels, size: tuple[int, int], x: int, planes: int) -> list[Bits]:
    rows = flat.reshape(size[1], -1, planes) ^ np.uint8(0xFF)
    return [_bits(np.ascontiguousarray(rows[:, :, plane]), size[0], x % 8) for plane in range(planes)]


def _unpack_6e(flat: Pixels, size: tuple[int, int], x: int, planes: int, words: WordRules) -> list[Bits]:
    rows = flat.reshape(planes, size[1], -1) ^ np.uint8(0xFF if words.lit_is_zero else 0)
    return [_bits(_ordered(rows[plane], words), size[0], x % 32) for plane in range(planes)]


def _bits(rows: Pixels, width: int, shift: int) -> Bits:
    return np.unpackbits(rows, axis=1)[:, shift : shift + width].astype(np.bool_)


def _from_planes(planes: list[Bits]) -> Pixels:
    green = planes[1] if len(planes) == 2 else np.zeros_like(planes[0])
    return np.stack([planes[0], green, np.zeros_like(planes[0])], axis=-1).astype(np.uint8) * 255


_UNPACKERS: dict[Bitmap, Callable[[Pixels, tuple[int, int], int, WordRules], list[Bits]]] = {
    Bitmap.SINGLE_5E: lambda flat, size, x, words: _unpack_5e(flat, size, x, 1),
    Bitmap.DUAL_5E: lambda flat, size, x, words: _unpack_5e(flat, size, x, 2),
    Bitmap.SINGLE_6E: lambda flat, size, x, words: _unpack_6e(flat, size, x, 1, words),
    Bitmap.DUAL_6E: lambda flat, size, x, words: _unpack_6e(flat, size, x, 2, words),
}
