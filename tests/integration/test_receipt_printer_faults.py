"""The receipt printer driver against the simulated printer: paper, cover, knife and heat have their names."""

import asyncio
from dataclasses import replace

import pytest
from receipt_printer_rig import QUICK, ROWS, hall, ready, seen, slip
from virtual_story import in_virtual_time

from hallkit.codecs.escpos import encode, raster_bands
from hallkit.devices.print_job import Cause, Printed, PrintOutcome, Stage
from hallkit.devices.printer_line import PROLOGUE, QUESTIONS
from hallkit.devices.printer_settings import PrinterSettings


@in_virtual_time
async def test_a_slip_is_confirmed_only_when_the_printer_said_so() -> None:
    stages: list[Stage] = []
    async with hall() as (printer, rig):
        await ready(printer)
        outcome = await printer.print(slip(), stages.append)
        assert outcome == PrintOutcome("A042", 0, Stage.CONFIRMED, Printed.YES)
        assert stages == [Stage.QUEUED, Stage.SENDING, Stage.SENT, Stage.CONFIRMED]
        assert rig.printed() == [True]
        assert rig.device.unknown == 0


@in_virtual_time
async def test_a_ready_printer_gets_the_slip_first_and_no_question_before_it() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        before = len(rig.taps[0].written)
        assert (await printer.print(slip())).is_confirmed
        assert rig.taps[0].written[before].startswith(encode((*PROLOGUE, *raster_bands(ROWS)))[:2000])
        assert not any(QUESTIONS in data for data in rig.taps[0].written[before:])


@in_virtual_time
async def test_a_status_that_is_not_fresh_is_asked_for_before_the_first_byte() -> None:
    async with hall(settings=replace(QUICK, fresh_for=-1.0)) as (printer, rig):
        await ready(printer)
        before = len(rig.taps[0].written)
        assert (await printer.print(slip())).is_confirmed
        assert rig.taps[0].written[before] == QUESTIONS


@pytest.mark.parametrize(
    ("setup", "cause"),
    [
        ("paper_out", Cause.PAPER_OUT),
        ("cover_open", Cause.COVER_OPEN),
        ("broken", Cause.OUT_OF_ORDER),
        ("silent", Cause.SILENT),
        ("mute", Cause.SILENT),
        ("garbled", Cause.GARBLED),
    ],
)
@in_virtual_time
async def test_a_printer_that_cannot_print_refuses_before_the_first_byte(setup: str, cause: Cause) -> None:
    async with hall(setup) as (printer, rig):
        await seen(printer, cause)
        outcome = await printer.print(slip())
        assert (outcome.stage, outcome.cause, outcome.printed) == (Stage.FAILED, cause, Printed.NO)
        assert rig.device.hanging.dots == 0


@in_virtual_time
async def test_near_end_prints_and_is_told() -> None:
    async with hall("near_end") as (printer, _):
        await ready(printer)
        assert printer.view.paper.near_end
        assert printer.view.paper.left_metres == printer.view.paper.near_end_metres
        assert (await printer.print(slip())).is_confirmed


@in_virtual_time
async def test_paper_that_ends_in_mid_print_is_uncertain_and_the_rest_never_comes_out() -> None:
    async with hall("paper_out_mid_print") as (printer, rig):
        await ready(printer)
        outcome = await printer.print(slip())
        assert (outcome.stage, outcome.cause, outcome.printed) == (Stage.FAILED, Cause.PAPER_OUT, Printed.UNKNOWN)
        rig.device.change(paper_dots=None)
        await ready(printer)
        assert (await printer.print(slip(reprint=1))).is_confirmed
        stub, reprint = rig.device.jobs
        assert ROWS not in stub.bits
        assert reprint.bits.startswith(ROWS[:72])
        assert rig.printed() == [False, True]


@in_virtual_time
async def test_a_refill_in_mid_print_goes_on_where_it_stopped_if_the_hall_wants_that() -> None:
    settings = PrinterSettings(chunk_bytes=2048, patience={Cause.PAPER_OUT: 5.0})
    async with hall("paper_out_mid_print", settings) as (printer, rig):
        await ready(printer)
        job = asyncio.create_task(printer.print(slip()))
        await seen(printer, Cause.PAPER_OUT)
        rig.device.change(paper_dots=None)
        assert (await job).is_confirmed
        assert rig.printed() == [True]


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ({"cover_open": True}, Cause.COVER_OPEN),
        ({"unrecoverable": True}, Cause.OUT_OF_ORDER),
        ({"silent": True}, Cause.SILENT),
        ({"mute": True}, Cause.SILENT),
        ({"garbled": True}, Cause.GARBLED),
        ({"head_hot_for": 9.0}, Cause.HEAD_HOT),
    ],
)
@in_virtual_time
async def test_a_fault_in_mid_print_has_its_name_and_is_never_called_printed(
    fault: dict[str, object], cause: Cause
) -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        rig.device.dots_per_second = 1000.0
        job = asyncio.create_task(printer.print(slip()))
        await rig.half_way()
        rig.device.change(**fault)
        outcome = await job
        assert (outcome.stage, outcome.cause, outcome.printed) == (Stage.FAILED, cause, Printed.UNKNOWN)


@in_virtual_time
async def test_a_jammed_knife_is_freed_once_and_a_second_jam_is_told() -> None:
    async with hall("cutter_jam_once") as (printer, rig):
        await ready(printer)
        assert (await printer.print(slip())).is_confirmed
        rig.device.change(cutter_jams=99)
        outcome = await printer.print(slip("A043"))
        assert (outcome.cause, outcome.printed) == (Cause.CUTTER_JAM, Printed.UNKNOWN)
        assert rig.printed() == [True]


@in_virtual_time
async def test_a_hot_head_only_takes_longer() -> None:
    async with hall() as (printer, rig):
        await ready(printer)
        rig.device.change(head_hot_for=0.1)
        assert (await printer.print(slip())).is_confirmed


@in_virtual_time
async def test_a_cover_closed_in_time_only_takes_longer() -> None:
    async with hall("cover_open", PrinterSettings(patience={Cause.COVER_OPEN: 5.0})) as (printer, rig):
        await seen(printer, Cause.COVER_OPEN)
        job = asyncio.create_task(printer.print(slip()))
        await asyncio.sleep(0.02)
        assert not job.done()
        rig.device.change(cover_open=False)
        assert (await job).is_confirmed
