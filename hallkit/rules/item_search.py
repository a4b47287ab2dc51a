"""Finding an item while it is being typed: by Chinese characters, whole pinyin, or the first letters of pinyin.

Anywhere in its name and in every word people call it by; several words, or characters and letters mixed, must all fit.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contract.catalogue import CatalogueEntry

BEST, START, INSIDE, KEYWORD, SCATTERED = 0, 1, 2, 3, 4
_APART = "\n"
_WORD = re.compile(r"[a-z0-9]+|[^\Wa-z0-9_]+")


@dataclass(frozen=True, slots=True)
class _Sound:
    """Syllables written together; a search may begin at `starts` only, that is with a syllable."""

    spelled: str
    starts: frozenset[int]
    initials: str

    def place(self, wanted: str) -> int | None:
        """Return 0 if the pinyin or its first letters begin with `wanted`, more if they have it inside, else None."""
        at = self.initials.find(wanted)
        if at == 0:
            return 0
        found = self.spelled.find(wanted)
        while found > 0 and found not in self.starts:
            found = self.spelled.find(wanted, found + 1)
        if found >= 0:
            return found
        return at if at > 0 else None


@dataclass(frozen=True, slots=True)
class _Line:
    place: int
    entry: CatalogueEntry
    name: str
    sound: _Sound
    words: str
    word_sound: _Sound


class ItemSearch:
    """The lines of a catalogue made ready once; `find` then looks through all of them, at every key."""

    def __init__(self, entries: Iterable[CatalogueEntry]) -> None:
        self._lines = [_line(place, entry) for place, entry in enumerate(entries)]

    def find(self, query: str, most: int = 20) -> tuple[CatalogueEntry, ...]:
        """Return the best lines for what was typed so far, best first; nothing for nothing."""
        wanted = _WORD.findall(query.lower())
        if not wanted:
            return ()
        found = [(0, line) for line in self._lines]
        for word in wanted:
            rank = _rank_letters if word.isascii() and not word.isdigit() else _rank_characters
            found = [(max(before, score), line) for before, line in found if (score := rank(line, word)) is not None]
        ranked = sorted(found, key=lambda one: (one[0], len(one[1].name), one[1].place))
        return tuple(line.entry for _, line in ranked[:most])


def _rank_characters(line: _Line, wanted: str) -> int | None:
    if wanted in line.name:
        return BEST if line.name == wanted else START if line.name.startswith(wanted) else INSIDE
    if wanted in line.words:
        return KEYWORD
    return SCATTERED if len(wanted) > 1 and _in_order(wanted, line.name) else None


def _rank_letters(line: _Line, wanted: str) -> int | None:
    at = line.sound.place(wanted)
    if at is not None:
        return INSIDE if at else BEST if line.sound.initials == wanted else START
    if wanted in line.words or line.word_sound.place(wanted) is not None:
        return KEYWORD
    return None


def _in_order(wanted: str, name: str) -> bool:
    rest = iter(name)
    return all(char in rest for char in wanted)


def _line(place: int, entry: CatalogueEntry) -> _Line:
    words = [_plain(word) for word in (*entry.keywords, entry.name_en, entry.name)]
    called = [spelled.split() for spelled in entry.keyword_pinyin]
    return _Line(place, entry, _plain(entry.name), _sound([entry.pinyin]), _APART.join(words), _sound(called))


def _sound(spelled: Iterable[Iterable[str]]) -> _Sound:
    """Return how some words sound, each apart from the next."""
    text, initials, starts = "", "", []
    for number, word in enumerate(spelled):
        text, initials = (text + _APART, initials + _APART) if number else (text, initials)
        for syllable in filter(None, map(_plain, word)):
            starts.append(len(text))
            text += syllable
            initials += syllable[0]
    return _Sound(text, frozenset(starts), initials)


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
