"""The keyboard on the screen: what a key does to what is being typed."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from contract.catalogue import FieldKind
from kiosk.core.pinyin_candidates import LONGEST_TYPED, Candidate, candidates
from kiosk.core.pinyin_syllables import BREAK
from kiosk.core.pinyin_words import Words
from kiosk.core.session import Layout, Typing

DOT = "·"
"""Between the parts of a name of another people's language, U+00B7."""
BAR = 820
"""Pixels of the candidate bar, in every mode."""
NARROWEST, CHARACTER, AROUND, BETWEEN = 96, 56, 32, 8
"""Pixels of the narrowest candidate, of a character of it, around its text, and between two candidates."""

_NUMBERS = (FieldKind.NUMBER, FieldKind.DATE, FieldKind.PHONE, FieldKind.IDENTITY)


def opened(code: str, text: str = "", longest: int = 50, kind: FieldKind = FieldKind.TEXT, *,
           english: bool = False) -> Typing:  # fmt: skip
    """Return the keyboard as it comes up for a field."""
    layout = Layout.LATIN if english or kind is FieldKind.CREDIT_CODE else Layout.PINYIN
    layout = Layout.DIGITS if kind in _NUMBERS else layout
    return Typing(code=code, text=text, longest=longest, layout=layout, shifted=kind is FieldKind.CREDIT_CODE)


def press(typing: Typing, key: str, words: Words) -> Typing:
    """Return what is typed after a key: a character, or one of the names `Typing` tells; unknown ones do nothing.

    Also `page:1` and `page:-1`, which turn the pages of candidates.
    """
    name, _, rest = key.partition(":")
    if rest and name in _TURNS:
        return _TURNS[name](typing, rest, words)
    if key in _NAMED:
        return _NAMED[key](typing, words)
    return _character(typing, key, words) if len(key) == 1 and key.isprintable() else typing


def finished(typing: Typing, words: Words) -> Typing:
    """Return the typing with nothing left composing: the first candidate is taken."""
    while typing.composing:
        typing = _pick(typing, "0", words)
    return typing


def page_of(offered: tuple[Candidate, ...], page: int) -> tuple[Candidate, ...]:
    """Return one page of candidates: as many as the bar holds; empty after the last page."""
    start = 0
    for _ in range(page):
        start += _holds(offered, start)
    return offered[start : start + _holds(offered, start)]


def width_of(text: str) -> int:
    """Return how many pixels of the bar a candidate takes."""
    return min(max(NARROWEST, CHARACTER * len(text) + AROUND), BAR)


def _holds(offered: tuple[Candidate, ...], start: int) -> int:
    taken, count = -BETWEEN, 0
    for one in offered[start:]:
        taken += BETWEEN + width_of(one.text)
        if taken > BAR:
            break
        count += 1
    return count


def _character(typing: Typing, char: str, words: Words) -> Typing:
    if typing.layout is Layout.PINYIN and char.isascii() and char.isalpha():
        return _composed(typing, typing.composing + char.lower(), words)
    if typing.layout is Layout.PINYIN and char == BREAK:
        told = typing.composing
        return _composed(typing, told + char, words) if told and not told.endswith(BREAK) else typing
    typing = finished(typing, words)
    shown = char.upper() if typing.shifted else char
    return _grown(typing, shown)


def _grown(typing: Typing, text: str) -> Typing:
    return replace(typing, text=(typing.text + text)[: typing.longest])


def _composed(typing: Typing, letters: str, words: Words, page: int = 0) -> Typing:
    """Return the typing with these letters and one page of what they may become; refuses letters beyond the limit."""
    if len(letters) > LONGEST_TYPED or (letters and len(typing.text) >= typing.longest):
        return typing
    shown = page_of(candidates(letters, words), page)
    if page and not shown:
        return typing
    return replace(typing, composing=letters, candidates=tuple(one.text for one in shown), page=page)


def _pick(typing: Typing, place: str, words: Words) -> Typing:
    """Choose a candidate of the page; letters it does not use stay and are offered anew."""
    shown = page_of(candidates(typing.composing, words), typing.page)
    if not place.isdigit() or int(place) >= len(shown):
        return replace(typing, composing="", candidates=(), page=0) if not shown else typing
    chosen = shown[int(place)]
    left = typing.composing[chosen.letters :]
    grown = replace(_grown(typing, chosen.text), composing="", candidates=(), page=0)
    return _composed(grown, left, words)


def _page(typing: Typing, by: str, words: Words) -> Typing:
    page = max(typing.page + (1 if by == "1" else -1), 0)
    return _composed(typing, typing.composing, words, page)


def _layout(typing: Typing, name: str, words: Words) -> Typing:
    """Change the keys; letters still composing stay as they are when the change is to Latin."""
    if name not in Layout.__members__.values():
        return typing
    if name == Layout.LATIN:
        typing = replace(_grown(typing, typing.composing), composing="", candidates=(), page=0)
    return replace(finished(typing, words), layout=Layout(name), shifted=False)


def _delete(typing: Typing, words: Words) -> Typing:
    if typing.composing:
        return _composed(replace(typing, candidates=(), page=0), typing.composing[:-1], words)
    return replace(typing, text=typing.text[:-1])


def _clear(typing: Typing, _words: Words) -> Typing:
    return replace(typing, text="", composing="", candidates=(), page=0)


def _space(typing: Typing, words: Words) -> Typing:
    return _pick(typing, "0", words) if typing.composing else _grown(typing, " ")


def _shift(typing: Typing, _words: Words) -> Typing:
    return replace(typing, shifted=not typing.shifted)


_TURNS: Mapping[str, Callable[[Typing, str, Words], Typing]] = {"pick": _pick, "page": _page, "layout": _layout}
_NAMED: Mapping[str, Callable[[Typing, Words], Typing]] = {
    "delete": _delete, "clear": _clear, "space": _space, "shift": _shift,
}  # fmt: skip
