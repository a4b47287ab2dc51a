"""Pictures of panels: as the recorded ones, readable back, shared, in the colours the panel has."""

import os
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops

from display_controller.core import texts
from display_controller.core.canvas import Canvas
from display_controller.core.hall_layout import cells
from display_controller.core.palette import Ink, Palette, quantise
from display_controller.core.read import ReadRow, ReadWindow, read_table, read_window, shows
from display_controller.core.render import Renderer, draw
from display_controller.core.scene import Look, PageScene, Row, Scene, TableScene, WindowScene
from display_controller.core.scroll import scroll
from display_controller.core.text_card import Piece, TextRow, columns, text_rows
from display_controller.core.texts import Language
from display_controller.errors import PanelTooSmallError
from hallkit.runtime.clock import SHANGHAI
from hallkit.text.errors import MissingGlyphError
from hallkit.text.fonts import system_fonts

FONTS = system_fonts()
REFERENCE = Path(__file__).parents[1] / "reference" / "panels"
RECORDED_WITH = {"WenQuanYi 12", "WenQuanYi 16", "Noto Sans CJK SC Bold"}
TICKETS = (("A042", 3), ("C018", 15), ("K007", 19), ("A041", 5), ("E023", 23), ("H011", 10), ("A039", 2), ("C017", 16))
TABLE = TableScene(
    tuple(Row(ticket, number, ticket == "A042") for ticket, number in TICKETS),
    "窗口",
    "凭号候叫\u3000过号请到导办台",
    "10:26",
)
HALL = {
    "calls": TABLE,
    "night": PageScene("夜间自助服务中", "窗口 8:30 开始叫号", "已取的号仍然有效", "02:30"),
    "stale": PageScene("叫号屏正在恢复", "请听广播，号码仍然有效", "数据截至 10:23", framed=True),
    "emergency": PageScene("请马上离开大厅", "跟着绿色出口标志走", "听工作人员指挥", framed=True),
}


def at_window(look: Look, **fields: str) -> WindowScene:
    return WindowScene(look, 3, Language.ZH, "综合一窗", **fields)


