"""The syllables of Mandarin, and the ways a row of typed letters can be read as syllables."""

from dataclasses import dataclass

_FINALS = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ao ei en eng o u",
}
SYLLABLES = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split())
INITIALS = frozenset(_FINALS) - {""}
STARTS = frozenset(one[:length] for one in SYLLABLES for length in range(1, len(one)))
"""What a syllable may look like while it is being typed."""

LONGEST = 6
READINGS = 6
"""Readings kept of one row of letters, cheapest first."""
BREAK = "'"
WHOLE, BEGUN, INITIAL = 10, 13, 22
"""Prices of a whole syllable, of the last one half typed, of an initial alone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Typed letters cut into pieces, each a syllable, an initial, or at the end the beginning of a syllable."""

    price: int
    pieces: tuple[str, ...]


def readings(letters: str) -> tuple[Reading, ...]:
    """Return the likeliest readings of letters a–z and apostrophes; none when the letters begin no syllable."""
    kept: list[list[Reading]] = [[Reading(0, ())]]
    for end in range(1, len(letters) + 1):
        found = [
            Reading(before.price + price, (*before.pieces, piece) if piece else before.pieces)
            for start in range(max(end - LONGEST, 0), end)
            for piece, price in _piece(letters[start:end], end == len(letters))
            for before in kept[start]
        ]
        kept.append(sorted(found, key=lambda one: (one.price, len(one.pieces)))[:READINGS])
    return tuple(kept[-1]) if letters else ()


def _piece(part: str, last: bool) -> list[tuple[str, int]]:
    if part == BREAK:
        return [("", 0)]
    if part in SYLLABLES:
        return [(part, WHOLE)]
    if last and part in STARTS:
        return [(part, BEGUN if len(part) > 1 else INITIAL)]
    return [(part, INITIAL)] if part in INITIALS else []


def length_of(letters: str, pieces: int, reading: Reading) -> int:
    """Return how many of the typed letters the first `pieces` of a reading take, apostrophes after them included."""
    wanted = sum(len(piece) for piece in reading.pieces[:pieces])
    at = 0
    while wanted or letters[at : at + 1] == BREAK:
        wanted -= letters[at] != BREAK
        at += 1
    return at
