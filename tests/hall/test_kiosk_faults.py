"""Every fault of a kiosk's devices, made by its simulator: what the program does, and the words the citizen reads."""

import sqlite3

import pytest
from kiosk_rig import KIOSK, KioskRig, kiosk_night

from contract.case_facts import NoticePrinted, NoticePrintFailed
from contract.field import FaultCleared, FaultRaised
from contract.link import Fault
from kiosk.core.session import Reading, Slip
from kiosk.core.table import State
from kiosk.core.world import Part
from simulators.id_cards import resident
from simulators.id_reader import SETUPS as READER_SETUPS
from simulators.ipp_printer import SETUPS as SHEET_SETUPS
from simulators.receipt_printer import SETUPS as PRINTER_SETUPS

ITEM, LETTERS = "food-licence", "spjy"
CARD = resident("演示人")
PRINTER = "kiosk-printer-1"


def reads(rig: KioskRig) -> str:
    """Return everything the screen says now."""
    rig.kiosk.pace.paint()
    assert rig.kiosk.session.state is not State.FAIL_SAFE
    return "\n".join(rig.kiosk.display.spoken())


async def to_identify(rig: KioskRig) -> None:
    citizen = rig.citizen()
    await citizen.until(State.ATTRACT)
    for action in ("start", "apply", "search", *(f"key:{letter}" for letter in LETTERS), f"pick:item:{ITEM}"):
        await citizen.tap(action)
    await citizen.until(State.GUIDE)
    await citizen.tap("next")
    await citizen.tell_the_situation()
    await citizen.until(State.IDENTIFY)


SLIPS = [
    ("paper_out", "paper_out", "凭条纸用完了，办件已成功"),
    ("paper_out_mid_print", "paper_out", "凭条纸用完了，办件已成功"),
    ("cover_open", "cover_open", "打印机盖没关好，办件已成功"),
    ("cutter_jam", "cutter_jam", "凭条没有切断，办件已成功"),
    ("broken", "out_of_order", "凭条没有打出来，办件已成功"),
    ("silent", "silent", "凭条没有打出来，办件已成功"),
    ("mute", "silent", "凭条没有打出来，办件已成功"),
    ("garbled", "garbled", "凭条没有打出来，办件已成功"),
]


@pytest.mark.parametrize(("setup", "cause", "words"), SLIPS)
def test_without_a_slip_the_citizen_reads_that_the_case_is_safe_and_has_its_code(setup, cause, words):
    async def main(rig: KioskRig) -> None:
        rig.hardware.printers[KIOSK].change(**PRINTER_SETUPS[setup])
        await rig.citizen().apply(LETTERS, ITEM, CARD)
        await settled(rig)
        issued = rig.kiosk.session.issued
        assert issued is not None
        assert issued.slip in (Slip.NOT_PRINTED, Slip.UNKNOWN)
        assert issued.cause == cause
        said = reads(rig)
        assert words in said
        assert issued.notice.query_code[:4] in said
        await rig.clock.sleep(3)
        assert len(await rig.cases()) == 1
        assert [one.document for one in await rig.facts(NoticePrintFailed)] == [issued.notice.document]
        assert await rig.facts(NoticePrinted) == []

    kiosk_night(main)


async def settled(rig: KioskRig) -> None:
    """Wait until it is known what became of the slip; the citizen stays at the screen."""
    for _ in range(90):
        issued = rig.kiosk.session.issued
        if issued is None or issued.slip not in (Slip.NONE, Slip.PRINTING):
            return
        rig.kiosk.pace.touched()
        await rig.clock.sleep(1)


@pytest.mark.parametrize("setup", ["near_end", "cutter_jam_once", "head_hot", "slow"])
def test_what_a_printer_gets_over_by_itself_costs_the_citizen_nothing_but_a_moment(setup):
    async def main(rig: KioskRig) -> None:
        rig.hardware.printers[KIOSK].change(**PRINTER_SETUPS[setup])
        await rig.citizen().apply(LETTERS, ITEM, CARD)
        await settled(rig)
        issued = rig.kiosk.session.issued
        assert issued is not None
        assert issued.slip is Slip.PRINTED
        assert "没有打出来" not in reads(rig)
        await rig.clock.sleep(10)
        raised = [one.fault for one in await rig.facts(FaultRaised)]
        assert (Fault.PAPER_NEAR_END in raised) is (setup == "near_end")
        assert 0 < rig.kiosk.world.slips_left < (16 if setup == "near_end" else 300)
        assert [one.document for one in await rig.facts(NoticePrinted)] == [issued.notice.document]
        assert len(rig.hardware.printers[KIOSK].jobs) == 1

    kiosk_night(main)


