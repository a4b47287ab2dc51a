"""A kiosk at half past two on a Sunday night: touches, a card and paper on one side, the centre's case on the other."""

from datetime import date, datetime, timedelta

from kiosk_rig import AUTHORITY, KIOSK, KioskRig, kiosk_night

from contract.case_facts import NoticePrinted, NoticePrintFailed
from contract.cases import CaseChannel, NoticeKind
from contract.field import TicketPrinted
from contract.guide_desk import ComplaintFiled, HelpCalled, HelpHeard
from contract.link import Fault
from contract.rating import RatingGiven
from contract.topics import Channel
from hall24.demo.night import link_on
from hallkit.runtime.clock import SHANGHAI
from kiosk.core.identity_token import claim_of, token_of
from kiosk.core.session import Help, Proof, Slip
from kiosk.core.table import State
from kiosk.core.world import Part
from simulators.id_cards import CARDS, resident, synthetic_number

ITEM, LETTERS = "food-licence", "spjy"


def test_a_citizen_alone_applies_and_leaves_with_a_notice_whose_code_shows_the_case(tmp_path):
    async def main(rig: KioskRig) -> None:
        citizen = rig.citizen()
        await citizen.apply(LETTERS, ITEM, resident("演示人"))
        picture = await citizen.notice(tmp_path)
        issued = rig.kiosk.session.issued
        assert issued is not None
        notice = issued.notice
        await rig.clock.sleep(3)
        assert rig.kiosk.session.issued.slip is Slip.PRINTED
        await citizen.leave(5)
        assert rig.kiosk.session.is_fresh
        (case,) = await rig.cases()
        assert (case.number, case.application.channel) == (notice.case, CaseChannel.KIOSK)
        assert link_on(picture).endswith(f"/p/{case.application.link}")
        assert notice.due == date(2026, 9, 18), "Sunday does not count, the five working days begin on Monday"
        assert notice.kind is NoticeKind.ACCEPTANCE
        assert case.application.signature
        await rig.clock.sleep(5)
        assert [one.document for one in await rig.facts(NoticePrinted)] == [notice.document]
        assert [one.service_event for one in await rig.facts(RatingGiven)] == [f"case/{notice.case}"]
        assert citizen.seen[0] == State.ATTRACT

    kiosk_night(main)


def test_an_electronic_identity_is_believed_only_with_the_authoritys_signature():
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        until = datetime(2026, 9, 13, 3, 0, tzinfo=SHANGHAI)
        claim = claim_of("演示人", synthetic_number(date(1984, 2, 29), 1), until)
        scanner = rig.hardware.scanners[KIOSK]
        scanner.show(token_of(claim, bytes(64)))
        await rig.clock.sleep(3)
        assert rig.kiosk.session.person is None
        scanner.show(token_of(claim, AUTHORITY.sign(claim)))
        await rig.clock.sleep(3)
        assert rig.kiosk.session.state is State.CONSENT
        assert rig.kiosk.session.person.proof is Proof.CODE

    kiosk_night(main)


def test_an_expired_card_is_told_and_another_one_is_taken_after_it():
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        reader = rig.hardware.readers[KIOSK]
        reader.lay_on(CARDS["expired"])
        await rig.clock.sleep(4)
        assert (rig.kiosk.session.state, rig.kiosk.session.reading) == (State.IDENTIFY, "expired")
        reader.lift()
        await rig.clock.sleep(2)
        reader.lay_on(resident("演示人"))
        await rig.clock.sleep(4)
        assert rig.kiosk.session.state is State.CONSENT

    kiosk_night(main)


def test_a_card_left_behind_holds_the_end_until_it_is_taken():
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        rig.hardware.readers[KIOSK].lay_on(resident("演示人"))
        await rig.clock.sleep(4)
        await rig.tap("leave")
        await rig.tap("confirm")
        await rig.clock.sleep(40)
        assert (rig.kiosk.session.state, rig.kiosk.session.card_left) == (State.CLEAR, True)
        assert [one.screen for one in await rig.facts(HelpCalled)] == ["card_left"], "the desk is called, once"
        rig.hardware.readers[KIOSK].lift()
        await rig.clock.sleep(12)
        assert rig.kiosk.session.is_fresh

    kiosk_night(main)


