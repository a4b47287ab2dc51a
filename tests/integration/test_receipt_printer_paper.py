"""What really lies in the tray: the simulated printer's paper, read by programs nobody here wrote."""

import asyncio
import io
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
import zxingcpp
from escpos.printer import Dummy
from PIL import Image

from hallkit.codecs.escpos import AutoStatus, encode, qr_code
from hallkit.codecs.escpos.commands import Align, Alignment, Cut, LineFeed, Text
from hallkit.devices.print_job import Cause, Printed
from hallkit.devices.receipt_printer import ReceiptPrinter
from hallkit.devices.slip import PlainLine, text_slip
from hallkit.devices.ticket_slip import TicketSlip, reprint_of, ticket_job, ticket_sheet
from hallkit.runtime.clock import SHANGHAI, LoopClock, SystemClock
from hallkit.runtime.virtual_time import run_virtual
from hallkit.text.fonts import FontLibrary
from hallkit.transports.memory import memory_pair
from hallkit.transports.stream import ByteStream
from simulators.paper import BOX, PrintedPiece
from simulators.receipt_printer import SETUPS, SimulatedReceiptPrinter, build, serve

FONTS = FontLibrary(roots=(), pip=True)
LINK = "https://demo.example/q/7KQ2M9TXW4ZC8RVN5HJD6B"
TICKET = TicketSlip(
    hall="示例市为民服务中心",
    zone="A",
    zone_name="综合一窗",
    number="A042",
    machine="取号机 1",
    helpline="100 0000 0024",
    taken_at=None,
    ahead=6,
    wait=(12, 20),
    link=LINK,
    is_demo=True,
)


def codes_on(piece: PrintedPiece) -> list[str]:
    picture = Image.open(io.BytesIO(piece.png())).convert("L")
    return [code.text for code in zxingcpp.read_barcodes(np.array(picture))]


def with_python_escpos() -> Dummy:
    printer = Dummy()
    printer.hw("INIT")
    printer.set(align="center", width=3, height=3, custom_size=True)
    printer.text("A042\n")
    printer.set(align="center", normal_textsize=True)
    printer.text("综合一窗取号\n\n")
    printer.qr(LINK, native=True, size=6, ec=1)
    printer.text("\n")
    printer.cut()
    return printer


def test_a_slip_of_python_escpos_comes_out_with_its_number_its_text_and_a_readable_code() -> None:
    device = build()
    device.receive(with_python_escpos().output)
    (piece,) = device.jobs
    assert piece.lines == ("A042", "综合一窗取号")
    assert codes_on(piece) == [LINK]
    assert device.unknown == 0


@pytest.mark.parametrize("cut", [1, 2, 64])
def test_the_paper_is_the_same_however_the_bytes_are_cut(cut: int) -> None:
    data = with_python_escpos().output
    whole, pieces = build(), build()
    whole.receive(data)
    for at in range(0, len(data), cut):
        pieces.receive(data[at : at + cut])
    assert pieces.jobs == whole.jobs


def test_our_ticket_comes_out_dot_for_dot_and_its_code_is_read_off_the_paper() -> None:
    device = build()
    device.receive(encode(ticket_job("t1", TICKET, FONTS).commands))
    (piece,) = device.jobs
    picture = ticket_sheet(TICKET, FONTS).picture()
    assert piece.image().crop((0, 0, 576, picture.height)).tobytes() == picture.tobytes()
    assert codes_on(piece) == [LINK]


def test_the_printers_own_code_and_our_picture_of_it_say_the_same() -> None:
    device = build()
    device.receive(encode((Align(Alignment.CENTRE), LineFeed(), *qr_code(LINK), LineFeed(), Cut())))
    assert codes_on(device.jobs[0]) == [LINK]


def test_a_rare_name_is_whole_on_paper_where_plain_bytes_would_be_boxes() -> None:
    device = build()
    device.receive(encode(text_slip((PlainLine("申请人 张伟"), PlainLine("申请人 㛃䶮")), FONTS)))
    device.receive(encode((Text.gb18030("申请人 㛃"), LineFeed(), Cut())))
    ours, plain = device.jobs
    assert ours.lines == ("申请人 张伟",)
    assert BOX in plain.lines[0]
    assert "㛃" not in plain.lines[0]
    below = ours.image().crop((0, 34, 576, 68)).convert("L")
    assert np.array(below).min() == 0


