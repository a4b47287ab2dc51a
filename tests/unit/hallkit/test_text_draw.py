"""What the text engine puts on screens, paper and panels, seen as pixels."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hallkit.text.draw import draw_block, draw_text, forget_texts, ink_box, picture_of
from hallkit.text.errors import MissingGlyphError
from hallkit.text.font import glyphs
from hallkit.text.fonts import FontLibrary, system_fonts
from hallkit.text.layout import lay_out

REFERENCE = Path(__file__).parents[2] / "reference" / "text"
PIP = FontLibrary(roots=())
FONTS = system_fonts()
INK = (20, 38, 45)
PAPER = (244, 242, 236)


def levels(image: Image.Image) -> set[int]:
    return set(np.unique(np.asarray(image.convert("L"))).tolist())


def test_screen_text_is_smooth_and_paper_text_is_dots() -> None:
    smooth, dots = Image.new("L", (200, 60), 255), Image.new("L", (200, 60), 255)
    draw_text(smooth, (4, 4), "受理 A042", PIP.ui(40), 0)
    draw_text(dots, (4, 4), "受理 A042", PIP.ui(40), 0, mono=True)
    assert len(levels(smooth)) > 50
    assert levels(dots) == {0, 255}


def test_a_one_bit_image_takes_text_without_grey() -> None:
    paper = Image.new("1", (200, 60), 1)
    draw_text(paper, (4, 4), "受理", PIP.ui(40, bold=True), 0)
    sheet = Image.new("L", (200, 60), 255)
    draw_text(sheet, (4, 4), "受理", PIP.ui(40, bold=True), 0, mono=True)
    assert paper.convert("L").tobytes() == sheet.tobytes()
    assert 500 < paper.histogram()[0] < 3000


def test_a_missing_glyph_is_raised_before_a_single_dot_is_set() -> None:
    image = Image.new("L", (200, 60), 255)
    with pytest.raises(MissingGlyphError):
        draw_text(image, (0, 0), "甲乙\uf8ff", PIP.ui(40), 0)
    assert levels(image) == {255}


def test_every_rare_character_leaves_ink_and_is_not_a_box() -> None:
    chain = PIP.ui(48)
    shapes = {
        glyphs(font, text, True)[0].tobytes()
        for char in "㸃㛃䶮㼆㙍䲠𫖯𬍛𬱖𪩘𫍽𬬭𬭚䝙䥽"
        for text, font in chain.split(char)
    }
    assert len(shapes) == 15
    assert all(any(shape) for shape in shapes)


def test_ink_stays_in_its_line_box() -> None:
    for text in ("请将身份证放在这里", "Typography, jig (Q)", "约 12–20 分钟"):
        block = lay_out(text, PIP.ui(40))
        box = ink_box(block)
        assert box is not None
        left, top, right, bottom = box
        assert left >= -2
        assert top >= 0
        assert right <= block.width + 2
        assert bottom <= block.height


def test_unifont_doubles_its_dots_exactly() -> None:
    unifont = next((font for font in FONTS.led(32).fonts if font.name == "Unifont"), None)
    if unifont is None:
        pytest.skip("apt install unifont to run this")
    mask = np.asarray(glyphs(unifont, "请", True)[0])
    assert (mask[::2, ::2] == mask[1::2, 1::2]).all()
    assert unifont.width("请A") == 48


def test_personal_text_is_forgotten_at_the_end_of_a_session() -> None:
    draw_text(Image.new("L", (200, 60)), (0, 0), "张某某", PIP.ui(40), 255)
    forget_texts()
    assert glyphs.cache_info().currsize == 0
    assert lay_out.cache_info().currsize == 0


def test_the_smooth_line_is_the_one_on_record() -> None:
    image = Image.new("RGB", (640, 120), PAPER)
    draw_block(image, (16, 8), lay_out("刷身份证，签到取号\n9月18日 周五 · A042", PIP.ui(40)), INK)
    recorded = Image.open(REFERENCE / "screen-line.png").convert("RGB")
    difference = np.abs(np.asarray(image, np.int16) - np.asarray(recorded, np.int16))
    assert difference.mean() < 0.5


def test_the_panel_line_is_the_one_on_record() -> None:
    if not {"WenQuanYi 16", "Unifont"} <= set(FONTS.installed()):
        pytest.skip("apt install xfonts-wqy unifont to run this")
    image = picture_of("请A012号到3号窗口", FONTS.led(16), ink=(255, 160, 0))
    assert image.tobytes() == Image.open(REFERENCE / "panel-line.png").convert("RGB").tobytes()