def test_a_citizen_who_walks_away_is_asked_for_twenty_seconds_and_then_forgotten():
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        await rig.clock.sleep(61)
        assert rig.kiosk.session.state is State.STILL_THERE
        await rig.tap("stay")
        assert rig.kiosk.session.state is State.IDENTIFY
        await rig.clock.sleep(61)
        await rig.clock.sleep(30)
        assert rig.kiosk.session.is_fresh

    kiosk_night(main)


def test_a_device_that_is_pulled_out_is_told_and_comes_back_by_itself():
    async def main(rig: KioskRig) -> None:
        name = "kiosk-printer-1"
        pulled = rig.sockets.unplug(name)
        await rig.clock.sleep(3)
        assert rig.kiosk.world.outage(Part.SLIP) == "unplugged"
        rig.sockets.plug_back(name, pulled)
        await rig.clock.sleep(30)
        assert rig.kiosk.world.outage(Part.SLIP) == ""

    kiosk_night(main)


def test_with_the_centre_away_the_application_is_kept_sealed_and_handed_in_later():
    async def main(rig: KioskRig) -> None:
        citizen = rig.citizen()
        await citizen.until(State.ATTRACT)
        for action in ("start", "apply", "search", *(f"key:{letter}" for letter in LETTERS), f"pick:item:{ITEM}"):
            await citizen.tap(action)
        await citizen.until(State.GUIDE)
        await rig.kill("centre")
        await citizen.tap("back")
        await citizen.tap("search")
        for letter in LETTERS:
            await citizen.tap(f"key:{letter}")
        await citizen.tap(f"pick:item:{ITEM}")
        await citizen.until(State.GUIDE)
        await citizen.finish(resident("演示人"), State.AWAY)
        assert rig.kiosk.session.told.word == "kept"
        kept = [one for key in rig.kiosk.store.waiting() for one in rig.kiosk.store.sealed(key)]
        assert kept
        assert not any("演示人".encode() in one or b"13800000000" in one for one in kept)
        await rig.start("centre")
        await rig.clock.sleep(90)
        (case,) = await rig.cases()
        assert case.application.parts[0].item == ITEM
        assert rig.kiosk.store.waiting() == []

    kiosk_night(main)


async def to_identify(rig: KioskRig) -> None:
    citizen = rig.citizen()
    await citizen.until(State.ATTRACT)
    for action in ("start", "apply", "search", *(f"key:{letter}" for letter in LETTERS), f"pick:item:{ITEM}"):
        await citizen.tap(action)
    await citizen.until(State.GUIDE)
    await citizen.tap("next")
    await citizen.tell_the_situation()
    await citizen.until(State.IDENTIFY)


def test_a_call_for_help_reaches_the_hall_at_once_and_the_desks_word_reaches_the_citizen():
    async def main(rig: KioskRig) -> None:
        await to_identify(rig)
        await rig.tap("help")
        await rig.clock.sleep(2)
        (called,) = await rig.facts(HelpCalled)
        assert (called.screen, rig.kiosk.session.help) == (State.IDENTIFY, Help.CALLING)
        desk = rig.centre.device
        heard = desk.postmark.stamp(HelpHeard(help=called.help), deadline=rig.clock.now() + timedelta(seconds=30))
        desk.link.publish(rig.hall.address(KIOSK).topic(Channel.COMMAND), heard)
        await rig.clock.sleep(1)
        assert rig.kiosk.session.help is Help.HEARD
        await rig.tap("stay")
        assert rig.kiosk.session.state is State.IDENTIFY

    kiosk_night(main)


def test_nobody_at_the_guide_desk_is_told_after_a_while():
    async def main(rig: KioskRig) -> None:
        await rig.tap("start")
        await rig.tap("help")
        await rig.clock.sleep(46)
        assert rig.kiosk.session.help is Help.UNHEARD

    kiosk_night(main)


def test_a_complaint_needs_no_name_and_gets_a_number():
    async def main(rig: KioskRig) -> None:
        for action in ("start", "complain", "category:slow"):
            await rig.tap(action)
        rig.kiosk.press("field:text")
        for letter in "tai":
            await rig.tap(f"key:{letter}")
        await rig.tap("key:pick:0")
        rig.kiosk.press("next")
        await rig.clock.sleep(3)
        assert (rig.kiosk.session.state, rig.kiosk.session.told.word) == (State.NOTED, "complained")
        (filed,) = await rig.facts(ComplaintFiled)
        assert filed.complaint.endswith(rig.kiosk.session.told.number)
        assert (filed.category, bool(filed.text)) == ("slow", True)

    kiosk_night(main)


