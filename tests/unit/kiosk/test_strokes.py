"""Signatures: strokes and picture bound to one document."""

import random
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from kiosk.core.strokes import Ink, Stroke, check_picture, picture_of, sign
from kiosk.errors import SignatureError

LINE: Stroke = tuple(Ink(at * 8, 40 + at * 5.13, 100 + at % 9) for at in range(60))
PEN: Stroke = tuple(Ink(at * 8, 60 + at * 3.0, 40 + at * 2.0, at / 60) for at in range(60))


def test_a_signature_belongs_to_its_document() -> None:
    signature = sign([LINE, PEN], (640, 240), b"the notice")
    png = picture_of(signature)
    assert check_picture(png, b"the notice") == signature
    with pytest.raises(SignatureError, match="another document"):
        check_picture(png, b"another notice")
    assert "100" not in repr(signature)


def test_an_altered_picture_is_no_signature() -> None:
    png = picture_of(sign([LINE], (640, 240), b"the notice"))
    with Image.open(BytesIO(png)) as image:
        image.load()
        stripped, painted = BytesIO(), BytesIO()
        image.save(stripped, "PNG")
    assert b"hall24-strokes" not in stripped.getvalue()
    spoilt = png[:-60] + bytes((png[-60] ^ 1,)) + png[-59:]
    for wrong in (stripped.getvalue(), painted.getvalue(), spoilt, b"", b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(SignatureError):
            check_picture(wrong, b"the notice")


def test_the_line_is_drawn_where_the_pen_was_and_thinner_where_it_was_light() -> None:
    with Image.open(BytesIO(picture_of(sign([PEN], (640, 240), b"x")))) as image:
        ink = np.asarray(image.getchannel("A")) > 127
    assert ink[:, : ink.shape[1] // 2].sum() < 0.8 * ink[:, ink.shape[1] // 2 :].sum()
    assert not ink[0].any()


@pytest.mark.parametrize(
    ("strokes", "reason"),
    [
        ([], "dot"),
        ([(Ink(0, 5, 5),)], "dot"),
        ([tuple(Ink(at, 5 + at % 2, 5) for at in range(20))], "dot"),
        ([(Ink(0, 5, 5), Ink(9, 900, 5))], "leaves"),
        ([tuple(Ink(at, at % 600, 5) for at in range(20_001))], "too many"),
    ],
)
def test_what_is_no_signature_is_refused(strokes: list[Stroke], reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        sign(strokes, (640, 240), b"x")


def test_the_hash_changes_with_every_point() -> None:
    chance = random.Random(24)
    signatures = [
        sign([LINE, (*PEN[: 30 + at], Ink(999, chance.random() * 600, 9.0))], (640, 240), b"x") for at in range(9)
    ]
    assert len({signature.sha256 for signature in signatures}) == 9
