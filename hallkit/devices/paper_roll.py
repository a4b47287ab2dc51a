"""How much paper is left: metres printed, corrected by the sensors. No I/O."""

from dataclasses import dataclass, replace

from hallkit.codecs.escpos import PrinterStatus

DOTS_PER_METRE = 8000
"""203 dots per inch are 8 dots a millimetre."""


@dataclass(frozen=True, slots=True)
class PaperRoll:
    """One roll: its length, what was printed off it, and at how many metres left the near-end sensor trips."""

    metres: float = 50.0
    near_end_metres: float = 3.0
    used_dots: int = 0
    near_end: bool = False
    ended: bool = False

    @property
    def left_metres(self) -> float:
        """Return the best estimate of what is left."""
        if self.ended:
            return 0.0
        counted = max(0.0, self.metres - self.used_dots / DOTS_PER_METRE)
        return counted if self.near_end else max(counted, min(self.near_end_metres, self.metres))

    def slips_left(self, slip_dots: int) -> int:
        """Return how many slips of `slip_dots` the rest of the roll gives."""
        return int(self.left_metres * DOTS_PER_METRE) // slip_dots

    def printed(self, dots: int) -> "PaperRoll":
        """Return the roll after `dots` more went out."""
        return replace(self, used_dots=self.used_dots + dots)

    def sensed(self, status: PrinterStatus) -> "PaperRoll":
        """Return the roll as the sensors see it: an end or near-end signal that goes away is a new roll."""
        near_end = status.paper_near_end or status.paper_end
        if (self.ended and not status.paper_end) or (self.near_end and not near_end):
            return PaperRoll(self.metres, self.near_end_metres, near_end=near_end)._tripped(near_end)
        return replace(self._tripped(near_end and not self.near_end), near_end=near_end, ended=status.paper_end)

    def _tripped(self, tripped: bool) -> "PaperRoll":
        least = int((self.metres - self.near_end_metres) * DOTS_PER_METRE)
        return replace(self, used_dots=max(self.used_dots, least)) if tripped else self
