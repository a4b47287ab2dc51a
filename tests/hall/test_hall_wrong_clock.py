"""A clock that cannot be right: no new tickets, everything else goes on, and all is well once it is set."""

import asyncio
import random
from datetime import datetime, timedelta

import pytest
from machine_rig import MACHINE, MORNING, MachineRig, machine_day

from contract import codec
from contract.body import Reply, Request
from contract.link import DeviceState, Fault
from contract.queue import IssueChannel, RefusalCode
from contract.queue_facts import TicketCalled
from contract.queue_requests import (
    AskQueues,
    CallNext,
    CallReply,
    IssueTicket,
    OpenWindow,
    QueueRefused,
    TicketIssuedReply,
)
from contract.topics import Channel
from hall24.whole_hall import memory_start, stores
from hallkit.runtime.clock import SHANGHAI, LoopClock, SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.kept_clock import EARLIEST, FAR, KeptClock
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.virtual_time import run_virtual
from queue_caller.core.machine_table import State

TO_1970 = (datetime(1970, 1, 1, 8, tzinfo=SHANGHAI) - MORNING).total_seconds()
HOUR = 3600.0


class Asker:
    """Somebody who asks the queue: `desk-01` is window 1, `manager-1` may take tickets."""

    def __init__(self, rig: MachineRig, name: str) -> None:
        self._rig = rig
        self._device = Device(
            rig.hall.address(name), "x", links=rig.broker.links(), clock=rig.clock, chance=random.Random(7)
        )
        self._task = asyncio.ensure_future(self._device.run())

    async def ask(self, request: Request, key: str | None = None) -> Reply:
        return await self._device.ask("queue", request, key=key, patience=5.0)

    async def leave(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def faults(rig: MachineRig, name: str) -> tuple[Fault, ...]:
    payload = rig.broker.retained[rig.hall.address(name).topic(Channel.STATE)]
    return codec.body_of(codec.decode(payload), DeviceState).faults


def in_1970(rig: MachineRig) -> list[str]:
    """Return every envelope that bears a time of before this release."""
    return [text for text in map(bytes.decode, rig.said) if '"ts":"19' in text or '"at":"19' in text]


async def tap_for_a_ticket(rig: MachineRig) -> None:
    rig.tap("pick:A")
    await rig.clock.sleep(2)


def test_with_a_clock_of_1970_no_ticket_is_given_and_everybody_is_told() -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        rig.clock.jump(TO_1970)
        await rig.clock.sleep(40)
        await tap_for_a_ticket(rig)
        assert (rig.app.session.state, rig.app.session.refusal) == (State.REFUSED, RefusalCode.CLOCK_WRONG)
        assert rig.issued() == []
        assert rig.hardware.printers[MACHINE].jobs == []
        for name in ("queue-engine", MACHINE):
            assert Fault.CLOCK_WRONG in faults(rig, name)

        rig.clock.jump(-TO_1970)
        await rig.clock.sleep(90)
        await tap_for_a_ticket(rig)
        assert rig.app.session.state is State.ISSUED
        assert [one.business_day for one in rig.issued()] == [MORNING.date()]
        for name in ("queue-engine", MACHINE):
            assert Fault.CLOCK_WRONG not in faults(rig, name)
        assert in_1970(rig) == []

    machine_day(main)


def test_whoever_has_a_ticket_is_called_and_a_retry_gets_its_answer() -> None:
    async def main(rig: MachineRig) -> None:
        clerk, manager = Asker(rig, "desk-01"), Asker(rig, "manager-1")
        await rig.clock.sleep(1)
        await clerk.ask(OpenWindow(window=1, staff="0101"))
        wish = IssueTicket(services=("A",), channel=IssueChannel.TOUCH)
        given = await manager.ask(wish, "before")
        rig.clock.jump(TO_1970)
        assert await manager.ask(wish, "before") == given
        assert await manager.ask(wish, "after") == QueueRefused(code=RefusalCode.CLOCK_WRONG)
        assert not isinstance(await clerk.ask(AskQueues()), QueueRefused)
        assert isinstance(await clerk.ask(CallNext(window=1)), CallReply)
        called = [fact for fact in rig.engine_facts() if isinstance(fact, TicketCalled)]
        assert len(called) == 1
        assert abs(called[0].at - MORNING) < timedelta(minutes=5)
        rig.clock.jump(-TO_1970)
        assert isinstance(await manager.ask(wish, "after"), TicketIssuedReply)
        await clerk.leave()
        await manager.leave()

    machine_day(main)


def test_an_engine_that_starts_with_a_dead_battery_waits_for_the_date_and_keeps_its_queue() -> None:
    async def main(rig: MachineRig) -> None:
        await tap_for_a_ticket(rig)
        await rig.clock.sleep(60)
        await rig.kill("machine")
        await rig.kill("engine")
        since_release = (MORNING - EARLIEST).total_seconds()
        rig.clock.jump(-since_release)  # the battery says the day of the release, long before the newest fact
        await rig.start_engine()
        manager = Asker(rig, "manager-1")
        await rig.clock.sleep(1)
        wish = IssueTicket(services=("A",), channel=IssueChannel.TOUCH)
        assert await manager.ask(wish, "first") == QueueRefused(code=RefusalCode.CLOCK_WRONG)
        assert len(rig.issued()) == 1
        rig.clock.jump(since_release)
        assert isinstance(await manager.ask(wish, "first"), TicketIssuedReply)
        assert [one.ticket for one in rig.issued()] == ["A001", "A002"]
        await manager.leave()

    machine_day(main)


def test_without_engine_and_date_the_machine_gives_no_number_of_its_own() -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        await rig.kill("engine")
        rig.clock.jump(TO_1970)
        await rig.clock.sleep(40)
        await tap_for_a_ticket(rig)
        assert (rig.app.session.state, rig.app.session.refusal) == (State.REFUSED, RefusalCode.CLOCK_WRONG)
        assert rig.app.store.unmerged() == []
        rig.clock.jump(-TO_1970)
        await rig.clock.sleep(90)
        await tap_for_a_ticket(rig)
        assert rig.app.session.state is State.OFFLINE

    machine_day(main)


@pytest.mark.parametrize("seconds", [HOUR, -HOUR, 0.3, -0.3, 26 * HOUR])
def test_an_hour_and_a_step_of_ntp_are_believed(seconds: float) -> None:
    async def main(rig: MachineRig) -> None:
        assert rig.app is not None
        rig.clock.jump(seconds)
        await rig.clock.sleep(40)
        await tap_for_a_ticket(rig)
        assert rig.app.session.state is State.ISSUED
        assert faults(rig, "queue-engine") == ()

    machine_day(main)


def test_a_clock_a_year_ahead_is_believed_no_more_than_one_of_1970() -> None:
    async def body(clock: LoopClock) -> None:
        kept = KeptClock(clock)
        before = kept.now()
        for jump in (timedelta(days=365), -FAR - timedelta(days=1)):
            clock.jump(jump.total_seconds())
            await clock.sleep(10)
            assert not kept.is_right
            assert timedelta() < kept.now() - before < timedelta(minutes=1)
            clock.jump(-jump.total_seconds())
            assert kept.is_right
            assert kept.now() == clock.now()

    run_virtual(body, MORNING)


AHEAD = FAR.total_seconds() + 30 * 86_400


def test_an_engine_that_once_was_far_ahead_gives_tickets_of_today_once_somebody_vouched_for_the_clock() -> None:
    async def main(rig: MachineRig) -> None:
        await tap_for_a_ticket(rig)
        await rig.kill("machine")
        await tap_once_with_an_engine(rig, AHEAD, None, TicketIssuedReply)
        await tap_once_with_an_engine(rig, 0, None, QueueRefused)
        await tap_once_with_an_engine(rig, 0, rig.clock.now(), TicketIssuedReply)
        assert rig.issued()[-1].business_day == MORNING.date()
        await tap_once_with_an_engine(rig, 0, None, TicketIssuedReply)  # from now on its own facts say so
        assert [one.ticket for one in rig.issued()] == ["A001", "A001", "A002", "A003"]
        assert len({(one.business_day, one.ticket) for one in rig.issued()}) == 4

    machine_day(main)


async def tap_once_with_an_engine(
    rig: MachineRig, ahead: float, vouched: datetime | None, answer: type[TicketIssuedReply | QueueRefused]
) -> None:
    """Start the engine with a clock that is so many seconds ahead, and ask for one ticket."""
    await rig.kill("engine")
    rig.clock.jump(ahead)
    await rig.start_engine(vouched)
    manager = Asker(rig, "manager-1")
    await rig.clock.sleep(1)
    assert isinstance(await manager.ask(IssueTicket(services=("A",), channel=IssueChannel.TOUCH)), answer)
    await manager.leave()
    rig.clock.jump(-ahead)


def test_a_machine_that_starts_with_a_dead_battery_knows_the_day_from_its_newest_ticket() -> None:
    async def main(rig: MachineRig) -> None:
        await tap_for_a_ticket(rig)
        await rig.clock.sleep(60)
        await rig.kill("machine")
        await rig.kill("engine")
        rig.clock.jump(-(MORNING - EARLIEST).total_seconds())
        await rig.start_machine()
        await rig.clock.sleep(40)
        assert Fault.CLOCK_WRONG in faults(rig, MACHINE)
        await tap_for_a_ticket(rig)
        assert rig.app is not None
        assert (rig.app.session.state, rig.app.session.refusal) == (State.REFUSED, RefusalCode.CLOCK_WRONG)

    machine_day(main)


def test_a_hall_store_that_starts_with_a_dead_battery_knows_the_day_from_its_newest_fact() -> None:
    async def main(rig: MachineRig) -> None:
        start = memory_start(rig.hall, rig.clock, random.Random(9), rig.broker.links(), rig.disk)
        since_release = (MORNING - EARLIEST).total_seconds()
        for is_wrong in (False, True):
            task = asyncio.ensure_future(run_jobs(stores(start)))
            await rig.clock.sleep(5)
            assert (Fault.CLOCK_WRONG in faults(rig, "hall-store")) is is_wrong
            await tap_for_a_ticket(rig)
            await rig.clock.sleep(20)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            rig.clock.jump(-since_release)

    machine_day(main)


def test_a_word_of_long_ago_vouches_for_nothing() -> None:
    async def body(clock: LoopClock) -> None:
        kept = KeptClock(clock, MORNING - 2 * FAR)
        kept.not_before(MORNING + 3 * FAR)
        assert not kept.is_right

    run_virtual(body, MORNING)


def test_the_hall_store_says_that_its_clock_is_wrong() -> None:
    async def main(rig: MachineRig) -> None:
        start = memory_start(rig.hall, rig.clock, random.Random(9), rig.broker.links(), rig.disk)
        task = asyncio.ensure_future(run_jobs(stores(start)))
        await rig.clock.sleep(5)
        for wrong in (True, False):
            rig.clock.jump(TO_1970 if wrong else -TO_1970)
            await rig.clock.sleep(40)
            assert (Fault.CLOCK_WRONG in faults(rig, "hall-store")) is wrong
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    machine_day(main)


async def test_a_writers_thread_reads_the_kept_clock_too() -> None:
    kept = KeptClock(SystemClock())
    read = await asyncio.get_running_loop().run_in_executor(None, kept.now)
    assert abs(read - kept.now()) < timedelta(minutes=1)
