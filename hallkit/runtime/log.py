"""Logging without personal data."""

import logging
import sys


class Sensitive:
    """A personal value: shows itself only to `reveal`, never to a log, a repr or an f-string."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the one place that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Sensitive(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sensitive) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> tuple[type["Sensitive"], tuple[str]]:
        raise TypeError("a sensitive value does not leave its process by pickle")


def clean(text: str, longest: int = 120) -> str:
    """Return a peer's text fit for a log: control characters replaced, cut to `longest`."""
    shown = "".join(letter if letter.isprintable() else "·" for letter in text[: longest + 1])
    return shown if len(shown) <= longest else shown[:longest] + "…"


def set_up_logging(level: str = "info", program: str = "hall24") -> None:
    """Write the log to stderr, a line an event, with the program's name."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(f"%(asctime)s {program} %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
