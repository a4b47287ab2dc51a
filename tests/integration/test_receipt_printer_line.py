"""The receipt printer on a pulled, slow, noisy and real line: nothing prints twice, nothing is printed that is not."""

import asyncio
import random
from contextlib import suppress
from pathlib import Path

import pytest
import serial
from receipt_printer_rig import QUICK, ROWS, Rig, hall, ready, seen, slip
from virtual_story import in_virtual_time

from hallkit.codecs.escpos import Cut, LineFeed, ProcessId, Text, encode, raster_bands
from hallkit.devices.print_job import AlreadySentError, Cause, Printed, PrintJob, chunks
from hallkit.devices.printer_line import PROLOGUE, PrinterError, PrinterLine
from hallkit.devices.printer_settings import Confirmation, PrinterSettings
from hallkit.devices.receipt_printer import ReceiptPrinter
from hallkit.errors import StreamError
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.memory import Cable, memory_pair
from hallkit.transports.serve import serve as serve_at
from hallkit.transports.tty import PtyPort
from hallkit.transports.url import open_stream
from simulators.receipt_printer import build, serve


@in_virtual_time
async def test_a_cable_pulled_in_mid_print_is_uncertain_and_the_line_comes_back_clean() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        rig.device.dots_per_second = 1000.0
        job = asyncio.create_task(printer.print(slip()))
        await rig.half_way()
        rig.unplug()
        outcome = await job
        assert (outcome.cause, outcome.printed) == (Cause.UNPLUGGED, Printed.UNKNOWN)
        assert printer.view.cause is Cause.UNPLUGGED
        rig.device.change(dots_per_second=0.0)
        rig.device.jobs.clear()
        rig.plug_in()
        await ready(printer)
        assert (await printer.print(slip(reprint=1))).is_confirmed
        assert rig.printed()[-1] is True
        assert sum(rig.printed()) == 1


@in_virtual_time
async def test_without_a_printer_the_answer_comes_at_once() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        rig.unplug()
        await seen(printer, Cause.UNPLUGGED)
        outcome = await printer.print(slip())
        assert (outcome.cause, outcome.printed) == (Cause.UNPLUGGED, Printed.NO)
        rig.plug_in()
        await ready(printer)
        assert (await printer.print(slip())).is_confirmed
        assert rig.printed() == [True]


@in_virtual_time
async def test_the_same_job_is_never_taken_twice_only_a_numbered_reprint_is() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        assert (await printer.print(slip())).is_confirmed
        with pytest.raises(AlreadySentError, match="补打"):
            await printer.print(slip())
        assert (await printer.print(slip(reprint=1))).is_confirmed
        assert rig.printed() == [True, True]


@in_virtual_time
async def test_jobs_handed_in_together_come_out_one_after_the_other() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        outcomes = await asyncio.gather(*(printer.print(slip(f"A{number:03}")) for number in range(5)))
        assert all(outcome.is_confirmed for outcome in outcomes)
        assert rig.printed() == [True] * 5


@in_virtual_time
async def test_a_slow_line_and_a_slow_head_print_well() -> None:
    settings = PrinterSettings(chunk_bytes=1024)
    async with hall(settings=settings) as (printer, rig):
        await ready(printer)
        rig.cable.chunk = 512
        rig.device.change(dots_per_second=8000.0, baud=4_000_000)
        assert (await printer.print(slip())).is_confirmed
        assert rig.printed() == [True]


@pytest.mark.parametrize("late_by", [0.06, 0.09])
@in_virtual_time
async def test_late_answers_are_silence_and_never_the_answer_to_the_next_question(late_by: float) -> None:
    cable, device = Cable(delay=late_by / 2), build()
    near, far = memory_pair(cable)
    line = PrinterLine(near, SystemClock(), lambda *_: None)
    tasks = [asyncio.create_task(line.listen()), asyncio.create_task(serve(device, far))]
    with pytest.raises(PrinterError, match="does not answer"):
        await line.query(0.05)
    cable.delay = 0.0
    device.change(paper_dots=0)
    with suppress(PrinterError):
        assert (await line.query(0.05)).paper_end
    assert (await line.query(0.05)).paper_end
    near.close()
    await asyncio.gather(*tasks)


@in_virtual_time
async def test_an_echo_of_an_earlier_job_confirms_nothing() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        rig.device.change(mute=True)
        job = asyncio.create_task(printer.print(slip("A043")))
        await asyncio.sleep(0.02)
        rig.device.mute = False
        for chunk in chunks(slip("A042"), PROLOGUE, QUICK.chunk_bytes):
            rig.device.receive(ProcessId(chunk.mark).encode())
        rig.device.on_news()
        assert (await job).printed is Printed.UNKNOWN


