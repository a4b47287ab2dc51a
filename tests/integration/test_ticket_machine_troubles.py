"""The ticket machine without engine, without paper, after crashes and with a full disk: no place is lost or doubled."""

from datetime import date

import pytest
from ticket_machine_rig import Rig, day, of

from contract.field import FaultRaised, TicketPrinted, TicketPrintFailed
from contract.link import Ack, Fault
from contract.queue_facts import OfflineTicketAccepted, TicketCancelled, TicketIssued
from contract.topics import Channel
from hallkit.touch.audit import assert_good
from queue_caller.core.machine_table import State
from queue_caller.drivers.machine_store import Paper


def test_without_the_engine_the_machine_gives_its_own_numbers_and_hands_them_in_once() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        first = await rig.take(app)
        await rig.clock.sleep(11)
        await rig.stop_engine()
        offline = []
        for service in ("A", "C", "A", "A"):
            offline.append(await rig.take(app, service))
            assert app.session.state is State.OFFLINE
            await rig.clock.sleep(25)
        assert app.world.faults == (Fault.ENGINE_AWAY,)
        await rig.start_engine()
        await rig.clock.sleep(90)
        later = await rig.take(app)

        assert (first, later) == ("A001", "A002")
        assert offline == ["A500", "C500", "A501", "A502"]
        merged = [fact for fact in rig.engine_facts() if isinstance(fact, OfflineTicketAccepted)]
        assert sorted(fact.ticket for fact in merged) == sorted(offline)
        taken = [fact.since for fact in merged if fact.ticket.startswith("A")]
        assert taken == sorted(taken)
        assert app.store.unmerged() == []
        assert app.store.pending() == []
        assert app.world.faults == ()

    day(main)


def test_a_ticket_the_engine_made_after_all_is_taken_back_when_the_citizen_holds_an_offline_one() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.broker.latency = 1.2
        ticket = await rig.take(app)
        assert (ticket, app.session.state) == ("A500", State.OFFLINE)
        rig.broker.latency = 0.0
        await rig.clock.sleep(120)

        issued = [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketIssued)]
        cancelled = [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketCancelled)]
        merged = [fact.ticket for fact in rig.engine_facts() if isinstance(fact, OfflineTicketAccepted)]
        assert issued == cancelled == ["A001"]
        assert merged == ["A500"]
        assert app.store.pending() == []

    day(main)


def test_without_the_engine_and_without_numbers_the_screen_says_so_and_no_ticket_is_taken() -> None:
    async def main(rig: Rig) -> None:
        await rig.stop_engine()
        app = await rig.start_machine()
        rig.tap(app, "pick:A")
        await rig.clock.sleep(2)
        assert app.session.state is State.AWAY
        assert app.session.ticket is None
        assert rig.printer.jobs == []
        await rig.start_engine()
        await rig.clock.sleep(90)
        assert of(TicketIssued, rig.engine_facts()) == []
        assert app.store.pending() == []

    day(main)


@pytest.mark.parametrize(
    "change,cause", [({"paper_dots": 0}, Fault.PAPER_OUT), ({"paper_dots": 300}, Fault.PAPER_OUT),
                     ({"silent": True}, Fault.PRINTER_SILENT), ({"cover_open": True}, Fault.COVER_OPEN)],
)  # fmt: skip
def test_a_printer_in_trouble_never_costs_a_place(change: dict[str, object], cause: Fault) -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.printer.change(**change)
        await rig.clock.sleep(1)
        rig.tap(app, "pick:A")
        await rig.clock.sleep(9)
        assert app.session.state is State.UNPRINTED
        assert_good(app.display.scene, app.display.shown(app.session, app.world, rig.clock.now(), 8).look)
        (failed,) = of(TicketPrintFailed, rig.machine_facts(app))
        assert isinstance(failed, TicketPrintFailed)
        assert (failed.ticket, failed.cause) == ("A001", cause)
        assert of(TicketPrinted, rig.machine_facts(app)) == []
        assert len(of(TicketIssued, rig.engine_facts())) == 1
        assert any(isinstance(one, FaultRaised) and one.fault is cause for one in rig.machine_facts(app))
        await rig.clock.sleep(31)
        assert app.session.state is State.HOME

    day(main)


def test_a_crash_between_commit_and_paper_offers_the_slip_again_and_marks_it() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.printer.change(silent=True)
        rig.tap(app, "pick:A")
        await rig.clock.sleep(0.2)
        assert len(app.store.tickets(Paper.COMMITTED)) == 1
        await rig.kill_machine()
        rig.printer.change(silent=False)
        app = await rig.start_machine()
        assert app.session.state is State.REPRINT
        rig.tap(app, "reprint")
        await rig.clock.sleep(2)
        printed = of(TicketPrinted, rig.machine_facts(app))
        again = TicketPrinted(job="20260914-A001/1", ticket="A001", business_day=date(2026, 9, 14), reprint=1)
        assert printed == [again]
        assert len(of(TicketIssued, rig.engine_facts())) == 1

    day(main)


