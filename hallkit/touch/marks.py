"""What a widget puts on a screen, as values: what is equal needs no repainting, and a test can read it."""

from dataclasses import dataclass, field

from hallkit.text.draw import ink_box
from hallkit.text.layout import Block
from hallkit.touch.box import Box
from hallkit.touch.theme import Rgb


@dataclass(frozen=True)
class Panel:
    """A filled rectangle with round corners and a border inside its edge."""

    box: Box
    fill: Rgb
    radius: int = 0
    border: Rgb | None = None
    border_width: int = 0


@dataclass(frozen=True)
class Words:
    """Laid-out text with its corner at `x`, `y`; `room` is the box it must stay in, `ground` the colour behind it."""

    x: int
    y: int
    block: Block
    colour: Rgb
    ground: Rgb
    room: Box

    @property
    def box(self) -> Box:
        """Return the pixels the text may set."""
        ink = ink_box(self.block)
        if ink is None:
            return Box(self.x, self.y, 0, 0)
        left, top, right, bottom = ink
        return Box(self.x + left, self.y + top, right - left, bottom - top)


@dataclass(frozen=True)
class Icon:
    """A line icon in a square box."""

    box: Box
    name: str
    colour: Rgb


@dataclass(frozen=True)
class Ring:
    """A ring of `count` ticks; the last `lit` of them, clockwise, are lit, so the ring empties from the top."""

    box: Box
    count: int
    lit: int
    thickness: int
    on: Rgb
    off: Rgb
    ground: Rgb


@dataclass(frozen=True)
class Polygon:
    """A filled shape with a border; points are relative to the corner of its box."""

    box: Box
    points: tuple[tuple[int, int], ...]
    fill: Rgb
    border: Rgb
    border_width: int


@dataclass(frozen=True)
class Arrow:
    """A solid arrow that points down."""

    box: Box
    colour: Rgb


@dataclass(frozen=True)
class Code:
    """A QR code: one string of 0 and 1 a row, without the quiet zone; the box holds it with 4 quiet modules around."""

    box: Box
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A JPEG or PNG scaled to fill its box; a damaged one leaves the box as it is."""

    box: Box
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Ink:
    """A line of a pen through points of the screen, with round ends; the box holds its whole width."""

    box: Box
    points: tuple[tuple[int, int], ...] = field(repr=False)
    colour: Rgb
    width: int


@dataclass(frozen=True)
class Veil:
    """Everything below is darkened once to `percent` of its light."""

    box: Box
    percent: int


Mark = Panel | Words | Icon | Ring | Polygon | Arrow | Code | Picture | Ink | Veil


@dataclass(frozen=True)
class Target:
    """What can be touched: where, the action it means, what is said of it; `enabled` is False where a tap explains.

    `private` labels are spoken to the headset only.
    """

    box: Box
    action: str
    spoken: str
    enabled: bool = True
    private: bool = False


@dataclass(frozen=True)
class Placement:
    """A widget laid out: marks to paint, targets in focus order, what is read aloud; `modal` shuts off all below."""

    marks: tuple[Mark, ...]
    targets: tuple[Target, ...] = ()
    spoken: tuple[str, ...] = ()
    modal: bool = False

    def __add__(self, other: "Placement") -> "Placement":
        return Placement(
            self.marks + other.marks,
            self.targets + other.targets,
            self.spoken + other.spoken,
            self.modal or other.modal,
        )


NOTHING = Placement(())
