"""Text that runs through a panel: which frame is due when, and when the next one is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image

from display_controller.core.glyphs import LedFonts
from display_controller.core.palette import Ink, Palette
from display_controller.core.picture import Picture, TextLine
from hallkit.text.strip import Strip, text_strip

SECOND = timedelta(seconds=1)
SIZES = (96, 64, 48, 32, 24, 16)


@dataclass(frozen=True)
class Scroll:
    """A running text from `start` (aware) at `speed` dots a second, drawn once."""

    text: str
    strip: Strip
    start: datetime
    speed: int = 30

    def offset(self, now: datetime) -> int:
        """Return by how many dots the text has moved."""
        return max(0, (now - self.start) * self.speed // SECOND)

    def frame(self, now: datetime) -> bytes:
        """Return the frame due at `now`: RGB888, row after row, ready for the wire."""
        return self.strip.rgb_rows(self.offset(now))

    def picture(self, now: datetime) -> Picture:
        """Return the frame due at `now` as a picture; a card with its own font gets the words standing still."""
        size = (self.strip.width, self.strip.height)
        words = TextLine(0, 0, *size, self.text, Ink.AMBER)
        return Picture(Image.frombytes("RGB", size, self.frame(now)), (words,))

    def next_step(self, now: datetime) -> datetime:
        """Return when the next frame is due, after `now`."""
        steps = self.offset(now) + 1
        return self.start + timedelta(microseconds=-(-steps * 1_000_000 // self.speed))

    def laps(self, now: datetime) -> int:
        """Return how often the text has run through completely."""
        return self.offset(now) // self.strip.period


def scroll(
    text: str, size: tuple[int, int], fonts: LedFonts, start: datetime, palette: Palette = Palette.FULL
) -> Scroll:
    """Return `text` running through a panel of `size` (width, height), in the largest font that leaves a margin."""
    px = next((px for px in SIZES if px <= size[1] * 3 // 4), SIZES[-1])
    red, green, blue = palette.table[Ink.AMBER].tolist()
    return Scroll(text, text_strip(text, fonts.led(px), size, (red, green, blue)), start)
