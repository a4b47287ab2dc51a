"""A citizen lays an ID card on the ticket machine: booking, ticket, the same ticket again, nothing personal kept."""

import logging
from dataclasses import replace
from datetime import datetime

import pytest
import zxingcpp
from machine_rig import MACHINE, MORNING, OFFICE_HALL, MachineRig, machine_day

from contract.link import Fault
from contract.queue import IssueChannel
from contract.queue_facts import AppointmentCheckedIn
from contract.topics import Channel
from hallkit.codecs.sam_v import POLL_PAUSE, Ask, Status
from hallkit.rules.identity import check_character
from hallkit.rules.sensitive import Sensitive
from hallkit.runtime.clock import SHANGHAI
from queue_caller.core.machine_session import Session
from queue_caller.core.machine_table import State
from simulators.id_cards import CARDS, SimulatedCard, resident

CARD = CARDS["rare_name"]
EVENING = datetime(2026, 9, 14, 19, 0, tzinfo=SHANGHAI)
PATIENCE = 5.0


async def lay_on(rig: MachineRig, card: SimulatedCard = CARD, machine: str = MACHINE) -> Session:
    """Let a citizen go to the card screen with a card; return what stands there after a moment."""
    assert rig.app is not None
    rig.tap("booking")
    await rig.clock.sleep(1)
    assert rig.app.session.state is State.IDENTIFY
    rig.hardware.readers[machine].lay_on(card)
    await rig.clock.sleep(PATIENCE)
    rig.hardware.readers[machine].lift()
    return rig.app.session


async def home_again(rig: MachineRig) -> None:
    assert rig.app is not None
    await rig.clock.sleep(90)
    assert rig.app.session.is_fresh


def personal(card: SimulatedCard) -> list[str]:
    text = card.text
    return [text.name.reveal(), text.number.reveal(), text.address.reveal(), text.number.reveal()[6:14]]


def test_a_card_gives_a_ticket_and_the_same_card_again_shows_that_ticket() -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        carded = await lay_on(rig)
        assert (carded.state, bool(carded.person)) == (State.HOME, True)
        rig.tap("pick:A")
        await rig.clock.sleep(2)
        assert rig.app.session.ticket is not None
        assert rig.app.session.ticket.ticket == "A001"
        assert rig.issued()[0].channel is IssueChannel.CARD
        await home_again(rig)

        again = await lay_on(rig)
        assert again.state is State.TICKET
        assert again.standing is not None
        assert again.standing.ticket == "A001"
        await home_again(rig)
        assert len(rig.issued()) == len(rig.hardware.printers[MACHINE].jobs) == 1

    machine_day(main)


def test_a_card_laid_on_the_first_screen_is_read_there() -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        reader = rig.hardware.readers[MACHINE]
        await rig.clock.sleep(200)
        reader.lay_on(CARD)
        await rig.clock.sleep(PATIENCE)
        assert (rig.app.session.state, bool(rig.app.session.person)) == (State.HOME, True)
        rig.tap("pick:A")
        await rig.clock.sleep(2)
        assert rig.app.session.state is State.ISSUED
        assert rig.issued()[0].channel is IssueChannel.CARD

        await home_again(rig)
        await rig.clock.sleep(60)
        assert rig.app.session.is_fresh, "a card left lying is not read again"
        reader.lift()
        await rig.clock.sleep(2)
        reader.lay_on(CARD)
        await rig.clock.sleep(PATIENCE)
        assert rig.app.session.state is State.TICKET
        reader.lift()
        await home_again(rig)
        assert len(rig.issued()) == 1

    machine_day(main)


def test_on_the_first_screen_too_a_reader_that_comes_back_reads_again() -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        reader = rig.hardware.readers[MACHINE]
        reader.silent = True
        await rig.clock.sleep(60)
        assert Fault.READER_SILENT in rig.app.world.faults
        reader.silent = False
        await rig.clock.sleep(60)
        reader.lay_on(CARD)
        await rig.clock.sleep(PATIENCE)
        assert rig.app.session.person

    machine_day(main)


def test_a_card_at_another_machine_of_the_hall_shows_the_ticket_it_has() -> None:
    async def main(rig: MachineRig) -> None:
        await lay_on(rig)
        rig.tap("pick:A")
        await home_again(rig)
        await rig.kill("machine")
        await rig.start_machine("ticket-2")
        again = await lay_on(rig, machine="ticket-2")
        assert again.state is State.TICKET
        assert again.standing is not None
        assert again.standing.ticket == "A001"
        assert len(rig.issued()) == 1

    machine_day(main)


def test_the_halls_salt_is_in_no_fact_and_on_nobodys_topic_but_the_machines() -> None:
    async def main(rig: MachineRig) -> None:
        await lay_on(rig)
        rig.tap("pick:A")
        await home_again(rig)
        assert rig.app is not None
        salts = [one.hex() for one in rig.app.store.salts()]
        assert len(salts) == 2, "today's and tomorrow's, for both are leased"
        told = {topic for topic, payload in heard if any(one.encode() in payload for one in salts)}
        assert told == {rig.hall.address(MACHINE).topic(Channel.REPLY)}

    heard: list[tuple[str, bytes]] = []

    async def listening(rig: MachineRig) -> None:
        rig.broker.taps.append(lambda topic, payload, retain: heard.append((topic, payload)))
        await rig.kill("machine")
        rig.disk.databases.pop(rig.hall.hall.run / f"{MACHINE}.db")
        await rig.start_machine()
        await main(rig)

    machine_day(listening)