def test_a_printer_refilled_after_the_paper_ended_is_told_well_and_prints_the_next_notice():
    async def main(rig: KioskRig) -> None:
        printer = rig.hardware.printers[KIOSK]
        printer.change(paper_dots=0)
        await rig.clock.sleep(5)
        assert "打印凭条" in reads(rig)
        printer.change(paper_dots=None)
        await rig.clock.sleep(5)
        assert "打印凭条" not in reads(rig)
        await rig.citizen().apply(LETTERS, ITEM, CARD)
        await settled(rig)
        assert rig.kiosk.session.issued.slip is Slip.PRINTED
        await rig.clock.sleep(5)
        assert [one.fault for one in await rig.facts(FaultRaised)] == [Fault.PAPER_OUT]
        assert [one.fault for one in await rig.facts(FaultCleared)] == [Fault.PAPER_OUT]

    kiosk_night(main)


@pytest.mark.parametrize("setup", ["silent", "hung", "sam_fault", "not_authorised"])
def test_a_reader_that_is_of_no_use_is_told_and_the_other_ways_are_offered(setup):
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        for name, value in READER_SETUPS[setup].items():
            setattr(rig.hardware.readers[KIOSK], name, value)
        await rig.clock.sleep(15)
        assert rig.kiosk.world.outage(Part.CARD)
        assert rig.kiosk.session.state is State.IDENTIFY
        assert {"by:code", "by:number"} <= set(rig.kiosk.targets())
        assert "刷身份证" in reads(rig), "the footer names what is out of use"
        await rig.clock.sleep(2)
        assert Fault.READER_SILENT in [one.fault for one in await rig.facts(FaultRaised)]

    kiosk_night(main)


def test_a_noisy_line_of_the_reader_costs_nothing():
    async def main(rig: KioskRig) -> None:
        rig.hardware.readers[KIOSK].noise = b"\xaa\x00\xaa\xaa\x96\x69\xaa\xaa\xaa"
        await to_identify(rig)
        rig.hardware.readers[KIOSK].lay_on(CARD)
        await rig.citizen().until(State.CONSENT)

    kiosk_night(main)


def test_a_card_taken_off_too_early_is_asked_for_again_in_words():
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        reader = rig.hardware.readers[KIOSK]
        reader.cuts = 1
        reader.lay_on(CARD)
        await rig.citizen().until(State.CONSENT)
        assert rig.kiosk.session.person is not None

    kiosk_night(main)


def test_a_card_that_cannot_be_read_must_be_lifted_and_after_three_tries_another_way_comes_first():
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        reader = rig.hardware.readers[KIOSK]
        for name, value in READER_SETUPS["unreadable"].items():
            setattr(reader, name, value)
        words = []
        for _ in range(3):
            reader.lay_on(CARD)
            await rig.clock.sleep(4)
            words.append((rig.kiosk.session.reading, reads(rig)))
            reader.lift()
            await rig.clock.sleep(3)
        assert [one for one, _ in words] == [Reading.LIFT, Reading.LIFT, Reading.TRIED]
        assert "拿起" in words[0][1]
        assert "换" in words[2][1]
        assert {"by:code", "by:number"} <= set(rig.kiosk.targets())

    kiosk_night(main)


@pytest.mark.parametrize("code", ["A" * 4096, "eid1.x.y", b"\xff\xfe\x00"])
def test_a_code_that_means_nothing_is_told_and_another_one_can_be_shown(code):
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        await rig.tap("by:code")
        rig.hardware.scanners[KIOSK].show(code)
        await rig.clock.sleep(6)
        assert (rig.kiosk.session.state, rig.kiosk.session.reading) == (State.IDENTIFY, Reading.BAD_CODE)
        assert "码" in reads(rig)

    kiosk_night(main)


@pytest.mark.parametrize(("name", "part"), [
    ("kiosk-printer-1", Part.SLIP), ("kiosk-reader-1", Part.CARD), ("kiosk-scanner-1", Part.CODE),
])  # fmt: skip
def test_a_device_unplugged_and_plugged_in_again_is_told_and_serves_again(name, part):
    async def main(rig: KioskRig) -> None:
        pulled = rig.sockets.unplug(name)
        await rig.clock.sleep(4)
        assert rig.kiosk.world.outage(part) == "unplugged"
        assert "暂不可用" in reads(rig)
        rig.sockets.plug_back(name, pulled)
        await rig.clock.sleep(30)
        assert rig.kiosk.world.outage(part) == ""
        assert "全部可用" in reads(rig)
        await rig.citizen().apply(LETTERS, ITEM, CARD)
        await settled(rig)
        assert rig.kiosk.session.issued.slip is Slip.PRINTED
        assert len(rig.hardware.printers[KIOSK].jobs) == 1, "nothing comes out twice"

    kiosk_night(main)