@in_virtual_time
async def test_a_make_without_echoes_confirms_by_status_in_order() -> None:
    settings = PrinterSettings(
        answer_deadline=0.05, confirmation=Confirmation.STATUS, confirms_clearing=False, patience={}
    )
    async with hall("plain", settings) as (printer, rig):
        await ready(printer)
        assert (await printer.print(slip())).is_confirmed
        rig.device.change(paper_dots=100)
        outcome = await printer.print(slip("A043"))
        assert (outcome.cause, outcome.printed) == (Cause.PAPER_OUT, Printed.UNKNOWN)


@in_virtual_time
async def test_noise_on_the_cable_never_makes_a_slip_printed_that_is_not() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        rig.cable.chance, rig.cable.loss = random.Random(7), 0.002
        for number in range(6):
            outcome = await printer.print(slip(f"A{number:03}"))
            whole = sum(rig.printed())
            rig.device.jobs.clear()
            assert whole <= 1
            assert not (outcome.printed is Printed.NO and whole)


@in_virtual_time
async def test_a_job_given_up_by_its_caller_leaves_nothing_for_the_next() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        rig.device.dots_per_second = 1000.0
        job = asyncio.create_task(printer.print(slip()))
        await rig.half_way()
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        rig.device.change(dots_per_second=0.0)
        assert (await printer.print(slip("A043"))).is_confirmed
        assert rig.printed() == [False, True]


@pytest.mark.parametrize(
    "error",
    [
        serial.SerialException("device reports readiness to read but returned no data"),
        OSError(5, "Input/output error"),
        serial.SerialException("write failed: [Errno 5]"),
        StreamError("gone"),
        EOFError(),
    ],
)
@in_virtual_time
async def test_whatever_a_pulled_cable_raises_is_unplugged_and_then_opened_again(error: Exception) -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        rig.taps[-1].error = error
        outcome = await printer.print(slip())
        assert (outcome.cause, outcome.printed) == (Cause.UNPLUGGED, Printed.UNKNOWN)
        await ready(printer)
        assert (await printer.print(slip("A043"))).is_confirmed
        assert rig.printed() == [False, True]


@pytest.mark.parametrize("kind", ["tcp", "pty"])
async def test_a_slip_prints_over_a_real_line(kind: str, tmp_path: object) -> None:
    device = build()
    url = "tcp://127.0.0.1:0" if kind == "tcp" else f"pty:{tmp_path}/printer0"
    async with serve_at(url, lambda stream: serve(device, stream)) as public:
        printer = ReceiptPrinter(lambda: open_stream(public), SystemClock(), settings=PrinterSettings())
        running = asyncio.create_task(printer.run())
        await ready(printer)
        outcome = await printer.print(slip())
        await printer.print(PrintJob("text", (Text.gb18030("取号成功 A042"), LineFeed(), Cut())))
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert outcome.is_confirmed
    assert ROWS in device.jobs[0].bits
    assert device.jobs[1].lines == ("取号成功 A042",)


async def test_an_adapter_pulled_out_in_mid_print_and_put_back_under_its_name_prints_again(tmp_path: Path) -> None:
    device, port = build(), PtyPort(tmp_path / "printer0")
    serving = [asyncio.create_task(serve(device, port.plug_in()))]
    printer = ReceiptPrinter(
        lambda: open_stream(f"pty:{tmp_path}/printer0"),
        SystemClock(),
        settings=QUICK,
        backoff=Backoff(random.Random(0), 0.01, 0.02),
    )
    running = asyncio.create_task(printer.run())
    await ready(printer)
    device.dots_per_second = 1000.0
    job = asyncio.create_task(printer.print(slip()))
    await Rig(device).half_way()
    port.unplug()
    outcome = await job
    assert (outcome.cause, outcome.printed) == (Cause.UNPLUGGED, Printed.UNKNOWN)
    assert (await printer.print(slip("A043"))).printed is Printed.NO
    device.change(dots_per_second=0.0)
    serving.append(asyncio.create_task(serve(device, port.plug_in())))
    await ready(printer)
    assert (await printer.print(slip(reprint=1))).is_confirmed
    assert [ROWS in piece.bits for piece in device.jobs] == [False, True]
    running.cancel()
    port.unplug()
    await asyncio.gather(running, *serving, return_exceptions=True)


@in_virtual_time
async def test_after_a_crash_in_mid_print_what_hangs_in_the_slot_is_cut_off_first() -> None:
    rig = Rig(build())
    rig.plug_in()
    rig.device.receive(encode(raster_bands(ROWS[: 72 * 90])))
    printer = ReceiptPrinter(rig.open, SystemClock(), settings=QUICK, left_unfinished=True)
    running = asyncio.create_task(printer.run())
    await ready(printer)
    assert (await printer.print(slip())).is_confirmed
    assert rig.printed() == [False, True]
    assert rig.device.jobs[1].bits.startswith(ROWS)
    running.cancel()
    await asyncio.gather(running, *rig.serving, return_exceptions=True)
