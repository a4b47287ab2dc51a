"""The seam to whatever reads an identity card."""

from dataclasses import dataclass, field
from typing import Protocol

from hallkit.errors import HallkitError


class CardReaderError(HallkitError):
    """The reader cannot be used; check its cable and power."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a program may learn of a card; the number never appears in a representation, log or traceback.

    `holder` is the name with nothing but its surname, for the slip of a hall that prints it.
    """

    number: str = field(repr=False)
    holder: str = field(default="", repr=False, kw_only=True)


class CardReader(Protocol):
    """One reader."""

    async def read(self) -> Card:
        """Wait for a card and return it; may be cancelled and called again; CardReaderError if the reader is gone."""
