from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from PIL import Image

from contract.rating import RatingGrade, RatingReason
from contract.screen import TakePicture
from hallkit.pad import face as face_module
from hallkit.pad.face import GRADE_BOXES, NO_REASON_BOX, REASON_BOXES, SIZE, SUBMIT_BOX, Face, paint
from hallkit.pad.pause import PauseShown
from hallkit.pad.state import PadScreen
from hallkit.pad.texts import TEXTS, PadLanguage
from hallkit.text.fonts import NOTO, system_fonts
from hallkit.touch.theme import contrast
from simulators.rating_pad_camera import PadCamera

BASE = Face(window=3, zone_name="综合一窗", demo=True)
FACES = {
    "idle": replace(BASE, staff="1003", masked_name="李*"),
    "nobody": BASE,
    "grades": replace(BASE, screen=PadScreen.GRADES, seconds_left=58),
    "reasons": replace(BASE, screen=PadScreen.REASONS, seconds_left=55, ticks=(RatingReason.UNCLEAR,)),
    "thanks": replace(BASE, screen=PadScreen.THANKS),
    "offline": replace(BASE, screen=PadScreen.THANKS, offline=True, waiting=4),
    "paused": replace(BASE, pause=PauseShown(until="10:30", elsewhere=5)),
}
REFERENCE = Path(__file__).parents[1] / "reference" / "pad"
ALL_REASONS = tuple(RatingReason)


@pytest.mark.parametrize("language", get_args(PadLanguage))
@pytest.mark.parametrize("name", FACES)
def test_the_screen_looks_as_it_was_approved(name: str, language: PadLanguage) -> None:
    if NOTO.name not in system_fonts().installed():
        pytest.skip("the reference pictures need fonts-noto-cjk")
    picture = paint(replace(FACES[name], language=language))
    with Image.open(REFERENCE / f"{name}-{language}.png") as approved:
        difference = np.abs(np.asarray(picture, np.int16) - np.asarray(approved.convert("RGB"), np.int16))
    assert difference.max() <= 24


@pytest.mark.parametrize("language", get_args(PadLanguage))
@pytest.mark.parametrize(
    "face",
    [
        *FACES.values(),
        replace(BASE, screen=PadScreen.REASONS, seconds_left=60, ticks=ALL_REASONS),
        replace(BASE, screen=PadScreen.THANKS, waiting=1),
        replace(BASE, pause=PauseShown(full=True), offline=True, waiting=2000),
        replace(BASE, window=999, pause=PauseShown(closed=True, until="8:30", elsewhere=998)),
        replace(BASE, battery=3, staff="X" * 60, masked_name="欧阳*" * 9, zone_name="很长的名字" * 9),
    ],
)
def test_every_text_fits_in_both_languages(face: Face, language: PadLanguage) -> None:
    assert paint(replace(face, language=language)).size == SIZE


def test_the_five_grades_are_equal_boxes_from_five_to_one() -> None:
    boxes = list(GRADE_BOXES.items())
    assert [grade for grade, _ in boxes] == [5, 4, 3, 2, 1]
    assert {(box.x, box.width, box.height) for _, box in boxes} == {(6, 308, 38)}
    tops = [box.y for _, box in boxes]
    assert {lower - upper for upper, lower in pairwise(tops)} == {40}


def test_no_grade_has_a_colour_of_its_own() -> None:
    """Every row uses the same few colours in about the same amount, apart from its words and its filled dots."""
    picture = np.asarray(paint(FACES["grades"]))
    grounds = {tuple(int(part) for part in picture[box.y + 19, box.x + 78]) for box in GRADE_BOXES.values()}
    edges = {tuple(int(part) for part in picture[box.y, box.x + 100]) for box in GRADE_BOXES.values()}
    assert grounds == {face_module.CARD}
    assert edges == {face_module.EDGE}


@pytest.mark.parametrize("language", get_args(PadLanguage))
def test_every_grade_and_reason_has_a_text(language: PadLanguage) -> None:
    texts = TEXTS[language]
    assert set(texts.grades) == set(texts.second_grades) == set(RatingGrade)
    assert set(texts.reasons) == set(REASON_BOXES) == set(RatingReason)


def test_boxes_lie_on_the_screen_and_apart() -> None:
    for boxes in (list(GRADE_BOXES.values()), [*REASON_BOXES.values(), SUBMIT_BOX, NO_REASON_BOX]):
        cover = np.zeros((SIZE[1], SIZE[0]), np.int8)
        for box in boxes:
            cover[box.y : box.y + box.height, box.x : box.x + box.width] += 1
        assert cover.max() == 1
        assert cover.sum() == sum(box.width * box.height for box in boxes)
        assert min(box.width for box in boxes) >= 96
        assert min(box.height for box in boxes) >= 38


def test_text_can_be_read_and_borders_seen() -> None:
    assert contrast(face_module.INK, face_module.CARD) >= 7
    assert contrast(face_module.INK2, face_module.PAPER) >= 4.5
    assert contrast(face_module.ON_ACT, face_module.ACT) >= 4.5
    assert contrast(face_module.EDGE, face_module.CARD) >= 3


def test_a_pad_without_power_is_dark() -> None:
    assert paint(replace(BASE, dark=True)).getcolors() == [(SIZE[0] * SIZE[1], (0, 0, 0))]


def test_a_known_picture_is_not_sent_again_and_a_small_one_is_small() -> None:
    camera = PadCamera()
    first = camera.take(TakePicture(), FACES["grades"])
    again = camera.take(TakePicture(known=first.fingerprint), FACES["grades"])
    small = camera.take(TakePicture(width=160), FACES["grades"])
    assert (again.png, again.fingerprint) == (b"", first.fingerprint)
    assert 1_000 < len(first.png) < 20_000
    assert (first.width, first.height) == SIZE
    assert Image.open(BytesIO(small.png)).size == (160, 120)
    assert camera.take(TakePicture(), FACES["idle"]).fingerprint != first.fingerprint
