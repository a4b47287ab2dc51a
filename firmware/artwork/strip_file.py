"""The strip file a device paints from: named pictures of at most sixteen colours, run-length packed. Pure.

Layout: `H24P`, version u16, count u16; an index sorted by name (16 bytes, width u16, height u16, offset u32), then each
picture: colour count, RGB565 colours, bytes of run less one (4 bits) and colour (4 bits), row after row; big endian.
"""

import struct
from collections import Counter
from collections.abc import Mapping

from PIL import Image

VERSION = 1
COLOURS = 16
NAME_SIZE = 16
_ENTRY = ">16sHHI"

Rgb = tuple[int, int, int]


def pack(pictures: Mapping[str, Image.Image]) -> bytes:
    """Return the file that holds `pictures`; raise ValueError for a name that does not fit its field."""
    names = sorted(pictures, key=str.encode)
    place = 8 + 24 * len(names)
    index, bodies = [], []
    for name in names:
        if not 0 < len(name.encode()) <= NAME_SIZE:
            raise ValueError(f"{name!r} is no name of a strip: 1 to {NAME_SIZE} bytes")
        body = _body(pictures[name].convert("RGB"))
        index.append(struct.pack(_ENTRY, name.encode(), *pictures[name].size, place))
        bodies.append(body)
        place += len(body)
    return struct.pack(">4sHH", b"H24P", VERSION, len(names)) + b"".join(index) + b"".join(bodies)


def rgb565(colour: Rgb) -> bytes:
    """Return a colour as two bytes, high byte first."""
    red, green, blue = colour
    return struct.pack(">H", red >> 3 << 11 | green >> 2 << 5 | blue >> 3)


def _body(picture: Image.Image) -> bytes:
    pixels = [(data[0], data[1], data[2]) for data in zip(*[iter(picture.tobytes())] * 3, strict=True)]
    palette = [colour for colour, _ in Counter(pixels).most_common(COLOURS)]
    places = {colour: _nearest(palette, colour) for colour in set(pixels)}
    runs = bytearray()
    for pixel in pixels:
        place = places[pixel]
        if runs and runs[-1] & 15 == place and runs[-1] >> 4 < 15:
            runs[-1] += 16
        else:
            runs.append(place)
    return bytes([len(palette)]) + b"".join(map(rgb565, palette)) + bytes(runs)


def _nearest(palette: list[Rgb], colour: Rgb) -> int:
    distances = [sum((one - two) ** 2 for one, two in zip(entry, colour, strict=True)) for entry in palette]
    return distances.index(min(distances))
