"""The broker dies in the middle of a busy day, twice: every ticket, call and rating is where it belongs."""

import asyncio

import pytest
from hall_rig import Rig, open_rig, until

from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket, TicketIssuedReply
from hall24.demo.evidence import gather
from hall24.demo.visitors import Crowd, TakeTicket
from hallkit.runtime.clock import SystemClock

VISITORS, SECONDS = 20, 7.0


@pytest.mark.slow
async def test_nothing_is_lost_when_the_broker_dies_and_dies_again_while_half_are_back(broker, folder):
    async with open_rig(folder, "county", broker, service_seconds=0.5) as rig:
        live = rig.live
        crowd = Crowd(rig.plan.hall, live.witness, live.clerks, live.pads, at_the_desk(rig), SystemClock(), live.chance)
        for clerk in live.clerks.values():
            live.watch(f"clerk {clerk.window.number}", clerk.run())
        coming = asyncio.create_task(crowd.come(VISITORS, SECONDS))
        await asyncio.sleep(SECONDS / 4)
        pids = rig.pids()
        await _dies(rig)
        await until(
            lambda: sum(pad.device.link.is_up for pad in live.pads.values()) >= len(live.pads) // 2, "half are back"
        )
        await _dies(rig)
        await coming
        await crowd.leave(9.0)
        live.check()
        found = await gather(rig.plan, live, crowd.tally)
        assert [name for name, held in found["invariants"].items() if not held] == [], found
        assert found["issued"] >= VISITORS - crowd.tally.told_full
        assert rig.pids() == pids


def at_the_desk(rig: Rig) -> TakeTicket:
    """Return how visitors take tickets: the desk asks until it is answered."""

    async def take(service: str) -> str:
        wanted = IssueTicket(services=(service,), channel=IssueChannel.TOUCH)
        reply = await rig.live.witness.device.ask("queue", wanted, patience=20)
        return reply.ticket if isinstance(reply, TicketIssuedReply) else ""

    return take


async def _dies(rig: Rig) -> None:
    control = rig.live.broker.control
    assert control is not None
    await control.kill()
    await asyncio.sleep(0.3)
    await control.start()
