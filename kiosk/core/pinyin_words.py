"""The words a keyboard offers, found by the syllables that were typed; commonest first."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from sys import intern

from contract.catalogue import CatalogueEntry
from kiosk.core.pinyin_syllables import SYLLABLES

BEGUN = 6
"""Words taken of each spelling that is only begun."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its level: eight more is twice as common."""

    text: str
    level: int


Syllables = tuple[str, ...]
Row = tuple[Syllables, str]
"""Syllables, and the words spelled so as the file has them: `食品102 视频87`."""


def spelled_names(entries: Iterable[CatalogueEntry]) -> list[tuple[str, Sequence[str]]]:
    """Return the catalogue's names with a syllable for each character, as far as they have that."""
    names = (("".join(filter(str.isalnum, one.name)), one.pinyin) for one in entries)
    return [(name, spelling) for name, spelling in names if len(name) == len(spelling)]


class Words:
    """Words by the first letters of their syllables; made once, then only read."""

    def __init__(self, lines: Iterable[str], own: Iterable[tuple[str, Sequence[str]]] = (),
                 shows: Callable[[str], bool] = lambda _char: True) -> None:  # fmt: skip
        """Read lines `syllables TAB word level word level …`; `own` are the hall's names with one syllable a character.

        Characters for which `shows` is false are left out: what no font draws is never offered.
        """
        self._rows: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        lines = list(lines)
        self._undrawn = frozenset(char for char in set().union(*lines) if char > "\u2e7f" and not shows(char))
        for line in lines:
            spelling, _, words = line.partition("\t")
            syllables = tuple(map(intern, spelling.split()))
            self._rows[_key(syllables)][syllables[0]].append((syllables, words))
        self._names = _names(own)

    def renamed(self, own: Iterable[tuple[str, Sequence[str]]]) -> "Words":
        """Return the same words with other names of the hall ahead: as quick as the names are few."""
        other = copy(self)
        other._names = _names(own)
        return other

    def matching(self, pieces: Sequence[str], *, last_open: bool) -> Iterator[Word]:
        """Return words of as many syllables as `pieces`; `last_open` lets the last piece be the start of a syllable.

        Where a syllable is only begun, each spelling gives no more than its commonest words.
        """
        rows = self._rows.get(_key(pieces), {})
        exact = pieces[0] in SYLLABLES and not (last_open and len(pieces) == 1)
        most = None if SYLLABLES.issuperset(pieces) and not last_open else BEGUN
        for part in [rows.get(pieces[0], [])] if exact else rows.values():
            for syllables, words in part:
                if fits(pieces, syllables, last_open=last_open):
                    yield from self._read(words, most)

    def names(self, pieces: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Return the hall's own names that begin as typed, with how many syllables they have more."""
        for text, syllables in self._names:
            more = len(syllables) - len(pieces)
            if more >= 0 and fits(pieces, syllables[: len(pieces)], last_open=True):
                yield text, more

    def _read(self, words: str, most: int | None) -> Iterator[Word]:
        spelled_all = words.split() if most is None else words.split(" ", most)[:most]
        for spelled in spelled_all:
            text = spelled.rstrip("0123456789")
            if self._undrawn.isdisjoint(text):
                yield Word(text, int(spelled[len(text) :]))


def fits(pieces: Sequence[str], syllables: Sequence[str], *, last_open: bool) -> bool:
    """Tell whether each piece is its syllable, or its beginning where the piece is no syllable or the last one."""
    last = len(pieces) - 1
    for place, (piece, syllable) in enumerate(zip(pieces, syllables, strict=True)):
        if piece == syllable:
            continue
        if (piece in SYLLABLES and not (last_open and place == last)) or not syllable.startswith(piece):
            return False
    return True


def _names(own: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[str, Syllables]]:
    spelled = ((text, tuple(spelling)) for text, spelling in own if len(text) > 1)
    return [(text, syllables) for text, syllables in spelled if SYLLABLES.issuperset(syllables)]


def _key(syllables: Sequence[str]) -> str:
    return "".join([one[0] for one in syllables])
