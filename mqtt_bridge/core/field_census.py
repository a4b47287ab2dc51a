"""Counting the pads at one address: two pads with one address are found by their serials."""

from dataclasses import dataclass, field
from enum import Enum

from mqtt_bridge.core.field_exchange import Roll

ROUNDS = 4
SILENT_ROUNDS = 3
SALTS = 16


class Verdict(Enum):
    """What a census found."""

    NOBODY = "nobody answered in three rounds"
    ONE = "one pad"
    SEVERAL = "two or more pads share the address"
    NOISE = "four rounds of noise"


@dataclass(slots=True)
class Count:
    """One census of up to four rounds; each round's salt sends the pads into other reply slots."""

    salt: int = 0
    serials: tuple[int, ...] = ()
    _garbled: int = field(default=0)
    _silent: int = field(default=0)

    def add(self, roll: Roll) -> Verdict | None:
        """Take one round; return the verdict, or None when another round is needed."""
        self.salt = (self.salt + 1) % SALTS
        self.serials = tuple(sorted({*self.serials, *roll.serials}))
        if len(self.serials) > 1:
            return Verdict.SEVERAL
        if roll.garbled:
            return self._after_garbled()
        if self.serials:
            return Verdict.ONE
        self._silent += 1
        return Verdict.NOBODY if self._silent == SILENT_ROUNDS else None

    def _after_garbled(self) -> Verdict | None:
        self._garbled += 1
        if self._garbled < ROUNDS:
            return None
        return Verdict.ONE if self.serials else Verdict.NOISE
