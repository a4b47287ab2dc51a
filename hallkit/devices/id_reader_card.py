"""What an identity card reader says of itself and of the card on it."""

from dataclasses import dataclass, field
from enum import StrEnum

from hallkit.codecs.sam_v import BAUD, MAX_LENGTH, POLL_PAUSE
from hallkit.codecs.sam_v_text import CardText
from hallkit.devices.card_reader import Card, CardReaderError
from hallkit.rules.sensitive import Sensitive


class ReaderCause(StrEnum):
    """Why the reader cannot be used; the first four are the line's."""

    UNPLUGGED = "unplugged"
    SILENT = "silent"
    GARBLED = "garbled"
    CUT_SHORT = "cut_short"
    SAM_FAULT = "sam_fault"


ADVICE = {
    ReaderCause.UNPLUGGED: "the line is gone; plug its cable in again",
    ReaderCause.SILENT: "it does not answer, not even after a reset; check that it is switched on",
    ReaderCause.GARBLED: "what it answers means nothing; check cable, baud rate and earth",
    ReaderCause.CUT_SHORT: "its answers break off; check the cable",
    ReaderCause.SAM_FAULT: "its security module is out of order; have the reader exchanged",
}


class Trouble(StrEnum):
    """What is wrong with the card that was laid on; the citizen can do something about it."""

    MOVED = "moved"
    """Lifted or shifted while it was read: lay it flat and keep it still."""
    UNREADABLE = "unreadable"
    """The card and the reader do not understand each other: lift it and lay it on again."""
    UNKNOWN_KIND = "unknown_kind"
    """No identity card, or one nobody has described: use another card or another way."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A card that could not be read; `failures` counts them since `read` was called."""

    trouble: Trouble
    failures: int


class IdReaderError(CardReaderError):
    """The reader cannot be used; `cause` says why."""

    def __init__(self, cause: ReaderCause) -> None:
        super().__init__(f"ID card reader {cause}: {ADVICE[cause]}")
        self.cause = cause


@dataclass(frozen=True, slots=True)
class IdCard(Card):
    """A card that was read; the blocks are the reader's own, see hallkit.devices.id_reader_photo for the picture."""

    text: CardText
    photo: bytes = field(repr=False)
    fingerprint: bytes = field(default=b"", repr=False)
    newest_address: Sensitive | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdReaderSettings:
    """Seconds, and what to ask of a card; ValueError if the reader would be asked too often."""

    poll_pause: float = POLL_PAUSE
    answer_deadline: float = 1.0
    boot_time: float = 3.0
    probe_longest: float = 60.0
    line_time: float = MAX_LENGTH * 10 / BAUD
    with_fingerprint: bool = False
    with_newest_address: bool = False

    def __post_init__(self) -> None:
        if self.poll_pause < POLL_PAUSE:
            raise ValueError(f"poll_pause: a reader wants at least {POLL_PAUSE} s between two searches")

    @property
    def frame_deadline(self) -> float:
        """Return the seconds in which the longest answer is here."""
        return self.answer_deadline + self.line_time


@dataclass(frozen=True, slots=True)
class ReaderView:
    """What is known of the reader now: unknown is not good, so `cause` is None only after a good answer."""

    cause: ReaderCause | None = ReaderCause.UNPLUGGED

    @property
    def can_read(self) -> bool:
        """Say whether a citizen may be asked for a card."""
        return self.cause is None
