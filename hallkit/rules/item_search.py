"""Finding an item while it is being typed: by Chinese characters, whole pinyin, or the first letters of pinyin."""

from collections.abc import Iterable
from dataclasses import dataclass

from contract.catalogue import CatalogueEntry

BEST, START, INSIDE, KEYWORD = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class _Line:
    place: int
    entry: CatalogueEntry
    name: str
    spelled: str
    starts: frozenset[int]
    initials: str
    keywords: tuple[str, ...]


class ItemSearch:
    """The lines of a catalogue made ready once; `find` then looks through all of them, at every key."""

    def __init__(self, entries: Iterable[CatalogueEntry]) -> None:
        self._lines = [_line(place, entry) for place, entry in enumerate(entries)]

    def find(self, query: str, most: int = 20) -> tuple[CatalogueEntry, ...]:
        """Return the best lines for what was typed so far, best first; nothing for nothing."""
        wanted = _plain(query)
        if not wanted:
            return ()
        rank = _rank_letters if wanted.isascii() and not wanted.isdigit() else _rank_characters
        ranked = [
            (score, len(line.name), line.place, line.entry)
            for line in self._lines
            if (score := rank(line, wanted)) is not None
        ]
        ranked.sort(key=lambda one: one[:3])
        return tuple(one[3] for one in ranked[:most])


def _rank_characters(line: _Line, wanted: str) -> int | None:
    if wanted in line.name:
        return BEST if line.name == wanted else START if line.name.startswith(wanted) else INSIDE
    if any(wanted in word for word in line.keywords):
        return KEYWORD
    return KEYWORD + 1 if len(wanted) > 1 and _in_order(wanted, line.name) else None


def _rank_letters(line: _Line, wanted: str) -> int | None:
    at = line.initials.find(wanted)
    if at == 0:
        return BEST if line.initials == wanted else START
    spelled = line.spelled.find(wanted)
    while spelled > 0 and spelled not in line.starts:
        spelled = line.spelled.find(wanted, spelled + 1)
    if spelled >= 0:
        return START if spelled == 0 else INSIDE
    if at > 0:
        return INSIDE
    return KEYWORD if any(wanted in word for word in line.keywords) else None


def _in_order(wanted: str, name: str) -> bool:
    rest = iter(name)
    return all(char in rest for char in wanted)


def _line(place: int, entry: CatalogueEntry) -> _Line:
    syllables = [one for one in (_plain(part) for part in entry.pinyin) if one]
    starts, length = [], 0
    for syllable in syllables:
        starts.append(length)
        length += len(syllable)
    initials = "".join(one[0] for one in syllables)
    keywords = tuple(_plain(word) for word in (*entry.keywords, entry.name_en))
    return _Line(place, entry, _plain(entry.name), "".join(syllables), frozenset(starts), initials, keywords)


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