SHEETS = ["paper_out", "jam", "toner_out", "cover_open", "offline", "refusing", "silent", "garbled", "holding"]


@pytest.mark.parametrize("setup", SHEETS)
def test_an_a4_page_that_does_not_come_out_is_told_and_can_be_tried_again(setup):
    async def main(rig: KioskRig) -> None:
        printer = rig.hardware.sheet_printers[KIOSK]
        for name, value in SHEET_SETUPS[setup].items():
            setattr(printer, name, value)
        await rig.citizen().apply(LETTERS, ITEM, CARD)
        await rig.tap("print")
        for _ in range(300):
            rig.kiosk.pace.touched()
            await rig.clock.sleep(1)
            if rig.kiosk.session.sheet is not Slip.PRINTING:
                break
        assert rig.kiosk.session.sheet in (Slip.NOT_PRINTED, Slip.UNKNOWN)
        assert "再试" in reads(rig)
        assert len(await rig.cases()) == 1
        for name in SHEET_SETUPS[setup]:
            setattr(printer, name, getattr(type(printer)(), name))
        await rig.tap("print")
        for _ in range(60):
            rig.kiosk.pace.touched()
            await rig.clock.sleep(1)
        assert rig.kiosk.session.sheet is Slip.PRINTED
        assert "已打印" in reads(rig)

    kiosk_night(main)


def test_on_its_battery_the_footer_says_so_and_what_was_begun_is_ended():
    async def main(rig: KioskRig) -> None:
        supply = rig.hardware.supplies[KIOSK]
        await to_identify(rig)
        supply.change(on_battery=True)
        await rig.clock.sleep(20)
        assert "备用电源" in reads(rig)
        supply.change(low=True)
        await rig.clock.sleep(20)
        assert rig.kiosk.session.state is State.IDENTIFY, "nobody is sent away in the middle"
        await rig.tap("leave")
        await rig.tap("confirm")
        await rig.clock.sleep(30)
        assert rig.kiosk.session.state is State.OUT_OF_SERVICE
        said = reads(rig)
        assert "备用电源" in said
        assert rig.kiosk.face.helpline in said
        supply.change(on_battery=False, low=False)
        await rig.clock.sleep(20)
        assert rig.kiosk.session.is_fresh

    kiosk_night(main)


@pytest.mark.parametrize("seconds", [3600, -3600, -1_789_000_000])
def test_a_clock_that_jumps_neither_ends_a_session_nor_moves_the_day_on_the_notice(seconds):
    async def main(rig: KioskRig) -> None:
        citizen = rig.citizen()
        await to_identify(rig)
        rig.kiosk_clock.jump(seconds)
        await rig.clock.sleep(30)
        assert rig.kiosk.session.state is State.IDENTIFY
        rig.hardware.readers[KIOSK].lay_on(CARD)
        await citizen.until(State.CONSENT)
        await citizen.tap("agree")
        await citizen.until(State.FORM)
        await citizen.hand_in(State.DELIVER)
        (case,) = await rig.cases()
        notice = rig.kiosk.session.issued.notice
        assert notice.issued_at.date() == rig.clock.now().date()
        assert (notice.case, notice.due) == (case.number, case.due)
        unset = rig.kiosk.world.is_behind(rig.kiosk_clock.now())
        assert unset is (abs(seconds) > 10_000), "only a clock that was never set is not shown"

    kiosk_night(main)


def test_a_full_disk_closes_the_kiosk_in_words_and_room_on_it_opens_it_again():
    async def main(rig: KioskRig) -> None:
        disk: sqlite3.Connection = rig.disk.open(rig.hall.hall.run / f"{KIOSK}.db")
        pages = disk.execute("PRAGMA page_count").fetchone()[0]
        free = disk.execute("PRAGMA freelist_count").fetchone()[0]
        disk.execute(f"PRAGMA max_page_count = {pages - free}")
        filled = 0
        for _ in range(400):
            try:
                disk.execute("INSERT OR REPLACE INTO page VALUES (?, ?)", (f"filler {filled}", bytes(200)))
                filled += 1
            except sqlite3.Error:
                break
        await rig.kill("stores")
        await rig.tap("start")
        for _ in range(60):
            if rig.kiosk.session.state is State.OUT_OF_SERVICE:
                break
            await rig.tap("help")
            await rig.clock.sleep(2)
            rig.kiosk.press("stay")
        assert rig.kiosk.session.state is State.OUT_OF_SERVICE
        said = reads(rig)
        assert "暂停" in said
        assert rig.kiosk.face.helpline in said
        disk.execute("PRAGMA max_page_count = 100000")
        await rig.clock.sleep(65)
        assert rig.kiosk.session.is_fresh
        await rig.tap("start")
        assert rig.kiosk.session.state is State.HOME

    kiosk_night(main)