def test_nobody_elses_slip_is_left_alone_and_the_ticket_stays_valid() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.printer.change(silent=True)
        rig.tap(app, "pick:A")
        await rig.clock.sleep(0.2)
        await rig.kill_machine()
        app = await rig.start_machine()
        rig.tap(app, "not_mine")
        await rig.clock.sleep(1)
        assert app.session.state is State.HOME
        assert of(TicketCancelled, rig.engine_facts()) == []
        await rig.kill_machine()
        assert (await rig.start_machine()).session.state is State.HOME

    day(main)


def test_a_crash_while_asking_asks_again_under_the_same_key() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.broker.latency = 0.3
        rig.tap(app, "pick:A")
        await rig.clock.sleep(0.4)
        await rig.kill_machine()
        rig.broker.latency = 0.0
        assert [one.kind for one in app.store.pending()] == ["issue"]
        app = await rig.start_machine()
        await rig.clock.sleep(5)
        assert [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketIssued)] == ["A001"]
        assert app.session.state is State.REPRINT
        assert app.store.pending() == []

    day(main)


def test_a_machine_that_dies_again_over_a_copy_marks_the_next_one_with_another_number() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        rig.printer.change(silent=True)
        rig.tap(app, "pick:A")
        for _ in range(2):
            await rig.clock.sleep(0.2)
            await rig.kill_machine()
            app = await rig.start_machine()
            assert app.session.state is State.REPRINT
            rig.tap(app, "reprint")
        await rig.clock.sleep(0.2)
        await rig.kill_machine()
        rig.printer.change(silent=False)
        app = await rig.start_machine()
        rig.tap(app, "reprint")
        await rig.clock.sleep(2)
        assert [fact.reprint for fact in of(TicketPrinted, rig.machine_facts(app))] == [3]

    day(main)


def test_a_touch_answered_offline_while_older_requests_are_taken_back_brings_no_second_ticket() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.take(app)
        await rig.clock.sleep(11)
        await rig.stop_engine()
        await rig.take(app)
        await rig.clock.sleep(60)
        rig.tap(app, "pick:A")
        await rig.clock.sleep(0.1)
        app.recovery.wake()
        await rig.clock.sleep(1)
        assert app.session.state is State.OFFLINE
        await rig.start_engine()
        await rig.clock.sleep(90)

        issued = [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketIssued)]
        cancelled = [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketCancelled)]
        assert issued[1:] == cancelled
        assert app.session.state is State.HOME

    day(main)


async def die_before_the_request_is_written_down(rig: Rig) -> None:
    app = await rig.start_machine()
    rig.broker.latency = 0.3
    rig.tap(app, "pick:A")
    await rig.clock.sleep(0.4)
    await rig.kill_machine()
    rig.broker.latency = 0.0
    rig.machine_disk.execute("DELETE FROM pending")


def test_a_crash_before_the_request_was_written_down_offers_the_ticket_by_the_key_that_was_laid_out() -> None:
    async def main(rig: Rig) -> None:
        await die_before_the_request_is_written_down(rig)
        app = await rig.start_machine()
        assert [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketIssued)] == ["A001"]
        assert app.session.state is State.REPRINT
        assert app.session.ticket is not None
        assert (app.session.ticket.ticket, app.session.ticket.service) == ("A001", "A")
        rig.tap(app, "reprint")
        await rig.clock.sleep(2)
        assert len(rig.printer.jobs) == 1
        assert len(app.store.spares()) == 1

    day(main)


def test_such_a_ticket_is_given_back_when_its_citizen_must_have_left() -> None:
    async def main(rig: Rig) -> None:
        await die_before_the_request_is_written_down(rig)
        await rig.clock.sleep(11 * 60)
        app = await rig.start_machine()
        assert [fact.ticket for fact in rig.engine_facts() if isinstance(fact, TicketCancelled)] == ["A001"]
        assert app.session.state is State.HOME
        assert len(app.store.spares()) == 1

    day(main)


def test_a_key_laid_out_and_never_used_leaves_nothing_behind() -> None:
    async def main(rig: Rig) -> None:
        for _ in range(3):
            await rig.start_machine()
            await rig.kill_machine()
        app = await rig.start_machine()
        assert await rig.take(app) == "A001"
        assert (len(app.store.spares()), app.store.pending()) == (1, [])

    day(main)


def test_facts_leave_the_machine_when_the_hall_store_acknowledges_them() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        await rig.take(app)
        assert app.store.outbox.depth == 1
        ack = Ack(dev="ticket-1", inc=app.store.outbox.inc, seq=app.store.outbox.last)
        data = app.device.postmark.stamp(ack, dev="hall-store")
        rig.broker.route(rig.hall.address("ticket-1").topic(Channel.ACK), data, retain=True)
        await rig.clock.sleep(1)
        assert app.store.outbox.depth == 0

    day(main)


def test_a_full_outbox_takes_the_machine_out_of_service_until_it_drains() -> None:
    async def main(rig: Rig) -> None:
        app = await rig.start_machine()
        app.desk.outbox_limit = 0
        rig.tap(app, "pick:A")
        await rig.clock.sleep(1)
        assert app.session.state is State.OUT_OF_SERVICE
        assert of(TicketIssued, rig.engine_facts()) == []
        app.desk.outbox_limit = 99_000
        await rig.clock.sleep(31)
        assert app.session.state is State.HOME

    day(main)
