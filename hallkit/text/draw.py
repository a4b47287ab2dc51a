"""Draw laid-out text into Pillow images: smooth for screens, on-or-off dots for paper and LED panels."""

from PIL import Image

from hallkit.text.font import FontChain, glyphs
from hallkit.text.layout import Align, Block, lay_out

Colour = tuple[int, int, int] | int
DOTS = ("1", "P")


def draw_block(image: Image.Image, at: tuple[int, int], block: Block, colour: Colour, *, mono: bool = False) -> None:
    """Draw `block` with its top left corner at `at`; an image of mode "1" is always drawn in on-or-off dots."""
    mono = mono or image.mode in DOTS
    for run in block.runs:
        mask, left, top = glyphs(run.font, run.text, mono)
        image.paste(colour, (at[0] + run.x + left, at[1] + run.baseline + top), mask)


def draw_text(
    image: Image.Image, at: tuple[int, int], text: str, chain: FontChain, colour: Colour, *, mono: bool = False
) -> Block:
    """Draw one unwrapped line, its em box's corner at `at`; MissingGlyphError before a single dot is set."""
    block = lay_out(text, chain, leading=1.0)
    draw_block(image, at, block, colour, mono=mono)
    return block


def picture_of(
    text: str,
    chain: FontChain,
    width: int | None = None,
    *,
    ink: Colour = (255, 255, 255),
    ground: Colour = (0, 0, 0),
    align: Align = "left",
    leading: float = 1.0,
) -> Image.Image:
    """Return text in on-or-off dots on its own RGB picture, as a panel shows it."""
    block = lay_out(text, chain, width, align=align, leading=leading, spacing=False)
    image = Image.new("RGB", (max(block.width, 1), max(block.height, 1)), ground)
    draw_block(image, (0, 0), block, ink, mono=True)
    return image


def ink_box(block: Block) -> tuple[int, int, int, int] | None:
    """Return (left, top, right, bottom) of the pixels `block` sets, relative to its corner; None when it sets none."""
    boxes = []
    for run in block.runs:
        mask, left, top = glyphs(run.font, run.text, False)
        x, y = run.x + left, run.baseline + top
        boxes.append((x, y, x + mask.width, y + mask.height))
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def forget_texts() -> None:
    """Drop every kept rendering and layout, so that no citizen's name outlives the session."""
    glyphs.cache_clear()
    lay_out.cache_clear()
