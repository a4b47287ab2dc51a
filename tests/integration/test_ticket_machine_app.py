"""The whole ticket machine with the real engine and the simulated printer: tickets, the day, cards and the screen."""

import asyncio
import random
import tomllib
from collections import Counter
from datetime import date, datetime, timedelta
from io import BytesIO

from PIL import Image
from ticket_machine_rig import CardAt, Rig, day, of

from contract import codec
from contract.board import HallMode
from contract.body import Command, Result
from contract.field import TicketPrinted
from contract.link import CommandDone, CommandRefused
from contract.queue import TicketState
from contract.queue_facts import OfflineTicketAccepted, TicketCancelled, TicketIssued
from contract.queue_requests import AskTicket, SetMode, TicketReply
from contract.screen import PictureTaken, PressScreen, TakePicture
from contract.topics import Channel
from hall24.presets import ALWAYS, OFFICE, county_hall
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from hallkit.runtime.postmark import open_message
from hallkit.touch.audit import assert_good
from queue_caller.core.machine_session import Happened
from queue_caller.core.machine_table import Event, State
from queue_caller.screens import home_targets

REAL_HALL = parse(tomllib.loads(county_hall(hours=ALWAYS).replace("demo = true", "demo = false")), Hall)


OFFICE_HALL = parse(tomllib.loads(county_hall(hours=OFFICE)), Hall)


def test_one_tap_gives_a_ticket_on_screen_and_on_paper() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        ticket = await rig.take(app)
        assert_good(app.display.scene, app.display.shown(app.session, app.world, rig.clock.now(), 8).look)
        assert (ticket, app.session.state) == ("A001", State.ISSUED)
        assert len(rig.printer.jobs) == 1
        printed = of(TicketPrinted, rig.machine_facts(app))
        assert printed == [TicketPrinted(job="20260914-A001/0", ticket="A001", business_day=date(2026, 9, 14))]
        await rig.clock.sleep(11)
        assert app.session.state is State.HOME

    day(main)


def test_a_double_press_gives_one_ticket() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.tap(app, "pick:A")
        rig.tap(app, "pick:A")
        await rig.clock.sleep(3)
        assert len(of(TicketIssued, rig.engine_facts())) == 1
        assert len(rig.printer.jobs) == 1

    day(main)


def test_a_closed_service_gives_a_ticket_for_its_opening() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.take(app)
        assert app.session.ticket is not None
        assert app.session.ticket.serves_from == datetime(2026, 9, 15, 8, 30, tzinfo=SHANGHAI)
        assert app.session.state is State.ISSUED

    day(main, datetime(2026, 9, 15, 2, 30, tzinfo=SHANGHAI), OFFICE_HALL)


def test_an_emergency_stops_issuing_everywhere_until_it_is_over() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        desk = Device(
            rig.hall.address("manager-1"), "x", links=rig.broker.links(), clock=rig.clock, chance=random.Random(9)
        )
        rig.others.append(asyncio.ensure_future(desk.run()))
        await rig.clock.sleep(1)
        await desk.ask("queue", SetMode(mode=HallMode.EMERGENCY))
        await rig.clock.sleep(1)
        assert app.session.state is State.EMERGENCY
        assert not any(action.startswith("pick") for action in app.targets())
        await desk.ask("queue", SetMode(mode=None))
        await rig.clock.sleep(1)
        assert app.session.state is State.HOME

    day(main)


def test_a_ticket_of_before_the_day_starts_keeps_its_day_and_the_next_numbers_start_afresh() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        assert await rig.take(app) == "A001"
        await rig.clock.sleep(600)
        assert app.day() == date(2026, 9, 15)
        await rig.stop_engine()
        offline = await rig.take(app)
        assert app.session.ticket is not None
        assert (offline, app.session.ticket.business_day) == ("A500", date(2026, 9, 15))
        await rig.clock.sleep(100)
        await rig.start_engine()
        await rig.clock.sleep(100)
        merged = [fact for fact in rig.engine_facts() if isinstance(fact, OfflineTicketAccepted)]
        assert [(fact.ticket, fact.business_day) for fact in merged] == [("A500", date(2026, 9, 15))]
        days = Counter(held.block.business_day for held in app.store.blocks() if held.block.service == "A")
        assert days == {date(2026, 9, 14): 1, date(2026, 9, 15): 1, date(2026, 9, 16): 1}

    day(main, datetime(2026, 9, 15, 5, 55, tzinfo=SHANGHAI))


def test_my_ticket_can_be_looked_up_left_and_given_up() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.take(app)
        await rig.clock.sleep(11)
        for action in ("find", "key:A", "key:0", "key:0", "key:1", "enter"):
            rig.tap(app, action)
            await rig.clock.sleep(0.3)
        assert app.session.state is State.TICKET
        rig.tap(app, "cancel")
        await rig.clock.sleep(0.2)
        rig.tap(app, "confirm")
        await rig.clock.sleep(0.5)
        assert app.session.state is State.NOTED
        assert [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketCancelled)] == ["A001"]

    day(main)


