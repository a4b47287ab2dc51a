"""Tickets on paper: laid out as in the reference pictures, readable codes, rare names, no commands in text."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageChops

from hallkit.codecs.escpos import ClearBuffers, CommandDecoder, Init, Raster, Text, encode
from hallkit.devices.slip import (
    CUT,
    FEED,
    Part,
    PlainLine,
    Sheet,
    SlipError,
    picture_commands,
    printer_has,
    qr_picture,
    text_slip,
)
from hallkit.devices.ticket_slip import TicketSlip, reprint_of, stamp, ticket_job, ticket_sheet
from hallkit.runtime.clock import SHANGHAI
from hallkit.text.errors import MissingGlyphError
from hallkit.text.fonts import FontLibrary

REFERENCE = Path(__file__).parents[1] / "reference" / "paper"
PINNED = FontLibrary(roots=(), pip=True)
LINK = "https://demo.example/q/7KQ2M9TXW4ZC8RVN5HJD6B"
TICKET = TicketSlip(
    hall="示例市为民服务中心",
    zone="A",
    zone_name="综合一窗",
    number="A042",
    machine="取号机 1",
    helpline="100 0000 0024",
    taken_at=datetime(2026, 9, 14, 10, 12, tzinfo=SHANGHAI),
    ahead=6,
    wait=(12, 20),
    link=LINK,
    is_demo=True,
)
OFFLINE = replace(TICKET, number="A301", is_offline=True, link=None)
SLIPS = {
    "ticket": TICKET,
    "ticket-offline": OFFLINE,
    "ticket-reprint": reprint_of(TICKET, 1),
    "ticket-offline-reprint": reprint_of(OFFLINE, 2),
    "ticket-now-clock-unset": replace(TICKET, wait=(0, 0), ahead=0, taken_at=None, number="H108"),
}


def codes_on(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(np.array(picture.convert("L")))]


@pytest.mark.parametrize("name", SLIPS)
def test_a_ticket_looks_like_its_reference_picture(name: str) -> None:
    picture = ticket_sheet(SLIPS[name], PINNED).picture()
    reference = Image.open(REFERENCE / f"{name}.png")
    assert picture.size == reference.size
    differing = ImageChops.logical_xor(picture, reference.convert("1")).histogram()[-1]
    assert differing <= picture.width * picture.height // 500


@pytest.mark.parametrize("name", [name for name, ticket in SLIPS.items() if ticket.link])
def test_the_code_on_a_ticket_can_be_read(name: str) -> None:
    assert codes_on(ticket_sheet(SLIPS[name], PINNED).picture()) == [LINK]


def test_a_code_has_four_white_modules_on_every_side_and_six_dots_a_module() -> None:
    sheet = Sheet(PINNED)
    sheet.rule()
    sheet.gap(24)
    sheet.qr(LINK, (Part("扫码看排队", 32, bold=True),))
    sheet.gap(24)
    sheet.rule()
    picture = sheet.picture()
    side = qr_picture(LINK).width
    assert side % 6 == 0
    assert side >= 198
    quiet = picture.crop((30 - 24, 27 - 24 + 3, 30 + side + 24, 27 + side + 21))
    ink = ImageChops.invert(quiet.convert("L")).getbbox()
    assert ink is not None
    assert (ink[0], ink[2]) == (24, 24 + side)


def test_a_ticket_that_may_not_carry_a_date_carries_none() -> None:
    dated = ticket_sheet(TICKET, PINNED).picture()
    undated = ticket_sheet(replace(TICKET, taken_at=None), PINNED).picture()
    assert dated.size == undated.size
    assert dated.tobytes() != undated.tobytes()
    assert stamp(datetime(2026, 9, 13, 2, 36, tzinfo=SHANGHAI)) == "2026-09-13 周日 02:36"


def test_a_reprint_is_another_job_of_the_same_ticket() -> None:
    first, second = ticket_job("t1", TICKET, PINNED), ticket_job("t1", reprint_of(TICKET, 1), PINNED)
    assert (first.key, second.key) == (("t1", 0), ("t1", 1))
    assert first.commands != second.commands


def test_the_bytes_of_a_ticket_are_its_picture_dot_for_dot() -> None:
    sheet = ticket_sheet(TICKET, PINNED)
    bands = [c for c in CommandDecoder().feed(encode(sheet.commands())) if isinstance(c, Raster)]
    rows = b"".join(
        band.data[at : at + band.width_bytes].ljust(72, b"\x00")
        for band in bands
        for at in range(0, len(band.data), band.width_bytes)
    )
    assert bytes(byte ^ 0xFF for byte in rows) == sheet.picture().tobytes()
    assert sheet.commands()[-1] == CUT


@pytest.mark.parametrize("name", ["张伟", "㛃䶮", "李㛃", "欧阳䶮"])
def test_a_name_the_printer_lacks_goes_as_a_picture_and_any_other_as_text(name: str) -> None:
    commands = text_slip((PlainLine(f"申请人 {name}"),), PINNED)
    rare = not all(printer_has(char) for char in name)
    assert any(isinstance(c, Raster) for c in commands) is rare
    assert any(isinstance(c, Text) for c in commands) is not rare


def test_a_character_no_font_has_is_refused_before_anything_is_printed() -> None:
    with pytest.raises(MissingGlyphError):
        text_slip((PlainLine("申请人 𠮷"),), PINNED)


def test_a_line_too_long_for_the_paper_goes_as_a_picture_and_is_not_cut() -> None:
    commands = text_slip(
        (PlainLine("没按时交：先提醒您一次；仍未交的，本次申请退回，可重新申请，不影响信用。"),), PINNED
    )
    assert sum(c.rows for c in commands if isinstance(c, Raster)) > 2 * 24


def test_a_wide_space_is_a_character_like_any_other() -> None:
    assert any(isinstance(c, Text) for c in text_slip((PlainLine("张*\u3000联合办理窗口"),), PINNED))


@pytest.mark.parametrize("hostile", [Init().encode().decode(), ClearBuffers().encode().decode(), "张\n伟"])
def test_commands_hidden_in_a_name_are_refused(hostile: str) -> None:
    with pytest.raises(SlipError):
        text_slip((PlainLine(hostile),), PINNED)


def test_a_slip_longer_than_a_metre_is_refused() -> None:
    sheet = Sheet(PINNED)
    sheet.gap(7000)
    with pytest.raises(SlipError):
        sheet.gap(500)


def test_fields_and_boxes_stay_inside_the_margins() -> None:
    sheet = Sheet(PINNED)
    sheet.field("申请人", Part("张*　000***********0017"))
    sheet.field("申请事项", Part("食品经营许可（新办）以及需要换行的很长很长很长的事项名称", bold=True))
    top = sheet.y
    sheet.gap(14)
    sheet.text(Part("请补交"), "left", x=32)
    sheet.frame(top)
    ink = ImageChops.invert(sheet.picture().convert("L")).getbbox()
    assert ink is not None
    assert ink[0] >= 16
    assert ink[2] <= 560
    assert sheet.picture().height == sheet.y + FEED


def test_white_rows_are_cheap() -> None:
    assert len(encode(picture_commands(Image.new("1", (576, 500), 255)))) < 600
