"""Ticket machines whose broker or engine is gone: leased numbers, one ticket a touch, all of it known afterwards."""

import asyncio

import pytest
from hall_rig import PATIENCE, Rig, open_rig, until
from hall_stores import broken, facts, rows, undrained
from test_hall_ticket_machine_killed import MACHINE, Citizen, blocks, slow_engine

from contract.queue_facts import OfflineTicketAccepted, TicketCancelled, TicketIssued
from hall24.demo.live import Live

LONG = 6 * PATIENCE
ROUNDS = 3
AT_THE_BLOCK = [("insert-block/before", False), ("insert-block/after", True), ("insert-pending/after", False)]
"""Commits of a machine that gives a number of its own, and whether the citizen's slip is offered before the engine
is back: else the request is carried on when it is."""


def known(rig: Rig) -> tuple[list[str], list[str]]:
    """Return the tickets that live in the engine's journal, and those of them that machines gave."""
    stored = facts(rig.run / "queue-engine.db", "SELECT payload FROM fact ORDER BY seq")
    given = [one.ticket for one in stored if isinstance(one, TicketIssued | OfflineTicketAccepted)]
    cancelled = {one.ticket for one in stored if isinstance(one, TicketCancelled)}
    offline = [one.ticket for one in stored if isinstance(one, OfflineTicketAccepted)]
    assert len(given) == len(set(given)), given
    return sorted(set(given) - cancelled), offline


def held(rig: Rig, machine: str) -> list[str]:
    """Return the tickets a machine's citizens hold."""
    return [ticket for (ticket,) in rows(rig.run / f"{machine}.db", "SELECT ticket FROM ticket ORDER BY rowid")]


def owed(rig: Rig, machine: str) -> list[str]:
    """Return the numbers of a machine's own that the engine has not answered for, and requests without an answer."""
    path = rig.run / f"{machine}.db"
    unmerged = rows(path, "SELECT ticket FROM ticket WHERE block IS NOT NULL AND merged IS NULL")
    return [one for (one,) in [*unmerged, *rows(path, "SELECT key FROM pending")]]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.mosquitto
async def test_a_machine_killed_while_it_gives_numbers_of_its_own_gives_none_twice(mosquitto, folder):
    async with open_rig(folder, "one_window", mosquitto) as rig:
        citizen = Citizen(rig)
        await until(lambda: (rig.run / f"{MACHINE}.db").exists() and blocks(rig) >= 2, "the machine has numbers", LONG)
        for count, (point, is_offered) in enumerate(AT_THE_BLOCK, 1):
            await _one_touch(rig, citizen, f"{MACHINE}/{point}", is_offered)
            live, offline = known(rig)
            assert sorted(held(rig, MACHINE)) == live, point
            assert len(live) == len(citizen.slips) == count, point
            assert len(offline) == sum(own for _, own in AT_THE_BLOCK[:count]), point
        assert broken(rig.run) == []


async def _one_touch(rig: Rig, citizen: Citizen, point: str, is_offered: bool) -> None:
    restarts = rig.program(MACHINE).restarts
    await citizen.look()
    with slow_engine(rig):
        rig.kill_at(point)
        citizen.pick()
        await rig.killed(MACHINE, restarts)
        await citizen.look()
        if is_offered:
            await citizen.take_offered()
    if not is_offered:
        await citizen.take_offered()
    await until(lambda: not owed(rig, MACHINE) and not citizen.unprinted(), f"{point}: nothing is owed", LONG)
    await until(lambda: undrained(rig.run) == {}, f"{point}: all is stored", LONG)
    await citizen.done()


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.mosquitto
async def test_visitors_pick_while_the_broker_dies_and_every_slip_is_a_ticket_the_engine_knows(mosquitto, folder):
    async with open_rig(folder, "county", mosquitto) as rig:
        citizens = {one.name: Citizen(rig, one.name) for one in rig.plan.hall.of_kind("ticket-machine")}
        await until(lambda: all(_has_numbers(rig, one) for one in citizens), "the machines have numbers", LONG)
        for _ in range(ROUNDS):
            await _pick_while_the_broker_dies(rig, citizens)
        await until(lambda: not any(owed(rig, one) for one in citizens), "every number is handed in", LONG)
        await until(lambda: undrained(rig.run) == {}, "all is stored", LONG)
        live, offline = known(rig)
        on_paper = [ticket for one in citizens for ticket in held(rig, one)]
        assert sorted(on_paper) == live
        assert len(on_paper) == len(offline) == ROUNDS * len(citizens)
        assert [len(one.slips) for one in citizens.values()] == [ROUNDS] * len(citizens)
        assert broken(rig.run) == []


async def _pick_while_the_broker_dies(rig: Rig, citizens: dict[str, Citizen]) -> None:
    """Let everybody touch, then kill the broker before the engine, which is busy, has answered anybody."""
    slips = {name: len(one.slips) for name, one in citizens.items()}
    for one in citizens.values():
        await one.look()
    with slow_engine(rig):
        for one in citizens.values():
            await one.press()
        await _broker(rig.live).kill()
    for name, one in citizens.items():
        await one.slip(slips[name])
    await asyncio.sleep(1.0)
    await _broker(rig.live).start()
    await until(lambda: all(rig.is_linked(name) for name in (*citizens, "queue-engine")), "all are back", LONG)
    for one in citizens.values():
        await one.done()


def _broker(live: Live):
    assert live.broker.control is not None
    return live.broker.control


def _has_numbers(rig: Rig, machine: str) -> bool:
    return (rig.run / f"{machine}.db").exists() and blocks(rig, machine) >= 2 * len(rig.plan.hall.services)
