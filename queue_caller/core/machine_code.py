"""The QR code of an address of fixed length, put together instead of computed.

With mask, version and level fixed, a code is affine over GF(2): its bits are those of one address, changed by a fixed
pattern for every bit of the address that differs, because Reed–Solomon check words are linear in what they check
(ISO/IEC 18004). So a code costs one exclusive or for every character instead of a millisecond.
"""

from collections.abc import Callable, Sequence

Matrix = Sequence[Sequence[int]]
"""Rows of modules, 1 = black."""

BITS = range(7)
"""The bits of an ASCII character."""


class QuickCode:
    """Codes of `start` and a token of ASCII characters as long as `blank`; `make` computes a code the long way."""

    def __init__(self, make: Callable[[str], Matrix], start: str, blank: str) -> None:
        self._start, self._blank = start, blank
        first = make(start + blank)
        self.side = len(first)
        self._first = _number(first)
        self._changes = [
            [_number(make(start + _changed(blank, place, bit))) ^ self._first for bit in BITS]
            for place in range(len(blank))
        ]

    def rows(self, token: str) -> tuple[int, ...]:
        """Return the rows of a token's code, the left module in the highest bit; ValueError for what it cannot be."""
        if len(token) != len(self._blank) or not token.isascii():
            raise ValueError(f"the token needs {len(self._blank)} ASCII characters")
        code = self._first
        for changes, one, blank in zip(self._changes, token, self._blank, strict=True):
            differs = ord(one) ^ ord(blank)
            for bit in BITS:
                if differs >> bit & 1:
                    code ^= changes[bit]
        mask = (1 << self.side) - 1
        return tuple(code >> self.side * (self.side - 1 - row) & mask for row in range(self.side))


def _changed(text: str, place: int, bit: int) -> str:
    return text[:place] + chr(ord(text[place]) ^ 1 << bit) + text[place + 1 :]


def _number(matrix: Matrix) -> int:
    return int("".join("1" if module else "0" for row in matrix for module in row), 2)
