"""Pictures the host rendered, painted from the flash without ever being whole in memory.

The file: `H24P`, version, count; an index sorted by name (16 bytes name, width, height, offset); then each picture as
its palette (count, then RGB565 big endian) and bytes of four bits run less one, four bits colour, row after row.
"""

import struct

from h24.errors import StripError

_HEAD, _ENTRY = ">4sHH", ">16sHHI"
_HEAD_SIZE, _ENTRY_SIZE = 8, 24
_CHUNK = 64
_PIECE = 128
"""Bytes painted at once: the screen takes a picture as one stream."""


class Strips:
    """A strip file that stays open; `lcd` has area(x, y, width, height) and write(rgb565 bytes)."""

    def __init__(self, path, lcd):
        self._lcd = lcd
        try:
            self._file = open(path, "rb")
        except OSError as error:
            raise StripError("the picture file cannot be opened: %s" % error)
        head = self._file.read(_HEAD_SIZE)
        if len(head) != _HEAD_SIZE or head[:4] != b"H24P":
            raise StripError("the picture file is none")
        _, version, self._count = struct.unpack(_HEAD, head)
        if version != 1:
            raise StripError("the picture file is of another version")
        self._piece = bytearray(_PIECE)
        self._chunk = bytearray(_CHUNK)

    def size(self, name):
        """Return width, height and place of a picture, or None if there is none of this name."""
        wanted = name.encode()
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            self._file.seek(_HEAD_SIZE + middle * _ENTRY_SIZE)
            found, width, height, place = struct.unpack(_ENTRY, self._file.read(_ENTRY_SIZE))
            found = found.rstrip(b"\x00")
            if found == wanted:
                return width, height, place
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return None

    def covers(self, family, text):
        """Say whether every character of `text` has its picture in a family."""
        return all([self.size(glyph(family, one)) for one in text])

    def draw(self, name, x, y):
        """Paint a picture and return its width; raise StripError if it is not there."""
        found = self.size(name)
        if found is None:
            raise StripError("the picture file lacks %s" % name)
        width, height, place = found
        self._file.seek(place)
        colours = self._file.read(self._file.read(1)[0] * 2)
        runs = [colours[at : at + 2] * 16 for at in range(0, len(colours), 2)]
        self._lcd.area(x, y, width, height)
        self._paint(runs, width * height * 2)
        return width

    def line(self, names, x, y, width=0, align="left"):
        """Paint pictures side by side, within `width` pixels where they are centred or set right."""
        sizes = [self.size(name) for name in names]
        if None in sizes:
            raise StripError("the picture file lacks %s" % names[sizes.index(None)])
        spare = width - sum([size[0] for size in sizes])
        x += {"left": 0, "centre": spare // 2, "right": spare}[align]
        for name in names:
            x += self.draw(name, x, y)

    def width(self, names):
        """Return how wide pictures are side by side; one that is not there counts nothing."""
        return sum([(self.size(name) or (0,))[0] for name in names])

    def close(self):
        """Close the file."""
        self._file.close()

    def fill(self, colour, x, y, width, height):
        """Paint a box in one RGB565 colour (two bytes)."""
        self._lcd.area(x, y, width, height)
        piece, left = memoryview(self._piece), width * height * 2
        for at in range(0, _PIECE, 2):
            piece[at : at + 2] = colour
        while left:
            size = min(left, _PIECE)
            self._lcd.write(piece[:size])
            left -= size

    def _paint(self, runs, left):
        """Paint `left` bytes of runs as they come from the file."""
        piece, at, chunk = self._piece, 0, self._chunk
        while left:
            got = self._file.readinto(chunk)
            if not got:
                raise StripError("the picture file is cut off")
            for place in range(got):
                if not left:
                    break
                size, run = min(((chunk[place] >> 4) + 1) * 2, left), runs[chunk[place] & 15]
                left -= size
                while size:
                    take = min(size, _PIECE - at)
                    piece[at : at + take] = run[:take]
                    at, size = at + take, size - take
                    if at == _PIECE:
                        self._lcd.write(piece)
                        at = 0
        if at:
            self._lcd.write(memoryview(piece)[:at])


def glyph(family, one):
    """Return the name of a character's picture in a family: one letter and the code point."""
    return "%s%x" % (family, ord(one))
