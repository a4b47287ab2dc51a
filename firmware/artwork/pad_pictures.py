"""Every picture a rating pad needs, taken from the same painter the simulated pad shows."""

from dataclasses import dataclass, replace

from PIL import Image

from contract.rating import RatingReason
from firmware.artwork.words import DIGITS, around, word
from hallkit.pad.face import ACT, CARD, INK, ON_ACT, PAPER, REASON_BOXES, SIZE, Face, paint
from hallkit.pad.pause import PauseShown
from hallkit.pad.state import PadScreen
from hallkit.pad.texts import TEXTS, PadLanguage

REFUSED: dict[PadLanguage, str] = {"zh": "设备未获准入", "en": "Not admitted"}
WORDS_TOP = 130
"""Row below which one thanks differs from another."""

STAFF_LETTERS = DIGITS + "ABCDEFGHJKLMNPQRSTUVWXYZ-"


@dataclass(frozen=True, slots=True)
class PadArtwork:
    """What is fixed on one pad; `names` are all masked names of the hall's staff."""

    window: int
    zone_name: str = ""
    language: PadLanguage = "zh"
    names: tuple[str, ...] = ()
    demo: bool = False


def pictures(artwork: PadArtwork) -> dict[str, Image.Image]:
    """Return the pad's pictures by name; raise MissingGlyphError for a name no font of this host has."""
    return _screens(artwork) | _reason_boxes(artwork) | _seconds(artwork) | _words(artwork) | _glyphs(artwork)


def _face(artwork: PadArtwork) -> Face:
    return Face(artwork.window, zone_name=artwork.zone_name, language=artwork.language, demo=artwork.demo)


def _screens(artwork: PadArtwork) -> dict[str, Image.Image]:
    idle = _face(artwork)
    thanks = replace(idle, screen=PadScreen.THANKS)
    faces = {
        "idle": idle,
        "idle-card": replace(idle, staff=" "),
        "paused": replace(idle, pause=PauseShown()),
        "closed": replace(idle, pause=PauseShown(closed=True)),
        "full": replace(idle, pause=PauseShown(full=True)),
        "grades": replace(idle, screen=PadScreen.GRADES, seconds_left=60),
        "reasons": replace(idle, screen=PadScreen.REASONS, seconds_left=60),
        "thanks-received": thanks,
        "thanks-offline": replace(thanks, offline=True, waiting=1),
        "thanks-sending": replace(thanks, waiting=1),
    }
    painted = {name: paint(face) for name, face in faces.items()}
    words = {name.replace("thanks", "words"): paint(face) for name, face in faces.items() if name.startswith("thanks-")}
    return painted | {name: picture.crop((0, WORDS_TOP, *SIZE)) for name, picture in words.items()}


def _reason_boxes(artwork: PadArtwork) -> dict[str, Image.Image]:
    ticked = replace(_face(artwork), screen=PadScreen.REASONS, ticks=tuple(RatingReason))
    found = {}
    for stem, face in (("tick", ticked), ("untick", replace(ticked, ticks=()))):
        picture = paint(face)
        for place, box in enumerate(REASON_BOXES.values()):
            found[f"{stem}-{place}"] = picture.crop((box.x, box.y, box.x + box.width, box.y + box.height))
    return found


def _seconds(artwork: PadArtwork) -> dict[str, Image.Image]:
    grades = replace(_face(artwork), screen=PadScreen.GRADES)
    crop = (250, 0, SIZE[0], 36)
    return {f"seconds-{left:02}": paint(replace(grades, seconds_left=left)).crop(crop) for left in range(61)}


def _words(artwork: PadArtwork) -> dict[str, Image.Image]:
    texts = TEXTS[artwork.language]
    found = {"corner-refused": word(REFUSED[artwork.language], 16, ON_ACT, ACT)}
    found |= around("offline", texts.offline, 16, ON_ACT, ACT)
    found |= around("resumes", texts.resumes, 26, INK, PAPER)
    found |= around("goto", texts.go_to, 20, INK, CARD, bold=True)
    return found | around("staff", texts.staff, 20, INK, PAPER)


def _glyphs(artwork: PadArtwork) -> dict[str, Image.Image]:
    found: dict[str, Image.Image] = {}
    letters = sorted({*"".join(artwork.names)})
    for family, text, px, ink, ground, bold in (
        ("n", letters, 36, INK, PAPER, True),
        ("s", STAFF_LETTERS, 20, INK, PAPER, False),
        ("o", DIGITS, 16, ON_ACT, ACT, False),
        ("t", DIGITS + ":", 26, INK, PAPER, False),
        ("g", DIGITS, 20, INK, CARD, True),
    ):
        found |= {f"{family}{ord(one):x}": word(one, px, ink, ground, bold=bold) for one in text}
    return found
