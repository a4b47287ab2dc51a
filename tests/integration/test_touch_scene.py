"""Screens: what is shown, what is touched, what is repainted, what is read aloud."""

from dataclasses import replace

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from hallkit.text.draw import forget_texts
from hallkit.text.font import glyphs
from hallkit.text.fonts import system_fonts
from hallkit.touch.audit import AuditError, assert_good, audit, sampled_contrast
from hallkit.touch.box import Box, merged
from hallkit.touch.frame import SCREEN, frame
from hallkit.touch.look import Look, Span, TouchState
from hallkit.touch.scene import Scene
from hallkit.touch.theme import THEMES
from hallkit.touch.widgets import (
    ActionBar,
    Button,
    Card,
    DevicePointer,
    Dialog,
    FaultBanner,
    Footer,
    Ground,
    Header,
    Keypad,
    Kind,
    Label,
    ListRow,
    Machine,
    NumberCard,
    QrBlock,
    Slot,
    StepBar,
    StillThere,
    Tag,
    Tile,
    Tool,
    ValueCard,
    Widget,
    qr_height,
)

FONTS = system_fonts()
LOOKS = {name: Look(theme, FONTS) for name, theme in THEMES.items()}
NORMAL = LOOKS["normal"]
PAYLOAD = "https://hall.example/q/0000-0000-0000"
EVERY_LOOK = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)


def shell(look: Look) -> list[Widget]:
    regions = frame(pointer=True)
    tools = (
        Tool("大字", "elder", sign="大"),
        Tool("English", "language"),
        Tool("求助", "help", icon="help", kind=Kind.HELP),
    )
    if look.theme.elder:
        header = Header(regions.header, "为民服务中心", "", "02:30", "", (Tool("标准版", "standard"),))
        footer = Footer(regions.footer, "不动产取号暂不可用", False, "电话", "100 0000 0024")
    else:
        header = Header(regions.header, "示例市为民服务中心", "24小时大厅·取号机 1", "02:30", "9月14日 周一", tools)
        lower = Tool("降低", "lower", icon="lower")
        text = "暂不可用：不动产取号\n其余服务正常"
        footer = Footer(regions.footer, text, False, "24小时帮办电话", "100 0000 0024", lower)
    return [Ground(SCREEN), header, footer, Tag(regions.tag, "演示")]


def issued(look: Look) -> list[Widget]:
    elder = look.theme.elder
    regions = frame(pointer=True)
    minutes = (Span("12–20", "title" if elder else "value"), Span("分钟", "row"))
    return [
        *shell(look),
        Label(Box(56, 152, 968, 120), "取号成功", "title", "ok", "centre", icon="check"),
        NumberCard(Box(56, 276, 968, 480), "A 区·综合一窗", "A042", "叫到再去窗口"),
        ValueCard(Box(56, 772, 360, 240), "前面还有", (Span("6", "value"), Span("人", "row"))),
        ValueCard(Box(440, 772, 584, 240), "大约要等", minutes),
        QrBlock(Box(56, 1036, 968, qr_height(PAYLOAD)), PAYLOAD, "扫码看排队", "可以先离开。"),
        ActionBar(regions.actions, primary="完成（10 秒后自动返回）", primary_action="done"),
        DevicePointer(regions.pointer, "请取走号票", "号码已有效", 600),
    ]


def gallery(look: Look) -> list[Widget]:
    steps = ("指南", "信息", "材料", "签名", "提交")
    left, middle, right = Box(56, 40, 968, 120).columns(3, 24)
    return [
        Ground(SCREEN),
        Button(left, "返回", "back", icon="back"),
        Button(middle, "求助", "help", Kind.HELP, icon="help"),
        Button(right, "提交", "submit", Kind.PRIMARY, reason="还差 1 项"),
        StepBar(Box(56, 190, 968, 110), steps, 2),
        FaultBanner(Box(56, 310, 968, 180), "号票纸用完了，号码有效", "请扫码保存。已通知值班员。"),
        FaultBanner(Box(56, 506, 968, 180), "这台机器暂停服务", "9:00 前恢复。", "bad"),
        FaultBanner(Box(56, 702, 968, 180), "已受理", "不用再提交。", "ok"),
        ListRow(Box(56, 900, 968, 180), "社保参保证明", "马上打印", "print", icon="printer"),
        ListRow(
            Box(56, 1096, 968, 180), "不动产", "", "zone:H", letter="H", closed=True, aside=((Span("今日已取完"),),)
        ),
        Keypad(56, 1300, "清空", "删除", masked=True),
        Card(Box(700, 1300, 324, 100)),
        Tile(Box(700, 1420, 324, 250), "预约", "book", "calendar"),
    ]


