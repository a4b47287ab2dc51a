"""Lines of the Network UPS Tools server, upsd (network protocol of NUT 2.8, developer guide chapter 9; TCP 3493)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST_LINE = 1024
MOST_VARIABLES = 500


class NutNameError(ValueError):
    """A name no line can carry."""


class Refused(StrEnum):
    """What upsd says instead of an answer; any other word is kept as it is."""

    UNKNOWN_UPS = "UNKNOWN-UPS"
    DATA_STALE = "DATA-STALE"
    DRIVER_NOT_CONNECTED = "DRIVER-NOT-CONNECTED"
    ACCESS_DENIED = "ACCESS-DENIED"


@dataclass(frozen=True, slots=True)
class Variables:
    """Everything upsd knows of one supply."""

    ups: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An `ERR` line."""

    word: str


NutAnswer = Variables | Refusal


def encode_list(ups: str) -> bytes:
    """Return the question for all variables of `ups`; NutNameError if that is no name."""
    if not ups.isascii() or not ups.replace("-", "").replace("_", "").isalnum():
        raise NutNameError(f"no supply can be called {ups!r}")
    return f"LIST VAR {ups}\n".encode()


def encode_variables(answer: Variables) -> bytes:
    """Return the lines upsd answers with."""
    lines = [f"VAR {answer.ups} {name} {quote(value)}" for name, value in answer.values.items()]
    return "".join(
        f"{line}\n" for line in (f"BEGIN LIST VAR {answer.ups}", *lines, f"END LIST VAR {answer.ups}")
    ).encode()


def quote(value: str) -> str:
    """Return `value` in quotation marks."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def split_words(line: str) -> list[str]:
    """Return the words of a line; a word in quotation marks may hold blanks, a backslash keeps the next sign."""
    words: list[str] = []
    signs, is_quoted, is_word = iter(line), False, False
    for sign in signs:
        if sign == '"':
            is_quoted, is_word = not is_quoted, True
            words += [] if not is_quoted else [""]
        elif sign == " " and not is_quoted:
            is_word = False
        else:
            words += [] if is_word else [""]
            is_word = True
            words[-1] += next(signs, "") if sign == "\\" else sign
    return words


class AnswerDecoder:
    """Turns bytes, cut anyhow, into answers; lines that belong to none are counted as discarded bytes."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._listed: dict[str, str] | None = None
        self.discarded = 0

    @property
    def pending(self) -> int:
        """Return the bytes held of a line, plus one while a list has not ended."""
        return len(self._held) + (self._listed is not None)

    def reset(self) -> None:
        """Drop what is held."""
        self.discarded += len(self._held)
        self._held.clear()
        self._listed = None

    def feed(self, data: bytes) -> Sequence[NutAnswer]:
        """Take `data`; return the answers that are whole by now."""
        self._held += data
        *lines, rest = bytes(self._held).split(b"\n")
        self._held = bytearray(rest[:LONGEST_LINE])
        self.discarded += max(len(rest) - LONGEST_LINE, 0)
        return [answer for line in lines if (answer := self._take(line)) is not None]

    def _take(self, line: bytes) -> NutAnswer | None:
        if len(line) > LONGEST_LINE:
            self.discarded += len(line)
            return None
        match split_words(line.decode("utf-8", errors="replace").rstrip("\r")):
            case ["ERR", word, *_]:
                return Refusal(word)
            case ["BEGIN", "LIST", "VAR", _]:
                self._listed = {}
            case ["VAR", _, name, value] if self._listed is not None and len(self._listed) < MOST_VARIABLES:
                self._listed[name] = value
            case ["END", "LIST", "VAR", ups] if self._listed is not None:
                listed, self._listed = self._listed, None
                return Variables(ups, listed)
            case _:
                self.discarded += len(line) + 1
        return None
