"""Wrapping as a hall would set it: punctuation, numbers, dates, orphans."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallkit.text.breaks import NEVER_FIRST, NEVER_LAST, spaced
from hallkit.text.errors import MissingGlyphError, TextDoesNotFitError
from hallkit.text.fonts import FontLibrary
from hallkit.text.layout import Block, cut, fit, lay_out

CHAIN = FontLibrary(roots=()).ui(40)
CHAIN_20 = FontLibrary(roots=()).ui(20)


def lines(block: Block) -> list[str]:
    return [line.text for line in block.lines]


@pytest.mark.parametrize(
    "text, shown",
    [
        ("第3题，共9题", "第 3 题，共 9 题"),
        ("请带A4纸", "请带 A4 纸"),
        ("9月18日 周五前办好", "9月18日 周五前办好"),
        ("2026年9月18日办好", "2026年9月18日办好"),
        ("到A042号", "到 A042 号"),
        ("约12–20分钟", "约 12–20 分钟"),
        ("24小时大厅·取号机1", "24小时大厅·取号机 1"),
        ("已经 3 次", "已经 3 次"),
        ("Ready by 9:30", "Ready by 9:30"),
    ],
)
def test_chinese_and_numbers_stand_apart_except_in_dates(text: str, shown: str) -> None:
    assert spaced(text) == shown


@pytest.mark.parametrize(
    "text, width, shown",
    [
        ("不用再提交。办到哪一步，扫码就能看。", 480, ["不用再提交。办到哪一步，", "扫码就能看。"]),
        ("不用再提交。办到哪一步，扫码就能看。", 440, ["不用再提交。办到哪一", "步，扫码就能看。"]),
        ("没出票也没关系，号码已有效", 440, ["没出票也没关系，", "号码已有效"]),
        ("请将身份证平放在读卡区", 400, ["请将身份证平放在", "读卡区"]),
        ("号码A042A043A044有效", 400, ["号码", "A042A043A044有效"]),
        ("2026年9月18日周五前补交", 400, ["2026年9月18日周五", "前补交"]),
        ("前面还有12人", 230, ["前面还有", "12人"]),
        ("请您在9月18日前补交", 240, ["请您在", "9月18日", "前补交"]),
        ("两行\n文字", 900, ["两行", "文字"]),
    ],
)
def test_lines_end_where_a_reader_would_pause(text: str, width: int, shown: list[str]) -> None:
    assert lines(lay_out(text, CHAIN, width)) == shown


def test_a_line_never_ends_up_with_one_orphan_character() -> None:
    text = "请将身份证平放在读卡区上"
    assert lines(lay_out(text, CHAIN, 440))[-1] not in ("上", "上。")
    assert [len(line) for line in lines(lay_out(text, CHAIN, 440))] != [11, 1]


CHINESE = st.text(alphabet="请将身份证平放在这里，。：（）“”？、A042 9月18日ab-", min_size=1, max_size=60)
SENTENCES = st.lists(
    st.sampled_from(["请将", "身份证，", "A042", "（复印件）", "9月18日", "窗口。", "“嘀”声", "3"]),
    min_size=1,
    max_size=20,
)


@given(CHINESE, st.integers(120, 500))
def test_no_text_is_lost_and_no_two_runs_overlap(text: str, width: int) -> None:
    block = lay_out(text, CHAIN_20, width, spacing=False)
    assert "".join(lines(block)) == text.replace(" ", "")
    for line in block.lines:
        assert all(left.x + left.width <= right.x for left, right in pairwise(line.runs))


@given(SENTENCES.map("".join), st.integers(300, 500))
def test_every_line_keeps_its_width_and_never_starts_with_a_closing_mark(text: str, width: int) -> None:
    block = lay_out(text, CHAIN_20, width)
    assert all(line.width <= width for line in block.lines)
    assert not any(line.text[0] in NEVER_FIRST for line in block.lines if line is not block.lines[0])
    assert not any(line.text[-1] in NEVER_LAST for line in block.lines)


def test_only_a_word_wider_than_its_line_is_cut() -> None:
    shown = lines(lay_out("ABCDEFGHIJKLMNOP", CHAIN, 200))
    assert "".join(shown) == "ABCDEFGHIJKLMNOP"
    assert all(CHAIN.width(line) <= 200 for line in shown)
    assert lines(lay_out("见 ABCDEFG 页", CHAIN, 200)) == ["见", "ABCDEFG", "页"]


def test_text_is_never_shrunk_to_fit() -> None:
    assert fit("返回", CHAIN, (80, 52)).width == 80
    with pytest.raises(TextDoesNotFitError, match="needs 80×104, has 100×52; shorten: 返回首页"):
        fit("返回首页", CHAIN, (100, 52))


def test_a_foreign_name_too_long_for_its_line_ends_in_an_ellipsis() -> None:
    block = cut("示例市某某区食品安全管理有限责任公司", CHAIN, 400, 1)
    assert lines(block) == ["示例市某某区食品安…"]
    assert lines(cut("示例", CHAIN, 400, 1)) == ["示例"]


@pytest.mark.parametrize("align, x", [("left", 0), ("centre", 60), ("right", 120)])
def test_lines_are_aligned_in_their_width(align: str, x: int) -> None:
    block = lay_out("返回", CHAIN, 200, align=align)  # type: ignore[arg-type]
    assert (block.lines[0].x, block.lines[0].runs[0].x, block.lines[0].width) == (x, x, 80)


def test_boxes_stack_at_the_leading() -> None:
    block = lay_out("一行\n二行", CHAIN, leading=1.5)
    assert [(line.y, line.height) for line in block.lines] == [(0, 60), (60, 60)]
    assert [(run.y, run.height, run.baseline) for run in block.runs] == [(10, 40, 45), (70, 40, 105)]
    assert block.height == 120


def test_a_missing_glyph_stops_the_layout() -> None:
    with pytest.raises(MissingGlyphError):
        lay_out("甲\uf8ff", CHAIN)