@EVERY_LOOK
@pytest.mark.parametrize("screen", [issued, gallery])
def test_every_widget_is_legible_whole_and_large_enough_in_every_theme(look: Look, screen: object) -> None:
    scene = Scene()
    assert callable(screen)
    scene.show(look, screen(look))
    assert_good(scene, look)


@EVERY_LOOK
def test_pressed_and_focused_widgets_stay_legible(look: Look) -> None:
    scene = Scene()
    for target in ("help", "print", "key:5"):
        scene.show(look, gallery(look), TouchState(pressed=target, focused=target))
        assert audit(scene, look) == []


def test_an_english_screen_is_as_good() -> None:
    regions = frame()
    scene = Scene()
    lower = Tool("Lower", "lower", icon="lower")
    scene.show(
        NORMAL,
        [
            Ground(SCREEN),
            Header(
                regions.header,
                "Shili City Services",
                "24-hour hall, kiosk 3",
                "02:30",
                "Sun 13 Sep",
                (Tool("Larger", "elder", sign="A+"), Tool("中文", "language"), Tool("Help", "help", icon="help")),
            ),
            Footer(
                regions.footer,
                "No A4 paper: save by QR\nAll else works",
                False,
                "24-hour helpline",
                "100 0000 0024",
                lower,
            ),
            Tag(regions.tag, "DEMO"),
            Label(Box(56, 184, 860, 100), "Which area do you need?", "title"),
            ActionBar(regions.actions, "Back", "Submit my application"),
        ],
    )
    assert_good(scene, NORMAL)


@EVERY_LOOK
def test_a_question_shuts_off_what_lies_below(look: Look) -> None:
    scene = Scene()
    scene.show(look, [*issued(look), Dialog("不办了吗？", "已填的内容会从本机清除", "继续办", "清除退出")])
    assert_good(scene, look)
    assert [target.action for target in scene.targets] == ["leave", "safe"]
    assert scene.hit(540, 1540) is None
    assert scene.reading()[0] == "不办了吗？"


def still(seconds: int) -> StillThere:
    text = f"{seconds} 秒后退出，您填的内容会从本机清除"
    return StillThere("还在吗？", text, "我还在，继续办", "不办了，清除并退出", seconds)


@EVERY_LOOK
def test_the_countdown_repaints_only_its_sentence_its_ring_and_its_number(look: Look) -> None:
    scene = Scene()
    scene.show(look, [*issued(look), still(13)])
    assert_good(scene, look)
    before = scene.image.copy()
    dirty = scene.show(look, [*issued(look), still(12)])
    assert 1 <= len(dirty) <= 2
    assert sum(box.width * box.height for box in dirty) < 0.15 * 1080 * 1920
    fresh = Scene()
    fresh.show(look, [*issued(look), still(12)])
    assert scene.image.tobytes() == fresh.image.tobytes() != before.tobytes()


@EVERY_LOOK
def test_a_press_repaints_its_button_and_equals_a_fresh_painting(look: Look) -> None:
    scene, fresh = Scene(), Scene()
    scene.show(look, issued(look))
    pressed = TouchState(pressed="done", focused="help")
    dirty = scene.show(look, issued(look), pressed)
    fresh.show(look, issued(look), pressed)
    assert scene.image.tobytes() == fresh.image.tobytes()
    assert sum(box.width * box.height for box in dirty) < 0.1 * 1080 * 1920


def test_at_rest_nothing_is_painted() -> None:
    scene = Scene()
    assert scene.show(NORMAL, issued(NORMAL)) == [SCREEN]
    assert scene.show(NORMAL, issued(NORMAL)) == []


