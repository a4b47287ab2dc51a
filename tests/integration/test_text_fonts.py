"""The fonts a hall has, what they cover, and what happens when they are missing."""

import gzip
import shutil
import struct
from pathlib import Path

import pytest

from hallkit.text.coverage import pcf_coverage, sfnt_coverage
from hallkit.text.errors import FontFileError, FontNotFoundError, MissingGlyphError
from hallkit.text.faces import FaceKey, OpenFaces
from hallkit.text.fonts import FontLibrary, system_fonts

RARE = "㸃㛃䶮𠮷㼆㙍䲠𫖯𬍛𬱖𪩘𫍽𬬭𬭚䝙䥽"
FONTS = system_fonts()
INSTALLED = FONTS.installed()

needs_noto = pytest.mark.skipif("Noto Sans CJK SC" not in INSTALLED, reason="apt install fonts-noto-cjk to run this")
needs_wqy = pytest.mark.skipif("WenQuanYi 16" not in INSTALLED, reason="apt install xfonts-wqy to run this")


@needs_noto
def test_a_citizen_with_a_rare_name_is_drawn_on_screens_and_panels() -> None:
    assert FONTS.ui(40).covers(RARE)
    assert FONTS.ui(40, bold=True).covers(RARE)
    assert FONTS.led(16).covers(RARE)
    assert FONTS.led(32).covers(RARE)


@needs_noto
def test_chinese_is_drawn_in_simplified_shapes_never_japanese() -> None:
    name = FONTS.ui(40).fonts[0].face.getname()
    assert name == ("Noto Sans CJK SC", "Regular")


@needs_wqy
@needs_noto
def test_a_panel_takes_bitmap_glyphs_first_and_falls_back_per_character() -> None:
    chain = FONTS.led(16)
    drawn = [chain.font_for(char) for char in "请𠮷号"]
    assert [font.name for font in drawn if font] == ["WenQuanYi 16", "Noto Sans CJK SC", "WenQuanYi 16"]
    assert drawn[0] is not None
    assert drawn[0].bitmap


def test_without_system_fonts_the_pip_font_serves_every_role() -> None:
    fonts = FontLibrary(roots=())
    assert set(fonts.installed()) == {"Noto Sans SC", "Noto Sans SC Bold"}
    for chain in (fonts.ui(40), fonts.ui(40, bold=True), fonts.led(16), fonts.led(32)):
        assert chain.covers("请A042号到3号窗口" + RARE.replace("𠮷", ""))
        assert chain.missing(RARE) == "𠮷"


def test_the_pip_font_is_not_drawn_in_its_thin_default() -> None:
    fonts = FontLibrary(roots=())
    regular, bold = fonts.ui(40).fonts[0].face, fonts.ui(40, bold=True).fonts[0].face
    ink = [sum(face.getmask("办")) for face in (regular, bold)]
    assert 1.2 < ink[1] / ink[0] < 2.5
    assert ink[0] > 60_000


def test_with_no_font_at_all_the_error_says_what_to_install() -> None:
    with pytest.raises(FontNotFoundError, match="fonts-noto-cjk"):
        FontLibrary(roots=(), pip=False).ui(40)


def test_a_missing_glyph_is_named_once_with_its_code_point() -> None:
    with pytest.raises(MissingGlyphError, match=r"U\+F8FF") as caught:
        FontLibrary(roots=()).ui(40).split("甲\uf8ff乙\uf8ff")
    assert caught.value.characters == "\uf8ff"


def test_chains_are_built_once() -> None:
    assert FONTS.ui(40) is FONTS.ui(40)
    assert FONTS.led(16).fonts[0].coverage is FONTS.led(16).fonts[0].coverage


def cmap_font(subtable: bytes, encoding: int) -> bytes:
    cmap = struct.pack(">HHHHI", 0, 1, 3, encoding, 12) + subtable
    directory = struct.pack(">IHHHH", 0x00010000, 1, 0, 0, 0) + struct.pack(">4sIII", b"cmap", 0, 28, len(cmap))
    return directory + cmap


FORMAT4 = struct.pack(
    ">7H" + "3H" + "H" + "3H" + "3H" + "3H" + "2H",
    *(4, 44, 0, 6, 0, 0, 0),
    *(0x42, 0x51, 0xFFFF),
    0,
    *(0x41, 0x50, 0xFFFF),
    *(5, 0, 1),
    *(0, 4, 0),
    *(0, 9),
)
FORMAT12 = struct.pack(">HHIII", 12, 0, 40, 0, 2) + struct.pack(">6I", 0x41, 0x43, 7, 0x20BB7, 0x20BB7, 99)


