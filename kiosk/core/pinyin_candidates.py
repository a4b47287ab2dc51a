"""What a pinyin keyboard offers for typed letters: names of the hall, whole words, a sentence, then shorter words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from kiosk.core.pinyin_syllables import READINGS, SYLLABLES, Reading, length_of, readings
from kiosk.core.pinyin_words import Word, Words

LONGEST_WORD = 4
LONGEST_TYPED = 36
"""Letters typed before something must be chosen."""
SHORTER = 40
"""Words offered of each length shorter than what was typed, and characters of an initial; a syllable offers all."""
MOST = 600
"""Words offered that use up everything typed: more than the characters of any one reading."""
OPENED = 60
"""Levels a word loses whose last syllable is only begun, or that another reading spells."""
JOINT = 60
"""Levels every further word of a sentence costs, so that few long words win over many short ones."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text to choose and how many of the typed letters it uses up."""

    text: str
    letters: int


def candidates(letters: str, words: Words) -> tuple[Candidate, ...]:
    """Return what can be chosen for letters a–z and apostrophes, best first; the letters themselves when nothing fits.

    Initials alone find words (`spjy`), and characters come last, all of them, the rarest at the end.
    """
    found = readings(letters)
    if not found:
        return (Candidate(letters, len(letters)),) if letters else ()
    size = max(len(one.pieces) for one in found[:1])
    whole = _whole(found, words)
    offered = chain(
        _names(found, words, len(letters)),
        (Candidate(text, len(letters)) for text in whole),
        () if whole else _sentence(found[0], words, len(letters)),
        *(_shorter(letters, found, length, words) for length in range(min(size - 1, LONGEST_WORD), 0, -1)),
    )
    return tuple({one.text: one for one in reversed(list(offered))}.values())[::-1] or (
        Candidate(letters, len(letters)),
    )


def _names(found: Sequence[Reading], words: Words, typed: int) -> list[Candidate]:
    """Return the hall's names; those with more syllables than typed only after two syllables."""
    first = found[0].pieces
    more = sorted((extra, text) for text, extra in words.names(first) if not extra or len(first) > 1)
    return [Candidate(text, typed) for _extra, text in more[:4]]


def _whole(found: Sequence[Reading], words: Words) -> list[str]:
    """Return the words that use up everything typed."""
    best = found[0].price
    ranked: dict[str, int] = {}
    for reading in found[:READINGS]:
        if len(reading.pieces) > LONGEST_WORD:
            continue
        loss = (reading.price - best) * 4
        for last_open in (False, True):
            for word in words.matching(reading.pieces, last_open=last_open):
                level = word.level - loss - (OPENED if last_open else 0)
                ranked[word.text] = max(level, ranked.get(word.text, level))
    texts = sorted(ranked, key=lambda text: (-ranked[text], text))
    return texts[:MOST]


def _sentence(reading: Reading, words: Words, typed: int) -> list[Candidate]:
    """Return the likeliest row of words for whole syllables; initials alone make words but no sentences."""
    pieces = reading.pieces
    if not SYLLABLES.issuperset(pieces[:-1]):
        return []
    best: list[tuple[int, str] | None] = [(0, "")]
    for end in range(1, len(pieces) + 1):
        options = []
        for start in range(max(end - LONGEST_WORD, 0), end):
            before, word = best[start], _commonest(pieces[start:end], words, end == len(pieces))
            if before is not None and word is not None:
                options.append((before[0] + word.level - JOINT - 160, before[1] + word.text))
        best.append(max(options, default=None))
    last = best[-1]
    return [Candidate(last[1], typed)] if last and last[1] else []


def _commonest(pieces: Sequence[str], words: Words, last: bool) -> Word | None:
    return max(words.matching(pieces, last_open=last), key=lambda one: one.level, default=None)


def _shorter(letters: str, found: Sequence[Reading], length: int, words: Words) -> list[Candidate]:
    """Return words of the first `length` pieces of every reading that begins with as cheap a cut as the first."""
    seen: dict[tuple[str, ...], int] = {}
    for reading in found:
        pieces = reading.pieces[:length]
        if len(pieces) == length and pieces not in seen and reading.price < found[0].price + 22:
            seen[pieces] = length_of(letters, length, reading)
    rows: Iterable[tuple[int, Word, int]] = (
        (place, word, used)
        for place, (pieces, used) in enumerate(seen.items())
        for word in islice(words.matching(pieces, last_open=False), SHORTER if place else None)
    )
    ranked = sorted(rows, key=lambda one: (one[0], -one[1].level, one[1].text))
    every = length == 1 and found[0].pieces[0] in SYLLABLES
    return [Candidate(word.text, used) for _place, word, used in ranked[: None if every else SHORTER]]