def test_a_fault_that_is_over_leaves_no_trace() -> None:
    scene, fresh = Scene(), Scene()
    banner = FaultBanner(Box(56, 1300, 968, 160), "号票纸用完了，号码有效", "请扫码保存。")
    scene.show(NORMAL, [*issued(NORMAL), banner])
    assert scene.show(NORMAL, issued(NORMAL)) == [Box(55, 1299, 970, 162)]
    fresh.show(NORMAL, issued(NORMAL))
    assert scene.image.tobytes() == fresh.image.tobytes()


def test_a_question_darkens_the_screen_to_28_percent() -> None:
    scene = Scene()
    scene.show(NORMAL, [Ground(SCREEN), still(13)])
    assert scene.image.getpixel((10, 300)) == tuple(value * 28 // 100 for value in NORMAL["paper"])


def test_swapping_two_equal_layers_repaints() -> None:
    scene = Scene()
    one, other = Card(Box(0, 0, 200, 200), "ok"), Card(Box(50, 50, 200, 200), "bad")
    scene.show(NORMAL, [Ground(SCREEN), one, other])
    assert scene.show(NORMAL, [Ground(SCREEN), other, one]) == [SCREEN]


def test_the_arrow_moves_unless_the_theme_keeps_still() -> None:
    for name, moves in (("normal", True), ("elder", False), ("high_contrast", False)):
        scene = Scene()
        scene.show(LOOKS[name], issued(LOOKS[name]))
        assert bool(scene.show(LOOKS[name], issued(LOOKS[name]), TouchState(arrow=1))) is moves


@EVERY_LOOK
@pytest.mark.parametrize("slot", list(Slot))
def test_the_drawing_lights_only_the_place_to_look_at(look: Look, slot: Slot) -> None:
    scene = Scene()
    scene.show(look, [Ground(SCREEN), Machine(300, 336, slot)])
    places = {Slot.SCANNER: (362, 811), Slot.PRINTER: (500, 811), Slot.READER: (648, 811)}
    lit = [place for place, at in places.items() if scene.image.getpixel(at) == look["lamp"]]
    assert lit == [slot]


@pytest.mark.parametrize("device_x", [124, 330, 750, 956])
def test_the_arrow_stands_over_its_device_and_clear_of_its_words(device_x: int) -> None:
    scene = Scene()
    pointer = DevicePointer(frame(pointer=True).pointer, "请将身份证放在这里", "平放约 2 秒再拿开", device_x)
    for arrow in (0, 1):
        scene.show(NORMAL, [Ground(SCREEN), pointer], TouchState(arrow=arrow))
        assert_good(scene, NORMAL)
        around = scene.image.crop((device_x - 80, 1724, device_x + 80, 1784))
        tip = np.argwhere((np.asarray(around) == NORMAL["onlamp"]).all(axis=2))
        assert abs(tip[:, 1].mean() - 80) < 2


@EVERY_LOOK
def test_a_phone_reads_the_code_off_the_screen(look: Look) -> None:
    scene = Scene()
    scene.show(look, issued(look))
    assert [found.text for found in zxingcpp.read_barcodes(scene.image)] == [PAYLOAD]


def test_focus_goes_round_in_reading_order() -> None:
    scene = Scene()
    scene.show(NORMAL, issued(NORMAL))
    order = [target.action for target in scene.targets]
    assert order == ["elder", "language", "help", "lower", "done"]
    assert scene.next_focus("") == "elder"
    assert scene.next_focus("help") == "lower"
    assert scene.next_focus("done") == "elder"
    assert scene.next_focus("elder", -1) == "done"
    scene.show(NORMAL, [Ground(SCREEN)])
    assert scene.next_focus("done") == ""


def test_masked_keys_are_never_read_into_the_hall() -> None:
    scene = Scene()
    scene.show(NORMAL, [Ground(SCREEN), Keypad(56, 1300, "清空", "删除", masked=True)])
    assert scene.reading() == []
    scene.show(NORMAL, [Ground(SCREEN), Keypad(56, 1300, "清空", "删除")])
    assert scene.reading() == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "清空", "0", "删除"]


def test_the_whole_button_is_its_target() -> None:
    scene = Scene()
    scene.show(NORMAL, issued(NORMAL))
    for x, y in ((56, 1480), (1023, 1599), (540, 1540)):
        found = scene.hit(x, y)
        assert found is not None
        assert found.action == "done"
    assert scene.hit(540, 1601) is None


