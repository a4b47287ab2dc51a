"""Ticket numbers: a prefix nobody mishears and a number out of a series of its own."""

from dataclasses import dataclass

CONFUSABLE = frozenset("BDPTIOQ")
"""Letters that sound like one another when called (B D P T) or look like digits when shown (I O Q)."""


class NumberingError(ValueError):
    """A ticket prefix or number cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Series:
    """Spans of numbers, ascending; a run of numbers never crosses from one span to the next."""

    spans: tuple[tuple[int, int], ...]

    def run_after(self, last: int, size: int = 1) -> int | None:
        """Return the first of the next `size` consecutive numbers above `last`; None when the series has no more."""
        for low, high in self.spans:
            first = max(low, last + 1)
            if first + size - 1 <= high:
                return first
        return None

    def skip(self, last: int, count: int) -> int:
        """Return the number `count` places above `last` in this series, or its very last one."""
        for low, high in self.spans:
            first = max(low, last + 1)
            if first > high:
                continue
            if first + count - 1 <= high:
                return first + count - 1 if count else last
            count -= high - first + 1
            last = high
        return last


COUNTER_SERIES = Series(((1, 499), (1_000, 4_999), (10_000, 49_999)))
"""Numbers the engine hands out itself: a day starts at 1."""

LEASE_SERIES = Series(((500, 999), (5_000, 9_999), (50_000, 99_999)))
"""Numbers in leased blocks: a slip printed without the engine is known by its number."""


def check_prefix(prefix: str) -> str:
    """Return a usable prefix; raise NumberingError for anything but one clear capital letter."""
    if len(prefix) != 1 or not "A" <= prefix <= "Z":
        raise NumberingError(f"{prefix!r} is no ticket prefix: use one capital letter")
    if prefix in CONFUSABLE:
        raise NumberingError(f"{prefix!r} is easily misheard or misread: use none of {''.join(sorted(CONFUSABLE))}")
    return prefix


def ticket_number(prefix: str, number: int) -> str:
    """Return the number as printed, called and shown, such as A042."""
    return f"{prefix}{number:03d}"


def parse_ticket(ticket: str) -> tuple[str, int]:
    """Return a ticket's prefix and number; raise NumberingError for what is no ticket number."""
    prefix, digits = ticket[:1], ticket[1:]
    if not ("A" <= prefix <= "Z" and digits.isascii() and digits.isdigit() and len(digits) <= 5):
        raise NumberingError(f"{ticket[:20]!r} is no ticket number")
    if ticket_number(prefix, int(digits)) != ticket:
        raise NumberingError(f"{ticket[:20]!r} is no ticket number")
    return prefix, int(digits)