def test_the_progress_of_a_case_is_shown_to_its_owner_and_its_notice_is_printed_again(tmp_path):
    async def main(rig: KioskRig) -> None:
        citizen = rig.citizen()
        await citizen.apply(LETTERS, ITEM, resident("演示人"))
        await citizen.leave(4)
        await rig.tap("start")
        await rig.tap("print")
        rig.hardware.readers[KIOSK].lay_on(resident("演示人"))
        await citizen.until(State.CASE)
        (case,) = await rig.cases()
        assert rig.kiosk.session.case.case == case.number
        await rig.tap(f"reprint:{rig.kiosk.session.case.documents[0]}")
        await citizen.until(State.DELIVER)
        await rig.clock.sleep(6)
        issued = rig.kiosk.session.issued
        assert (issued.notice.copy, issued.slip) == (1, Slip.PRINTED)

    kiosk_night(main)


def test_a_ticket_for_a_window_comes_out_of_the_same_slot():
    async def main(rig: KioskRig) -> None:
        await rig.tap("start")
        await rig.tap("ticket")
        await rig.tap("pick:queue:A")
        await rig.clock.sleep(5)
        assert rig.kiosk.session.state is State.TICKET
        (printed,) = await rig.facts(TicketPrinted)
        assert printed.ticket == rig.kiosk.session.ticket.ticket

    kiosk_night(main)


def test_an_items_guide_is_printed_on_a4_to_take_home():
    async def main(rig: KioskRig) -> None:
        for action in ("start", "apply", "search", *(f"key:{letter}" for letter in LETTERS), f"pick:item:{ITEM}"):
            await rig.tap(action)
        await rig.clock.sleep(1)
        await rig.tap("print")
        await rig.clock.sleep(20)
        assert rig.kiosk.session.sheet is Slip.PRINTED
        (job,) = rig.hardware.sheet_printers[KIOSK].jobs
        assert job.document.startswith(b"%PDF")

    kiosk_night(main)


def test_without_paper_the_case_is_there_and_its_code_is_on_the_screen():
    async def main(rig: KioskRig) -> None:
        rig.hardware.printers[KIOSK].paper_dots = 0
        await rig.citizen().apply(LETTERS, ITEM, resident("演示人"))
        await rig.clock.sleep(10)
        issued = rig.kiosk.session.issued
        assert issued.slip in (Slip.NOT_PRINTED, Slip.UNKNOWN)
        assert issued.cause == "paper_out"
        (failed,) = await rig.facts(NoticePrintFailed)
        assert (failed.document, failed.cause) == (issued.notice.document, Fault.PAPER_OUT)
        assert len(await rig.cases()) == 1

    kiosk_night(main)


def test_on_its_last_battery_nobody_new_begins_and_with_the_current_it_serves_again():
    async def main(rig: KioskRig) -> None:
        supply = rig.hardware.supplies[KIOSK]
        supply.change(on_battery=True, low=True)
        await rig.clock.sleep(20)
        assert rig.kiosk.session.state is State.OUT_OF_SERVICE
        assert rig.kiosk.world.on_battery
        supply.change(on_battery=False, low=False)
        await rig.clock.sleep(20)
        assert rig.kiosk.session.is_fresh

    kiosk_night(main)


def test_what_was_promised_for_later_is_brought_to_the_kiosk_another_night():
    async def main(rig: KioskRig) -> None:
        citizen = rig.citizen()
        citizen.later = ("premises-proof",)
        await citizen.apply(LETTERS, ITEM, resident("演示人"))
        assert rig.kiosk.session.issued.notice.kind is NoticeKind.CONDITIONAL
        await citizen.leave(4)
        await rig.tap("start")
        await rig.tap("progress")
        await rig.tap("by:card")
        rig.hardware.readers[KIOSK].lay_on(resident("演示人"))
        await citizen.until(State.CASE)
        await rig.tap("supplement")
        await citizen.tap("material:premises-proof")
        await citizen.tap("shoot")
        await citizen.tap("done")
        await citizen.tap("next")
        await citizen.until(State.DELIVER)
        (case,) = await rig.cases()
        assert case.materials["premises-proof"].digest
        assert not case.outstanding

    kiosk_night(main)
