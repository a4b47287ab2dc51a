"""Sheets under the camera: found, straightened, judged, bounded, and bound into one file a material."""

import hashlib
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hallkit.runtime.clock import SHANGHAI
from kiosk.core.camera_image import CapturedPage, bounded, page_of, scan, straighten
from kiosk.core.material_pdf import MOST_PAGES, material_file
from kiosk.core.page_finder import Picture, find_page, gray_of, largest_patch, threshold
from kiosk.core.page_quality import Flaw, sharpness
from kiosk.errors import PictureError
from simulators.document_camera import SETUPS, SHEET, SimulatedSheet

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)


@cache
def laid(name: str) -> Picture:
    return seen(SETUPS[name])


def seen(sheet: SimulatedSheet) -> Picture:
    return np.asarray(sheet.picture(), dtype=np.uint8)


@pytest.fixture(scope="module")
def pages() -> dict[str, CapturedPage]:
    return {name: scan(laid(name)) for name in SETUPS}


@pytest.mark.parametrize("name", ["normal", "straight", "askew", "across", "small"])
def test_the_corners_of_a_sheet_are_found_to_three_pixels(name: str) -> None:
    corners = find_page(laid(name))
    assert corners is not None
    found = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
    assert (
        max(
            abs(a - b)
            for one, two in zip(found, SETUPS[name].corners, strict=True)
            for a, b in zip(one, two, strict=True)
        )
        < 3
    )


@pytest.mark.parametrize(
    ("name", "flaws"),
    [
        ("normal", ()),
        ("straight", ()),
        ("askew", ()),
        ("across", ()),
        ("blurred", (Flaw.BLURRED,)),
        ("shining", (Flaw.GLARE,)),
        ("dark", (Flaw.DARK,)),
        ("cut_off", (Flaw.CUT_OFF,)),
        ("small", (Flaw.TOO_SMALL,)),
        ("empty", (Flaw.EMPTY,)),
        ("nothing", (Flaw.NO_PAGE,)),
    ],
)
def test_what_is_wrong_with_a_sheet_has_a_name(
    name: str, flaws: tuple[Flaw, ...], pages: dict[str, CapturedPage]
) -> None:
    assert pages[name].flaws == flaws


def test_a_sheet_laid_askew_becomes_the_sheet_that_was_printed() -> None:
    picture = laid("askew")
    corners = find_page(picture)
    assert corners is not None
    page = gray_of(np.asarray(Image.fromarray(straighten(picture, corners)).resize(SHEET), dtype=np.uint8))
    printed = gray_of(np.asarray(SETUPS["askew"].paper(), dtype=np.uint8))
    inner = (slice(15, -15), slice(15, -15))
    assert np.corrcoef(page[inner].ravel(), printed[inner].ravel())[0, 1] > 0.85


def test_a_page_has_the_shape_of_a4_and_is_known_by_its_hash(pages: dict[str, CapturedPage]) -> None:
    page = pages["normal"]
    assert page.size[1] / page.size[0] == pytest.approx(297 / 210, abs=0.01)
    assert page.sha256 == hashlib.sha256(page.jpeg).hexdigest()
    assert repr(page.jpeg) not in repr(page)


def test_noise_of_a_cheap_camera_changes_nothing() -> None:
    noise = np.random.default_rng(24).normal(0, 6, (1200, 1600, 3))
    noisy = np.clip(laid("normal") + noise, 0, 255).astype(np.uint8)
    assert scan(noisy).flaws == ()


def test_a_thumb_on_the_edge_moves_no_corner() -> None:
    picture = laid("normal").copy()
    picture[560:640, 500:600] = (60, 45, 40)
    corners = find_page(picture)
    assert corners is not None
    assert corners.bottom_left == pytest.approx((500, 1030), abs=4)


def test_sharpness_falls_with_blur_and_not_with_light() -> None:
    def measure(sheet: SimulatedSheet) -> float:
        picture = seen(sheet)
        corners = find_page(picture)
        assert corners is not None
        return sharpness(gray_of(straighten(picture, corners))[20:-20, 20:-20])

    sheet = SETUPS["normal"]
    falling = [measure(replace(sheet, blur=blur)) for blur in (0.0, 2.0, 5.0)]
    assert falling == sorted(falling, reverse=True)
    assert measure(replace(sheet, light=0.6)) == pytest.approx(falling[0], rel=0.15)


@pytest.mark.parametrize("most", [600_000, 60_000, 4_000])
def test_a_picture_never_exceeds_its_bound(most: int) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (900, 700, 3), dtype=np.uint8)
    jpeg, size = bounded(noise, most)
    assert len(jpeg) <= most
    with Image.open(BytesIO(jpeg)) as image:
        assert image.size == size


def test_the_largest_patch_is_one_patch() -> None:
    mask = np.zeros((9, 12), dtype=np.bool_)
    mask[1:7, 2] = mask[6, 2:7] = mask[1:7, 6] = True
    mask[3, 4] = mask[0:2, 9:11] = True
    patch = largest_patch(mask)
    assert patch.sum() == 15
    assert not patch[3, 4]
    assert not largest_patch(np.zeros((4, 4), dtype=np.bool_)).any()
    assert threshold(np.full((4, 4), 7, dtype=np.uint8)) is None


def test_pages_become_one_file_and_the_same_pages_the_same_file(pages: dict[str, CapturedPage]) -> None:
    both = [pages["normal"], pages["across"]]
    material = material_file(both, "营业执照", NOW)
    assert material.pdf.startswith(b"%PDF-")
    assert material.pdf.count(b"/Type /Page\n") == 2
    assert material.pages == tuple(page.sha256 for page in both)
    assert material == material_file(both, "营业执照", NOW)
    assert material.sha256 != material_file(both[::-1], "营业执照", NOW).sha256


def test_a_material_without_pages_or_with_too_many_is_refused(pages: dict[str, CapturedPage]) -> None:
    for number in (0, MOST_PAGES + 1):
        with pytest.raises(PictureError, match="pages"):
            material_file([pages["normal"]] * number, "x", NOW)
    with pytest.raises(PictureError, match="no picture"):
        material_file([CapturedPage(b"nothing", "", (1, 1))], "x", NOW)


def test_a_flatbed_page_is_taken_as_it_is() -> None:
    page = page_of(np.full((1169, 827, 3), 255, dtype=np.uint8))
    assert (page.size, page.flaws) == ((827, 1169), ())
