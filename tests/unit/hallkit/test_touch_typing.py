"""Fields, the keyboard, photographs and the pad of a touch screen."""

from io import BytesIO

import pytest
from PIL import Image

from hallkit.text.fonts import system_fonts
from hallkit.touch.box import Box
from hallkit.touch.look import RESTING, Look, TouchState
from hallkit.touch.marks import Ink, Panel, Picture, Placement, Words
from hallkit.touch.photo import forget_pictures, picture_of, size_of
from hallkit.touch.scene import Scene
from hallkit.touch.theme import THEMES
from hallkit.touch.widgets import Field, InkPad, Keyboard, KeyWords, Photo

LOOK = Look(THEMES["normal"], system_fonts())
WORDS = KeyWords("空格", "删除", "清空", "123", "符号", "英文", "拼音", "分词", "大写", "前面", "更多")
BOX = Box(56, 300, 968, 0)


def texts(placed: Placement) -> list[str]:
    return [mark.block.text for mark in placed.marks if isinstance(mark, Words)]


def actions(keyboard: Keyboard) -> list[str]:
    return [target.action for target in keyboard.layout(LOOK, RESTING).targets]


def jpeg(size: tuple[int, int] = (400, 200)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (200, 10, 10)).save(out, "JPEG")
    return out.getvalue()


def test_a_field_says_what_is_wrong_right_below_its_box_with_a_sign() -> None:
    placed = Field(BOX, "电话", "123", "field:phone", fault="电话是 7 到 12 位数字").layout(LOOK, RESTING)
    assert "电话是 7 到 12 位数字" in texts(placed)
    assert placed.spoken == ("电话是 7 到 12 位数字",)
    assert "电话是" in placed.targets[0].spoken


def test_a_private_field_never_says_its_value() -> None:
    (target,) = Field(BOX, "号码", "000***", "field:identity", private=True).layout(LOOK, RESTING).targets
    assert target.private
    assert "000" not in target.spoken


def test_a_typed_field_shows_its_end_and_a_filled_one_its_beginning() -> None:
    text = "".join(chr(0x4E00 + place) for place in range(120))
    typed = texts(Field(BOX, "", text, "field:a", active=True, most=2).layout(LOOK, RESTING))[0]
    filled = texts(Field(BOX, "", text, "field:a", most=2).layout(LOOK, RESTING))[0]
    assert typed.startswith("…")
    assert typed.endswith(text[-20:])
    assert filled.endswith("…")
    assert filled.startswith(text[:20])


def test_a_field_with_the_keyboard_has_a_caret_and_is_no_target() -> None:
    placed = Field(BOX, "店名", "示例", "field:shop", active=True).layout(LOOK, RESTING)
    assert not placed.targets
    assert any(isinstance(mark, Panel) and mark.box.width == 5 for mark in placed.marks)


def test_the_pinyin_keyboard_has_every_letter_and_its_candidates_and_takes_the_first_with_one_wide_key() -> None:
    keyboard = Keyboard("pinyin", WORDS, "选第一个", "key:space", composing="shi", candidates=("是", "食品"),
                        widths=(96, 144))  # fmt: skip
    found = actions(keyboard)
    assert {f"key:{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"} <= set(found)
    assert {"key:pick:0", "key:pick:1", "key:page:1", "key:page:-1", "key:'", "key:layout:latin"} <= set(found)
    assert found.count("key:space") == 1


@pytest.mark.parametrize("layout", ["pinyin", "latin", "symbols", "digits"])
def test_no_two_keys_overlap_and_all_are_large_enough(layout: str) -> None:
    targets = Keyboard(layout, WORDS, "完成", "next", extra="X").layout(LOOK, RESTING).targets
    boxes = [target.box for target in targets]
    assert len({target.action for target in targets}) == len(targets)
    assert not [1 for place, one in enumerate(boxes) for other in boxes[:place] if one.meets(other)]
    assert min(min(box.width, box.height) for box in boxes) >= 96


def test_plain_digits_lead_to_no_other_keys_and_others_do() -> None:
    assert not any("layout" in name for name in actions(Keyboard("digits", WORDS, "完成", "next", plain=True)))
    assert "key:layout:pinyin" in actions(Keyboard("digits", WORDS, "完成", "next"))
    assert "key:X" in actions(Keyboard("digits", WORDS, "完成", "next", extra="X"))


def test_a_pressed_key_is_filled_and_nothing_else_changes() -> None:
    keyboard = Keyboard("latin", WORDS, "完成", "next")
    scene = Scene()
    scene.show(LOOK, [keyboard])
    (changed,) = scene.show(LOOK, [keyboard], TouchState(pressed="key:g"))
    key = next(target.box for target in scene.targets if target.action == "key:g")
    assert changed == key.grown(1)


def test_a_photograph_keeps_its_shape_in_its_frame_and_its_corners_are_drawn() -> None:
    placed = Photo(Box(0, 0, 500, 500), jpeg(), "没有画面", ((0, 0), (1, 0), (1, 1), (0, 1))).layout(LOOK, RESTING)
    (shown,) = [mark for mark in placed.marks if isinstance(mark, Picture)]
    assert shown.box.width == 2 * shown.box.height
    assert sum(isinstance(mark, Ink) for mark in placed.marks) == 4


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", jpeg()[:100], b"no picture at all"])
def test_a_damaged_photograph_leaves_words_in_the_frame(data: bytes) -> None:
    placed = Photo(Box(0, 0, 500, 500), data, "没有画面").layout(LOOK, RESTING)
    Scene((500, 500)).show(LOOK, [Photo(Box(0, 0, 500, 500), data, "没有画面")])
    assert placed.spoken == ("没有画面",) or size_of(data) is not None


def test_photographs_are_forgotten_with_the_session() -> None:
    data = jpeg()
    assert picture_of(data, 40, 20) is picture_of(data, 40, 20)
    kept = picture_of(data, 40, 20)
    forget_pictures()
    assert picture_of(data, 40, 20) is not kept


def test_a_stroke_is_painted_inside_the_pad_whatever_the_finger_does() -> None:
    pad = InkPad(Box(100, 100, 300, 200), (((-50, -50), (20, 30), (900, 900)),), "pad", "签名区")
    for mark in pad.layout(LOOK, RESTING).marks:
        assert pad.box.grown(4).covers(mark.box)


def test_a_longer_stroke_keeps_the_marks_of_what_was_written_before() -> None:
    points = tuple((10 * step, 20 + step % 7) for step in range(1, 28))
    before = set(InkPad(Box(0, 0, 300, 200), (points[:25],), "pad", "签名区").layout(LOOK, RESTING).marks)
    after = set(InkPad(Box(0, 0, 300, 200), (points,), "pad", "签名区").layout(LOOK, RESTING).marks)
    assert len(before - after) <= 1
