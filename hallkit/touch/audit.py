"""Look at a painted screen as a strict hall manager would; used by the tests of every screen."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from PIL import Image

from hallkit.text.breaks import NEVER_FIRST
from hallkit.touch.box import Box
from hallkit.touch.codes import QUIET
from hallkit.touch.look import Look
from hallkit.touch.marks import Code, Icon, Panel, Placement, Words
from hallkit.touch.scene import Scene
from hallkit.touch.theme import LEAST_DOTS, TARGET, Rgb, contrast

TEXT_CONTRAST = 4.5
SLACK = 2
"""Pixels a stroke may stand out of its box: the side bearing of italic and round letters."""


class AuditError(AssertionError):
    """The screen breaks its rules; one fault a line."""


def audit(scene: Scene, look: Look) -> list[str]:
    """Return every fault of the live part of a painted scene; an empty list is a good screen."""
    screen = Box(0, 0, *scene.image.size)
    words = [mark for placement in scene.live for mark in placement.marks if isinstance(mark, Words)]
    faults = [fault for mark in words for fault in _word_faults(mark, look, screen)]
    faults += [fault for mark in words for fault in _contrast_faults(mark, scene.image)]
    faults += [fault for placement in scene.live for fault in _placement_faults(placement)]
    faults += _overlaps(words)
    faults += _target_faults(scene.live, screen)
    return faults


def assert_good(scene: Scene, look: Look) -> None:
    """Raise AuditError naming every fault of the scene."""
    if faults := audit(scene, look):
        raise AuditError("\n".join(faults))


def sampled_contrast(image: Image.Image, box: Box) -> float:
    """Return the contrast between the commonest colour in `box` and the colour furthest from it."""
    part = image.convert("RGB").crop(box.edges) if image.mode != "RGB" else image.crop(box.edges)
    seen = sorted(part.getcolors(box.width * box.height) or [], reverse=True)
    colours = [_rgb(colour) for _count, colour in seen]
    return max((contrast(colours[0], colour) for colour in colours), default=1.0)


def _word_faults(mark: Words, look: Look, screen: Box) -> Iterator[str]:
    text = mark.block.text
    if not mark.room.grown(SLACK).covers(mark.box):
        yield f"clipped: {text!r} needs {mark.box}, has {mark.room}"
    if not screen.covers(mark.box):
        yield f"off the screen: {text!r} at {mark.box}"
    for run in mark.block.runs:
        if run.font.px < look.theme.min_px:
            yield f"too small: {run.text!r} is {run.font.px} px, least {look.theme.min_px}"
        if missing := [char for char in run.text if char not in run.font.coverage]:
            yield f"no glyph: {''.join(missing)!r} in {text!r}"
    yield from _line_faults(mark)


def _placement_faults(placement: Placement) -> Iterator[str]:
    """Text stays on the panel it stands on, clear of the icons beside it; a code is large enough for a phone."""
    panels = [mark for mark in placement.marks if isinstance(mark, Panel)]
    icons = [mark for mark in placement.marks if isinstance(mark, Icon)]
    for mark in placement.marks:
        if isinstance(mark, Code) and mark.box.width * len(mark.rows) // (len(mark.rows) + 2 * QUIET) < LEAST_DOTS:
            yield f"code too small: {mark.box.width} px with its quiet zone"
        if not isinstance(mark, Words):
            continue
        box = mark.box
        under = [panel for panel in panels if panel.box.holds(box.x + box.width // 2, box.y + box.height // 2)]
        if under and not under[-1].box.grown(-under[-1].border_width).covers(box):
            yield f"over the edge: {mark.block.text!r} at {box} on {under[-1].box}"
        if any(icon.box.grown(-6).meets(box) for icon in icons):
            yield f"under an icon: {mark.block.text!r}"


def _line_faults(mark: Words) -> Iterator[str]:
    lines = [line.text for line in mark.block.lines]
    for line in lines[1:]:
        if line and line[0] in NEVER_FIRST:
            yield f"line starts with {line[0]!r}: {mark.block.text!r}"
    if len(lines) > 1 and len(lines[-1].rstrip(NEVER_FIRST)) == 1 and "\n" not in mark.block.text:
        yield f"orphan {lines[-1]!r}: {mark.block.text!r}"


def _contrast_faults(mark: Words, image: Image.Image) -> Iterator[str]:
    declared = contrast(mark.colour, mark.ground)
    if declared < TEXT_CONTRAST:
        yield f"contrast {declared:.1f}: {mark.block.text!r} on its ground"
    for line in mark.block.lines:
        box = Box(mark.x + line.x, mark.y + line.y, line.width, line.height).clipped(Box(0, 0, *image.size))
        if not line.runs or not box.width or not box.height:
            continue
        seen = sampled_contrast(image, box)
        if seen < TEXT_CONTRAST:
            yield f"painted contrast {seen:.1f}: {line.text!r}"


def _overlaps(words: Sequence[Words]) -> list[str]:
    return [
        f"overlap: {one.block.text!r} and {other.block.text!r}"
        for one, other in combinations(words, 2)
        if one.box.meets(other.box)
    ]


def _target_faults(live: Sequence[Placement], screen: Box) -> Iterator[str]:
    targets = [target for placement in live for target in placement.targets]
    for target in targets:
        if target.box.width < TARGET or target.box.height < TARGET:
            yield f"target too small: {target.action} is {target.box.width}×{target.box.height}"
        if not screen.covers(target.box):
            yield f"target off the screen: {target.action}"
        if not target.spoken:
            yield f"nothing to say: {target.action}"
    for one, other in combinations(targets, 2):
        if one.box.meets(other.box):
            yield f"targets overlap: {one.action} and {other.action}"
        if one.action == other.action:
            yield f"two targets mean {one.action}"


def _rgb(pixel: object) -> Rgb:
    red, green, blue = pixel if isinstance(pixel, tuple) else (0, 0, 0)
    return red, green, blue