def test_a_long_line_goes_on_in_the_next_and_nothing_of_it_is_lost() -> None:
    device = build()
    device.receive(Text.gb18030("综合一窗" * 15).encode() + b"\n" + Cut().encode())
    assert [len(line) for line in device.jobs[0].lines] == [24, 24, 12]


def test_paper_that_ends_inside_a_picture_keeps_the_rest_for_the_next_roll() -> None:
    device = build("paper_out_mid_print")
    data = encode(ticket_job("t1", TICKET, FONTS).commands)
    device.receive(data)
    assert device.hanging.dots == 300
    assert device.status.paper_end
    device.change(paper_dots=None)
    whole = build()
    whole.receive(data)
    assert device.jobs == whole.jobs


def test_the_printer_tells_by_itself_what_changes_and_only_once_asked_to() -> None:
    device = build()
    device.change(cover_open=True)
    assert device.say() == b""
    device.change(cover_open=False)
    device.receive(AutoStatus().encode())
    assert device.say() == bytes.fromhex("1000000F")
    device.change(cover_open=True)
    assert device.say() == bytes.fromhex("3800000F")


@pytest.mark.parametrize("setup", SETUPS)
def test_every_set_up_can_be_built_and_takes_a_slip(setup: str) -> None:
    device = build(setup)
    device.receive(encode(ticket_job("t1", TICKET, FONTS).commands))
    for _ in range(200):
        device.advance(device.due() or 0.0)
    assert len(device.jobs) in (0, 1)
    with pytest.raises(KeyError, match="paper_out"):
        build("no such")


async def test_a_ticket_lost_in_mid_print_is_reprinted_by_hand_with_its_mark() -> None:
    device = SimulatedReceiptPrinter(paper_dots=600)

    async def opener() -> ByteStream:
        near, far = memory_pair()
        serving.append(asyncio.create_task(serve(device, far)))
        return near

    serving: list[asyncio.Task[None]] = []
    printer = ReceiptPrinter(opener, SystemClock())
    running = asyncio.create_task(printer.run())
    await printer.wait_for(lambda view: view.can_print)
    first = await printer.print(ticket_job("t1", TICKET, FONTS))
    assert (first.cause, first.printed) == (Cause.PAPER_OUT, Printed.UNKNOWN)
    device.change(paper_dots=None)
    await printer.wait_for(lambda view: view.can_print)
    again = reprint_of(TICKET, first.reprint + 1)
    assert (await printer.print(ticket_job("t1", again, FONTS))).is_confirmed
    assert [codes_on(piece) for piece in device.jobs] == [[], [LINK]]
    picture = ticket_sheet(replace(TICKET, reprint=1), FONTS).picture()
    assert device.jobs[1].image().crop((0, 0, *picture.size)).tobytes() == picture.tobytes()
    running.cancel()
    await asyncio.gather(running, *serving, return_exceptions=True)


async def slip_seconds(clock: LoopClock, setup: str) -> float:
    near, far = memory_pair()
    serving = asyncio.create_task(serve(build(setup), far))

    async def opener() -> ByteStream:
        return near

    printer = ReceiptPrinter(opener, clock)
    running = asyncio.create_task(printer.run())
    await printer.wait_for(lambda view: view.can_print)
    begun = clock.monotonic()
    assert (await printer.print(ticket_job("t1", TICKET, FONTS))).is_confirmed
    running.cancel()
    await asyncio.gather(running, serving, return_exceptions=True)
    return clock.monotonic() - begun


@pytest.mark.parametrize(("setup", "least", "most"), [("normal", 0, 0.1), ("usual", 2, 5), ("slow", 30, 60)])
def test_a_paced_printer_takes_as_long_as_its_line_and_head(setup: str, least: float, most: float) -> None:
    start = datetime(2026, 9, 14, 2, 0, tzinfo=SHANGHAI)
    assert least <= run_virtual(lambda clock: slip_seconds(clock, setup), start) <= most