WINDOW = {
    "call": at_window(Look.CALLING, big="A042", state="请办理", state_short="请办理"),
    "serving": at_window(Look.SERVING, big="A042", state="办理中", state_short="办理中"),
    "free": at_window(Look.FREE, big="空闲", note="请取号"),
    "paused": at_window(Look.PAUSED, big="暂停服务", note="10:30 恢复", detail="正在用餐"),
    "closed": at_window(Look.CLOSED, big="未开放", note="8:30 开放"),
    "stale": at_window(Look.STALE, big="请听广播", note="数据截至 10:23"),
    "emergency": WindowScene(Look.EMERGENCY, 3, Language.ZH, big="请马上离开"),
    "call-en": WindowScene(Look.CALLING, 3, Language.EN, "General", "A042", "Your turn", "Come in"),
}
PICTURES: dict[str, tuple[Scene, tuple[int, int], Palette]] = {
    **{f"hall-320x128-{name}": (scene, (320, 128), Palette.TWO_COLOUR) for name, scene in HALL.items()},
    **{
        f"window-{w}x{h}-{name}": (scene, (w, h), Palette.FULL)
        for (name, scene), (w, h) in product(WINDOW.items(), ((192, 32), (320, 64)))
    },
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_panel_looks_as_recorded(name: str) -> None:
    if missing := RECORDED_WITH - FONTS.installed().keys():
        pytest.skip(f"pictures were recorded with fonts that are not installed: {sorted(missing)}")
    image = draw(*PICTURES[name][:2], FONTS, PICTURES[name][2]).image
    path = REFERENCE / f"{name}.png"
    if os.environ.get("HALL24_RECORD"):
        image.save(path)
    recorded = Image.open(path).convert("RGB")
    assert recorded.size == image.size
    assert ImageChops.difference(recorded, image).getbbox() is None


@pytest.mark.parametrize("size", [(320, 128), (640, 256), (480, 96), (1920, 128), (200, 160)])
@pytest.mark.parametrize("palette", list(Palette))
def test_a_hall_picture_reads_back_as_its_calls(size: tuple[int, int], palette: Palette) -> None:
    read = read_table(draw(TABLE, size, FONTS, palette).image, FONTS)

    room = len(cells((320, 128) if size == (640, 256) else size))
    assert read == tuple(ReadRow(ticket, str(number)) for ticket, number in TICKETS[:room])
    assert len(read) >= 3


@pytest.mark.parametrize("size", [(160, 32), (192, 32), (256, 64), (320, 64), (640, 128)])
def test_a_window_picture_reads_back_as_its_ticket(size: tuple[int, int]) -> None:
    looks = ((Look.CALLING, "请办理"), (Look.SERVING, "办理中"))
    tickets = ("A001", "B999", "M1234", "AB012", "Z1")
    for (look, state), number, ticket in product(looks, (1, 9, 26, 118), tickets):
        scene = WindowScene(look, number, Language.ZH, "综合一窗", ticket, state, state)
        assert read_window(draw(scene, size, FONTS).image, FONTS) == ReadWindow(str(number), ticket)


@pytest.mark.parametrize("name", ["free", "paused", "closed", "stale", "emergency"])
def test_a_window_without_a_ticket_reads_none(name: str) -> None:
    for size in ((192, 32), (320, 64)):
        assert read_window(draw(WINDOW[name], size, FONTS).image, FONTS).ticket == ""


def test_one_wrong_dot_makes_a_ticket_unreadable() -> None:
    image = draw(TABLE, (320, 128), FONTS, Palette.TWO_COLOUR).image
    image.putpixel((24, 12), (255, 255, 0) if image.getpixel((24, 12)) == (0, 0, 0) else (0, 0, 0))

    assert read_table(image, FONTS)[:1] != (ReadRow("A042", "3"),)


def test_words_are_found_in_a_picture() -> None:
    image = draw(HALL["night"], (320, 128), FONTS, Palette.TWO_COLOUR).image

    assert shows(image, "夜间自助服务中", 37, FONTS)
    assert shows(image, "02:30", 16, FONTS)
    assert not shows(image, "02:31", 16, FONTS)
    assert not shows(image.crop((0, 0, 20, 8)), "02:30", 16, FONTS)


def test_equal_scenes_are_drawn_once_and_old_ones_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("display_controller.core.render.KEPT", 2)
    renderer = Renderer(FONTS)
    first = renderer.picture(TABLE, (320, 128))
    assert renderer.picture(TableScene(TABLE.rows, TABLE.desk, TABLE.notice, "10:26"), (320, 128)) is first
    for name in ("night", "stale"):
        renderer.picture(HALL[name], (320, 128))

    assert renderer.picture(TABLE, (320, 128)) is not first
    assert renderer.drawn == 4


@pytest.mark.parametrize("scene,size", [(TABLE, (128, 64)), (TABLE, (320, 32)), (WINDOW["call"], (128, 32))])
def test_a_panel_too_small_to_read_is_refused(scene: Scene, size: tuple[int, int]) -> None:
    with pytest.raises(PanelTooSmallError):
        draw(scene, size, FONTS)


def words() -> list[tuple[str, int, int]]:
    """Every fixed sentence, its size and the room it has on the standard panels."""
    notices = (texts.WAIT, texts.NO_MORE_TICKETS, texts.ALL_FULL)
    joined = [("\u3000".join(part[i] for part in notice), 16, 320 - 8 - 44) for notice in notices for i in (0, 1)]
    pages = (texts.STALE_SECOND, texts.EMERGENCY_SECOND, texts.EMERGENCY_THIRD, texts.NIGHT_THIRD, texts.IDLE_SECOND)
    titles = (texts.STALE, texts.STARTING, texts.NIGHT, texts.IDLE, texts.EMERGENCY)
    small = (texts.PAUSED, texts.CLOSED, texts.FREE, texts.STALE_SHORT, texts.EMERGENCY_SHORT)
    reasons = [(words[i], 16, 100) for words in texts.REASONS.values() for i in (0, 1)]
    return [
        *joined,
        *reasons,
        *((words[i], 16, 304) for words in pages for i in (0, 1)),
        *((words[i], 24, 304) for words in titles for i in (0, 1)),
        *((words[i], 16, 136) for words in small for i in (0, 1)),
    ]


def test_every_sentence_fits_where_it_stands() -> None:
    canvas = Canvas((1, 1), FONTS)
    assert [text for text, px, room in words() if canvas.text_width(text, px) > room] == []


def test_what_does_not_fit_is_left_out_whole_never_cut_through_a_glyph() -> None:
    narrow = draw(TABLE, (192, 96), FONTS, Palette.TWO_COLOUR)
    long = WindowScene(Look.CLOSED, 3, Language.EN, "General services", "Closed", note="Opens tomorrow 8:30")

    assert "凭号候叫" in [line.text for line in narrow.lines]
    assert "General services" not in [line.text for line in draw(long, (320, 64), FONTS).lines]
    assert Canvas((1, 1), FONTS).cut("综合一窗", 16, 40) == "综合"
    assert Canvas((1, 1), FONTS).cut("综合一窗", 16, -1) == ""


def test_a_business_with_a_rare_character_is_drawn_or_refused_never_blank() -> None:
    canvas = Canvas((64, 16), FONTS)
    canvas.text((0, 0), "䶮", 16, Ink.AMBER)
    assert canvas.dots.any()
    with pytest.raises(MissingGlyphError):
        canvas.text((0, 0), "\U000f0000", 16, Ink.AMBER)


def test_text_off_the_panel_is_cut_at_its_edges() -> None:
    canvas = Canvas((20, 10), FONTS)
    canvas.text((-8, -4), "请请", 16, Ink.AMBER)

    assert canvas.dots.any()
    assert canvas.dots.shape == (10, 20)


def test_two_colour_panels_get_only_red_green_and_both() -> None:
    for scene in WINDOW.values():
        colours = draw(scene, (320, 64), FONTS, Palette.TWO_COLOUR).image.getcolors() or []
        assert {colour for _, colour in colours} <= {(0, 0, 0), (255, 0, 0), (0, 255, 0), (255, 255, 0)}


def test_any_picture_is_brought_to_the_colours_of_a_panel() -> None:
    image = Image.fromarray(np.array([[[200, 130, 0], [10, 10, 250], [100, 100, 100], [250, 0, 0]]], np.uint8))

    two, one = (np.asarray(quantise(image, palette))[0].tolist() for palette in (Palette.TWO_COLOUR, Palette.RED_ONLY))
    assert two == [[255, 255, 0], [0, 255, 0], [0, 0, 0], [255, 0, 0]]
    assert one == [[255, 0, 0], [255, 0, 0], [0, 0, 0], [255, 0, 0]]
    assert quantise(image, Palette.FULL).tobytes() == image.tobytes()


def test_a_text_card_gets_the_words_row_by_row_in_their_places() -> None:
    rows = text_rows(draw(TABLE, (320, 128), FONTS, Palette.TWO_COLOUR))

    assert [row.row for row in rows] == [0, 2, 4, 5, 7]
    assert rows[0].pieces[:3] == (Piece(0, "A042", Ink.BLACK), Piece(8, "3", Ink.BLACK), Piece(2, "窗口", Ink.BLACK))
    assert [piece.text for piece in rows[4].pieces] == ["凭号候叫\u3000过号请到导办台", "10:26"]
    assert columns("A窗") == 3


def test_a_window_on_a_text_card_is_one_row_per_line() -> None:
    rows = text_rows(draw(WINDOW["paused"], (320, 64), FONTS))

    assert all(isinstance(row, TextRow) for row in rows)
    assert {piece.text for row in rows for piece in row.pieces} >= {"3", "号窗口", "暂停服务", "10:30 恢复"}


START = datetime(2026, 9, 14, 10, 26, tzinfo=SHANGHAI)


def test_a_running_text_moves_one_dot_a_step_and_names_the_next() -> None:
    running = scroll("停止取号", (192, 32), FONTS, START)
    now = START
    for step in range(100):
        assert running.offset(now) == step
        now = running.next_step(now)

    assert now - START == timedelta(microseconds=3_333_334)
    assert running.offset(START - timedelta(seconds=1)) == 0


def test_a_running_text_comes_in_on_the_right_and_goes_out_on_the_left() -> None:
    running = scroll("停", (192, 32), FONTS, START)
    first = running.picture(START + timedelta(seconds=1))
    whole = running.strip.period / 30

    assert (first.image.getbbox() or (0,))[0] > 150
    assert running.picture(START + timedelta(seconds=whole - 0.1)).image.getbbox() is not None
    assert running.laps(START + timedelta(seconds=whole)) == 1
    assert first.lines[0].text == "停"
    assert first.image.tobytes() == running.frame(START + timedelta(seconds=1))