def test_what_is_off_says_why_and_still_answers_a_tap() -> None:
    scene = Scene()
    scene.show(NORMAL, gallery(NORMAL))
    off = [target for target in scene.targets if not target.enabled]
    assert [(target.action, target.spoken) for target in off] == [
        ("submit", "还差 1 项"),
        ("zone:H", "不动产，今日已取完"),
    ]


def test_nothing_of_a_citizen_stays_after_a_session() -> None:
    scene = Scene()
    scene.show(NORMAL, [Ground(SCREEN), Label(SCREEN, "张某某")])
    scene.clear()
    assert not np.asarray(scene.image).any()
    assert scene.targets == ()
    assert glyphs.cache_info().currsize == 0
    assert scene.show(NORMAL, [Ground(SCREEN)]) == [SCREEN]


def test_lowered_content_is_within_reach_of_a_wheelchair() -> None:
    regions = frame(lowered=True)
    assert regions.content.y >= 960
    assert regions.content.bottom <= regions.actions.y
    assert frame(pointer=True).actions.bottom <= frame(pointer=True).pointer.y


FAULTY = [
    ("clipped", Label(Box(56, 200, 968, 20), "看不全的字", "title")),
    ("contrast", Label(Box(56, 200, 968, 90), "看不清的字", "title", colour="line")),
    ("painted contrast", Label(Box(56, 200, 968, 90), "看不清的字", "title", colour="lamp", ground="ink")),
    ("off the screen", Label(Box(900, 200, 968, 90), "出了屏幕的字", "title")),
    ("target too small", Button(Box(56, 200, 90, 60), "小", "small")),
    ("orphan", Label(Box(56, 200, 65, 200), "孤字", "title")),
    ("code too small", QrBlock(Box(56, 200, 968, 200), PAYLOAD, "扫码", "看排队")),
    ("over the edge", Button(Box(56, 200, 300, 120), "一句放不进按钮里的话太长太长太长", "long")),
]


@pytest.mark.parametrize("fault, widget", FAULTY, ids=[fault for fault, _widget in FAULTY])
def test_the_audit_finds_what_a_hall_would_not_put_up(fault: str, widget: Widget) -> None:
    scene = Scene()
    scene.show(NORMAL, [Ground(SCREEN), widget])
    with pytest.raises(AuditError, match=fault):
        assert_good(scene, NORMAL)


def test_the_audit_finds_texts_and_targets_that_overlap() -> None:
    scene = Scene()
    label = Label(Box(56, 200, 968, 90), "一行字", "title")
    scene.show(NORMAL, [Ground(SCREEN), label, replace(label, text="另一行", box=Box(60, 220, 968, 90))])
    assert any(fault.startswith("overlap") for fault in audit(scene, NORMAL))
    button = Button(Box(56, 200, 300, 120), "返回", "back")
    scene.show(NORMAL, [Ground(SCREEN), button, replace(button, box=Box(200, 200, 300, 120))])
    faults = audit(scene, NORMAL)
    assert "targets overlap: back and back" in faults
    assert "two targets mean back" in faults


def test_small_text_is_found_in_the_elder_theme() -> None:
    scene = Scene()
    mixed = Look(replace(THEMES["elder"], elder=False), FONTS)
    scene.show(mixed, [Ground(SCREEN), Label(Box(56, 200, 968, 90), "小字", "small")])
    assert any(fault.startswith("too small") for fault in audit(scene, LOOKS["elder"]))


def test_sampled_contrast_is_that_of_the_two_colours_seen() -> None:
    image = Image.new("RGB", (20, 20), (255, 255, 255))
    assert sampled_contrast(image, Box(0, 0, 20, 20)) == 1
    image.paste((0, 0, 0), (0, 0, 5, 5))
    assert sampled_contrast(image, Box(0, 0, 20, 20)) == pytest.approx(21)


def test_boxes_that_meet_are_repainted_as_one() -> None:
    assert merged([Box(0, 0, 10, 10), Box(100, 0, 10, 10), Box(5, 5, 10, 10)]) == [
        Box(0, 0, 15, 15),
        Box(100, 0, 10, 10),
    ]
    assert merged([Box(0, 0, 10, 10), Box(20, 0, 10, 10), Box(5, 0, 20, 10)]) == [Box(0, 0, 30, 10)]


def teardown_module() -> None:
    forget_texts()