def test_two_cards_are_two_people() -> None:
    async def main(rig: MachineRig) -> None:
        for card in (CARD, CARDS["resident"]):
            await lay_on(rig, card)
            rig.tap("pick:A")
            await home_again(rig)
        assert [one.ticket for one in rig.issued()] == ["A001", "A002"]
        assert len({one.person for one in rig.issued()}) == 2

    machine_day(main)


def test_who_laid_a_card_on_and_left_is_forgotten() -> None:
    async def main(rig: MachineRig) -> None:
        await lay_on(rig)
        await home_again(rig)
        rig.tap("pick:A")
        await rig.clock.sleep(2)
        assert rig.issued()[0].channel is IssueChannel.TOUCH

    machine_day(main)


def test_a_time_booked_with_a_card_in_the_evening_is_a_ticket_with_that_card_next_morning() -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        rig.broker.taps.clear()
        await lay_on(rig)
        rig.app.press("explain:A")
        rig.app.press("book")
        await rig.clock.sleep(2)
        assert rig.app.session.note is not None
        start = rig.app.session.note.when
        assert start is not None
        assert start.date() > EVENING.date()
        await rig.clock.sleep((start - rig.clock.now()).total_seconds())

        came = await lay_on(rig)
        assert came.ticket is not None
        checked = [fact for fact in rig.engine_facts() if isinstance(fact, AppointmentCheckedIn)]
        assert [(fact.ticket, fact.in_time) for fact in checked] == [(came.ticket.ticket, True)]
        await home_again(rig)
        again = await lay_on(rig)
        assert again.standing is not None
        assert again.standing.ticket == came.ticket.ticket

    machine_day(main, EVENING, OFFICE_HALL)


def test_nothing_of_the_card_is_on_a_disk_in_a_message_or_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    async def main(rig: MachineRig) -> None:
        await lay_on(rig)
        rig.tap("pick:A")
        await home_again(rig)
        await lay_on(rig)
        await home_again(rig)
        disks = "\n".join(line for disk in rig.disk.databases.values() for line in disk.iterdump())
        said = b"\n".join(rig.said).decode("utf-8", "replace")
        for secret in personal(CARD):
            for place in (disks, said, caplog.text):
                assert secret not in place

    with caplog.at_level(logging.DEBUG):
        machine_day(main)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_masked_name_is_printed_only_where_the_hall_allows_it(allowed: bool) -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        await lay_on(rig)
        rig.tap("pick:A")
        await rig.clock.sleep(2)
        ticket = rig.app.session.ticket
        assert ticket is not None
        assert ticket.holder == ("欧阳*" if allowed else "")
        rig.app.press("done")
        rig.tap("pick:C")
        await rig.clock.sleep(2)
        carded, plain = (job.image() for job in rig.hardware.printers[MACHINE].jobs)
        assert (carded.height > plain.height) is allowed
        assert zxingcpp.read_barcodes(carded.convert("L"))[0].text.endswith(ticket.link)

    machine_day(main, name_on_slip=allowed)


def test_a_real_number_is_refused_in_a_demonstration() -> None:
    async def main(rig: MachineRig) -> None:
        number = "99999919900101001"
        synthetic = resident("示范人")
        text = replace(synthetic.text, number=Sensitive(number + check_character(number)))
        real = replace(synthetic, text=text)
        told = await lay_on(rig, real)
        assert (told.state, told.reason, told.person) == (State.REFUSED, "identity", None)

    machine_day(main)


def test_a_card_that_cannot_be_read_is_told_on_the_screen_and_may_be_laid_on_again() -> None:
    async def main(rig: MachineRig) -> None:
        reader = rig.hardware.readers[MACHINE]
        reader.read_fault = Status.READ_FAILED
        told = await lay_on(rig)
        assert (told.state, told.reason) == (State.IDENTIFY, "moved")
        reader.read_fault = None
        reader.lay_on(CARD)
        await rig.clock.sleep(PATIENCE)
        assert rig.app is not None
        assert rig.app.session.person

    machine_day(main)


def test_without_its_reader_the_machine_says_so_and_gives_tickets_by_touch() -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        rig.sockets.unplug("reader-1")
        await rig.clock.sleep(2)
        assert Fault.READER_SILENT in rig.app.world.faults
        assert "booking" not in rig.app.targets()
        assert "code" in rig.app.targets()
        rig.tap("pick:A")
        await rig.clock.sleep(2)
        assert len(rig.issued()) == 1

    machine_day(main)


def test_at_rest_the_reader_searches_at_its_own_pace_and_nothing_else_is_asked() -> None:
    async def main(rig: MachineRig) -> None:
        asked = len(rig.hardware.readers[MACHINE].asked)
        await rig.clock.sleep(600)
        searched = rig.hardware.readers[MACHINE].asked[asked:]
        assert list(dict.fromkeys(searched)) == [Ask.FIND]
        assert len(searched) <= 600 / POLL_PAUSE

    machine_day(main, MORNING)
