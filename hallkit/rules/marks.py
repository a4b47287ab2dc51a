"""What a receiver does with a numbered row: take it, know it already, wait for the ones before, or note a loss."""

from enum import Enum
from typing import Final

HIGHEST: Final = 2**53
"""The greatest number that every JSON reader keeps exact; a database keeps it too."""

LONGEST_INC: Final = 40


class Verdict(Enum):
    """What becomes of one row."""

    NEXT = "next"
    KNOWN = "known"
    AHEAD = "ahead"
    AFTER_LOSS = "after_loss"


def judge(mark: int, seq: int, low: int | None) -> Verdict:
    """Judge row `seq` where everything up to `mark` is committed.

    `low` is the oldest row the sender still holds; a `low` beyond `mark + 1` means the rows between are nowhere any
    more, which only the sender can know: a receiver never concludes a loss from a gap.
    """
    if seq <= mark:
        return Verdict.KNOWN
    if seq == mark + 1:
        return Verdict.NEXT
    return Verdict.AFTER_LOSS if seq == low else Verdict.AHEAD


def is_place(inc: str | None, seq: int | None) -> bool:
    """Whether an incarnation and a number can be a row's place: short, plain, and within what a store can count."""
    if inc is None or seq is None or not 0 < seq < HIGHEST:
        return False
    return 0 < len(inc) <= LONGEST_INC and inc.isascii() and "\0" not in inc