def test_a_format_4_map_is_read_glyph_by_glyph() -> None:
    coverage = sfnt_coverage(cmap_font(FORMAT4, 1))
    assert [char for char in "@ABCPQR" if char in coverage] == ["A", "B", "Q"]
    assert len(coverage) == 3


def test_a_format_12_map_reaches_beyond_the_basic_plane() -> None:
    coverage = sfnt_coverage(cmap_font(FORMAT12, 10))
    assert [char for char in "@ABCD𠮷𠮸" if char in coverage] == ["A", "B", "C", "𠮷"]


def pcf_font(order: str) -> bytes:
    body = struct.pack("<I", 4 if order == ">" else 0)
    body += struct.pack(f"{order}5H4H", 0x41, 0x42, 0x00, 0x01, 0, 0, 0xFFFF, 1, 0xFFFF)
    return b"\x01fcp" + struct.pack("<I", 1) + struct.pack("<IIII", 1 << 5, 0, len(body), 24) + body


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_bitmap_font_has_the_characters_its_encodings_name(order: str) -> None:
    coverage = pcf_coverage(pcf_font(order))
    assert [chr(code) for code in (0x41, 0x42, 0x141, 0x142) if chr(code) in coverage] == ["A", "Ł"]


@pytest.mark.parametrize(
    "data", [b"", b"ttcf\0\0", cmap_font(FORMAT12, 10)[:50], cmap_font(FORMAT12, 10)[:30], b"\0" * 40]
)
def test_a_damaged_font_file_is_refused(data: bytes) -> None:
    with pytest.raises(FontFileError):
        sfnt_coverage(data)


@pytest.mark.parametrize("data", [b"", b"\x01fcp", pcf_font("<")[:40], pcf_font("<")[:20]])
def test_a_damaged_bitmap_font_is_refused(data: bytes) -> None:
    with pytest.raises(FontFileError):
        pcf_coverage(data)


@needs_wqy
def test_a_compressed_bitmap_font_serves_as_well(tmp_path: Path) -> None:
    packed = tmp_path / "wenquanyi_12pt.pcf.gz"
    packed.write_bytes(gzip.compress(INSTALLED["WenQuanYi 16"].read_bytes(), 1))
    chain = FontLibrary(roots=(tmp_path,), pip=False).led(16)
    assert chain.covers("请到窗口")
    assert not chain.covers("𠮷")
    assert chain.width("请A") == 26


def test_a_damaged_installed_font_is_named(tmp_path: Path) -> None:
    (tmp_path / "NotoSansCJK-Regular.ttc").write_bytes(b"ttcf" + b"\0" * 30)
    with pytest.raises(FontFileError, match=r"NotoSansCJK-Regular\.ttc"):
        FontLibrary(roots=(tmp_path,), pip=False).ui(40)


@needs_noto
def test_a_damaged_fallback_is_found_by_the_check_before_a_rare_name_needs_it(tmp_path: Path) -> None:
    shutil.copy(INSTALLED["Noto Sans CJK SC"], tmp_path)
    (tmp_path / "unifont.otf").write_bytes(b"OTTO" + b"\0" * 30)
    fonts = FontLibrary(roots=(tmp_path,), pip=False)
    assert fonts.ui(40).covers("请A042号")
    with pytest.raises(FontFileError, match=r"unifont\.otf"):
        fonts.check()
    with pytest.raises(FontFileError, match=r"unifont\.otf"):
        fonts.ui(40).covers("\uf8ff")


def test_every_installed_font_is_whole() -> None:
    FONTS.check()


def test_a_face_unused_for_longest_is_closed_and_opened_again() -> None:
    path = FontLibrary(roots=()).installed()["Noto Sans SC"]
    faces = OpenFaces(most=2)
    keys = [FaceKey(path, px, weight=400) for px in (20, 30, 40)]
    first, second = faces.take(keys[0]), faces.take(keys[1])
    assert faces.take(keys[0]) is first
    faces.take(keys[2])
    assert len(faces) == 2
    assert faces.take(keys[0]) is first
    assert faces.take(keys[1]) is not second


def test_closing_faces_changes_no_picture() -> None:
    fonts = FontLibrary(roots=())
    before = [bytes(fonts.ui(px).fonts[0].face.getmask("办")) for px in range(20, 32)]
    assert [bytes(fonts.ui(px).fonts[0].face.getmask("办")) for px in range(20, 32)] == before
