"""Cutting what does not fit on one screen into pages by its measured height; nothing is left out."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
SENTENCE = re.compile(r"[^。；;.!?！？\n]*[。；;.!?！？\n]?")


def packed(things: Sequence[T], height_of: Callable[[T], int], room: int, first: int | None = None) -> list[list[T]]:
    """Return the things page by page, as many on each as `room` pixels hold (`first` on the first), at least one."""
    pages: list[list[T]] = []
    left = room if first is None else first
    for one in things:
        height = height_of(one)
        if not pages or height > left:
            pages.append([])
            left = room if len(pages) > 1 or first is None else first
        pages[-1].append(one)
        left -= height
    return pages


def parts_of(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """Cut a text after its sentences into parts that fit; a sentence that does not is cut where it must be."""
    part = ""
    for sentence in SENTENCE.findall(text):
        if part and not fits(part + sentence):
            yield part.strip()
            part = ""
        part += sentence
        while len(part) > 1 and not fits(part):
            keep = next(end for end in range(len(part) - 1, 0, -1) if end == 1 or fits(part[:end]))
            yield part[:keep].strip()
            part = part[keep:]
    if part.strip():
        yield part.strip()
