"""A scrolling line: every frame is the same slice of the same picture, in every wire order."""

import numpy as np
import pytest
from PIL import Image

from hallkit.text.fonts import FontLibrary
from hallkit.text.strip import Strip, scroll_pace, text_strip

CHAIN = FontLibrary(roots=()).led(16)
WIDTH, HEIGHT = 24, 16


def shown(strip: Strip, picture: Image.Image, offset: int) -> np.ndarray:
    """The frame as a person would see it, by pasting the picture over a dark screen."""
    frame = Image.new("RGB", (strip.width, picture.height))
    frame.paste(picture, (strip.width - offset % strip.period, 0))
    return np.asarray(frame)


@pytest.fixture
def picture() -> Image.Image:
    dots = np.random.default_rng(7).integers(0, 256, (HEIGHT, 37, 3), np.uint8)
    return Image.fromarray(dots)


@pytest.mark.parametrize("offset", [0, 1, 7, 8, 23, 24, 40, 60, 61, 500, -1])
def test_every_wire_order_shows_the_same_frame(picture: Image.Image, offset: int) -> None:
    strip = Strip(picture, WIDTH)
    frame = shown(strip, picture, offset)
    lit = frame.max(axis=2) > 127
    assert strip.rgb_rows(offset) == frame.tobytes()
    assert strip.rgb_columns(offset) == frame.transpose(1, 0, 2).tobytes()
    assert strip.bit_rows(offset) == np.packbits(lit, axis=1).tobytes()
    assert strip.bit_columns(offset) == np.packbits(lit.T, axis=1).tobytes()


def test_the_line_comes_in_from_an_empty_screen_and_leaves_an_empty_screen() -> None:
    strip = text_strip("请A012号到3号窗口", CHAIN, (WIDTH, HEIGHT), (255, 0, 0))
    assert not any(strip.rgb_rows(0))
    assert any(strip.rgb_rows(WIDTH))
    assert any(strip.rgb_rows(strip.period - 4))


def test_text_is_centred_in_a_higher_panel() -> None:
    strip = text_strip("口", CHAIN, (16, 32), (255, 255, 255))
    rows = np.frombuffer(strip.rgb_rows(16), np.uint8).reshape(32, 16, 3).max(axis=(1, 2)).nonzero()[0]
    assert 8 <= rows[0] < rows[-1] < 24


def test_the_bench_names_every_wire_order() -> None:
    ticks = iter(range(10_000))
    paces = scroll_pace((WIDTH, HEIGHT), CHAIN, lambda: float(next(ticks)))
    assert [pace.layout for pace in paces] == ["rgb_columns", "rgb_rows", "bit_columns", "bit_rows"]
    assert [pace.ratio for pace in paces] == [1, 1, 1, 1]