def test_the_same_person_with_a_card_gets_the_same_ticket_and_no_number_is_kept() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine(CardAt())
        await rig.clock.sleep(1)
        assert app.session.state is State.REFUSED
        dump = "\n".join(rig.machine_disk.iterdump())
        assert "199001010016" not in dump

    day(main)


def test_an_exception_shows_the_fail_safe_and_wipes_the_session() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.tap(app, "matters")
        await rig.clock.sleep(0.1)
        app.press("page:a screw is loose")
        await rig.clock.sleep(0.1)
        assert app.session.state is State.FAIL_SAFE
        await rig.clock.sleep(25)
        assert app.session.state is State.HOME
        assert app.session.is_fresh

    day(main)


def test_at_rest_only_the_clock_is_painted() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.clock.sleep(60)
        before = app.display.paints
        await rig.clock.sleep(600)
        assert app.display.paints - before == 10

    day(main)


def test_a_ticket_of_another_machine_is_found_by_its_number() -> None:
    async def main(rig: Rig) -> None:
        other = Device(
            rig.hall.address("ticket-2"), "x", links=rig.broker.links(), clock=rig.clock, chance=random.Random(5)
        )
        rig.others.append(asyncio.ensure_future(other.run()))
        app = await rig.start_machine()
        await rig.take(app)
        reply = await other.ask("queue", AskTicket(ticket="A001"))
        assert isinstance(reply, TicketReply)
        assert reply.tickets[0].state is TicketState.WAITING

    day(main)


def test_a_time_booked_at_the_machine_is_checked_in_with_its_code() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        app.press("explain:A")
        app.press("book")
        await rig.clock.sleep(1)
        assert app.session.state is State.NOTED
        note = app.session.note
        assert note is not None
        assert note.when == datetime(2026, 9, 14, 10, 45, tzinfo=SHANGHAI)
        await rig.clock.sleep(35 * 60)
        for action in ("code", *(f"key:{digit}" for digit in note.code), "enter"):
            rig.tap(app, action)
            await rig.clock.sleep(0.3)
        assert app.session.state is State.ISSUED
        assert [fact.appointment for fact in rig.engine_facts() if isinstance(fact, TicketIssued)] != [None]

    day(main)


class Watcher:
    """Whoever looks at the machine's screen from afar."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._results: asyncio.Queue[Result] = asyncio.Queue()
        self._machine = rig.hall.address("ticket-1")
        self._device = Device(
            rig.hall.address("intake"), "x", links=rig.broker.links(), clock=rig.clock, chance=random.Random(3),
            hear={self._machine.topic(Channel.RESULT): lambda message: self._results.put_nowait(
                codec.body_of(open_message(message).envelope, Result))},
        )  # fmt: skip
        rig.others.append(asyncio.ensure_future(self._device.run()))

    async def command(self, command: Command) -> Result:
        deadline = self._rig.clock.now() + timedelta(seconds=5)
        data = self._device.postmark.stamp(command, deadline=deadline)
        self._device.link.publish(self._machine.topic(Channel.COMMAND), data, qos=1)
        return await self._results.get()


def test_the_screen_is_seen_and_pressed_from_the_live_page_of_a_demonstration() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        watcher = Watcher(rig)
        await rig.clock.sleep(0.1)
        taken = await watcher.command(TakePicture(width=360))
        assert isinstance(taken, PictureTaken)
        assert (taken.width, taken.height) == (1080, 1920)
        picture = Image.open(BytesIO(taken.png))
        assert (picture.size, picture.mode) == ((360, 640), "P")
        assert len(taken.png) <= 45_000
        again = await watcher.command(TakePicture(width=360, known=taken.fingerprint))
        assert again == PictureTaken(fingerprint=taken.fingerprint, width=1080, height=1920)
        box = home_targets(rig.hall, rig.hall.device["ticket-1"], rig.clock.now())["pick:C"]
        assert await watcher.command(PressScreen(x=box.x + 9, y=box.y + 9)) == CommandDone()
        await rig.clock.sleep(1)
        assert app.session.state is State.ISSUED
        assert app.session.service == "C"

    day(main)


def test_outside_a_demonstration_nobody_presses_the_screen_from_afar() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        watcher = Watcher(rig)
        await rig.clock.sleep(0.1)
        assert await watcher.command(PressScreen(x=500, y=500)) == CommandRefused(code="not_a_demo")
        assert app.session.state is State.HOME

    day(main, hall=REAL_HALL)


def test_a_late_answer_is_never_shown_to_the_next_citizen() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.tap(app, "matters")
        await rig.clock.sleep(0.1)
        rig.broker.latency = 0.4
        app.press("pick:C")
        await rig.clock.sleep(0.1)
        app.handle(Happened(event=Event.TIMEOUT))
        assert app.session.state is State.FAIL_SAFE
        await rig.clock.sleep(21)
        assert app.session.state is State.REPRINT
        assert app.session.ticket is not None
        assert app.session.ticket.ticket == "C001"

    day(main)
