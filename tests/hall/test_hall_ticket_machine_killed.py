"""A ticket machine killed -9 at every named commit: one touch is one ticket, and its slip comes or is offered again."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator

import msgspec
import psutil
import pytest
import zxingcpp
from hall_rig import PATIENCE, Rig, open_rig, until
from hall_stores import broken, facts, rows, undrained

from contract.field import TicketPrinted
from contract.queue_facts import TicketIssued
from hall24.demo.fingers import UntouchedError
from hallkit.runtime.clock import SystemClock
from hallkit.text.fonts import system_fonts
from hallkit.touch.box import Box
from hallkit.touch.frame import frame
from hallkit.touch.look import Look
from hallkit.touch.theme import THEMES
from queue_caller.core.machine_session import Session
from queue_caller.core.machine_table import State
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.core.machine_world import World
from queue_caller.screens import home_targets, targets_of
from queue_caller.screens.shown import Shown, face_of
from simulators.paper import PrintedPiece

MACHINE = "ticket-1"

POINTS = [
    ("insert-pending/before", "offered"),
    ("insert-pending/after", "offered"),
    ("insert-spare/before", "offered"),
    ("insert-spare/after", "offered"),
    ("insert-ticket/before", "offered"),
    ("insert-ticket/after", "offered"),
    ("update-ticket/before", "printed twice"),
    ("update-ticket/after", "printed"),
    ("delete-outbox/before", "printed"),
    ("delete-outbox/after", "printed"),
]
"""Commit points of a machine, and what becomes of the citizen who stands there."""


class Citizen:
    """Stands at the machine: touches, waits for paper, takes an offered slip."""

    def __init__(self, rig: Rig, machine: str = MACHINE) -> None:
        self.rig, self.entry = rig, rig.plan.hall.device[machine]
        self.address, self.fingers = rig.plan.hall.address(machine), rig.live.witness.fingers
        self._printer = rig.live.hardware.printers[machine]

    @property
    def slips(self) -> list[PrintedPiece]:
        """Return the pieces that came out with anything on them; a machine that died cuts before it prints again."""
        return [one for one in self._printer.jobs if any(one.bits)]

    def pick(self) -> None:
        """Touch the service on a home screen; whoever kills the machine by it gets no answer."""
        self.fingers.touch(self.address, self._service())

    async def press(self) -> None:
        """Touch the service on a home screen and know that the machine took it."""
        await self.fingers.press(self.address, self._service())

    def _service(self) -> Box:
        return home_targets(self.rig.plan.hall, self.entry, SystemClock().now())["pick:A"]

    async def look(self) -> None:
        """Wait until the machine shows what happened last: it answers, and it answers after it has painted."""
        async with asyncio.timeout(3 * PATIENCE):
            while True:
                with contextlib.suppress(UntouchedError):
                    await self.fingers.look(self.address, 1.0)
                    return

    async def slip(self, before: int) -> None:
        await until(lambda: len(self.slips) > before, "a slip comes out")

    async def take_offered(self) -> None:
        """Wait until the machine offers the slip nobody knows of, and take it."""
        await until(lambda: self.unprinted() != [], "an unprinted ticket is on the machine's disk", PATIENCE)
        offered = Session(state=State.REPRINT, ticket=self.unprinted()[0])
        look = Look(THEMES["normal"], system_fonts())
        face = face_of(self.rig.plan.hall, self.entry)
        shown = Shown(session=offered, world=World(), face=face, now=SystemClock().now(), look=look)
        before = len(self.slips)
        await self.look()
        await self.fingers.press(self.address, targets_of(shown)["reprint"])
        await self.slip(before)

    async def done(self) -> None:
        await self.look()
        await self.fingers.press(self.address, frame(pointer=True).actions)
        await self.look()

    def unprinted(self) -> list[HeldTicket]:
        found = rows(self.rig.run / f"{self.entry.name}.db", "SELECT held FROM ticket WHERE paper = 'committed'")
        return [msgspec.json.decode(held, type=HeldTicket) for (held,) in found]


def issued(rig: Rig) -> list[TicketIssued]:
    stored = facts(rig.run / "queue-engine.db", "SELECT payload FROM fact ORDER BY seq")
    return [one for one in stored if isinstance(one, TicketIssued)]


def printed(rig: Rig, ticket: str) -> list[int]:
    """Return the reprint number of every slip of a ticket that the centre knows of."""
    stored = facts(rig.run / "hall-store.db", "SELECT payload FROM fact ORDER BY row")
    return [one.reprint for one in stored if isinstance(one, TicketPrinted) and one.ticket == ticket]


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.mosquitto
async def test_one_touch_is_one_ticket_wherever_the_machine_dies(mosquitto, folder):
    async with open_rig(folder, "one_window", mosquitto) as rig:
        citizen = Citizen(rig)
        await until(lambda: (rig.run / f"{MACHINE}.db").exists() and undrained(rig.run) == {}, "the machine runs")
        await until(lambda: blocks(rig) >= 2, "the machine has its blocks of numbers")
        for point, becomes in POINTS:
            await _one_touch(rig, citizen, f"{MACHINE}/{point}", becomes)
        assert broken(rig.run) == []


@contextlib.contextmanager
def slow_engine(rig: Rig) -> Iterator[None]:
    """Hold the engine back while the block runs: a touch is written down only if its answer does not come soon."""
    engine = psutil.Process(rig.pids()["queue-engine"])
    engine.suspend()
    try:
        yield
    finally:
        engine.resume()


async def _one_touch(rig: Rig, citizen: Citizen, point: str, becomes: str) -> None:
    before, slips, restarts = len(issued(rig)), len(citizen.slips), rig.program(MACHINE).restarts
    rig.kill_at(point)
    with slow_engine(rig) if "insert-pending" in point else contextlib.nullcontext():
        citizen.pick()
        await until(lambda: not rig.order.exists(), f"{point} is reached")
    await rig.killed(MACHINE, restarts)
    await citizen.look()
    if becomes in ("offered", "printed twice"):
        await citizen.take_offered()
    await until(lambda: undrained(rig.run) == {} and not citizen.unprinted(), f"{point}: all is stored", PATIENCE)
    await citizen.slip(slips)
    new = issued(rig)[before:]
    assert len(new) == 1, f"{point}: {new}"
    codes = [zxingcpp.read_barcodes(one.image().convert("L"))[0].text for one in citizen.slips[slips:]]
    assert all(code.endswith(new[0].link) for code in codes), point
    assert len(codes) == (2 if becomes == "printed twice" else 1), point
    await until(lambda: len(printed(rig, new[0].ticket)) == 1, f"{point}: the print is told once", PATIENCE)
    assert (printed(rig, new[0].ticket)[0] > 0) == (becomes in ("offered", "printed twice")), point
    await citizen.done()


def blocks(rig: Rig, machine: str = MACHINE) -> int:
    try:
        return rows(rig.run / f"{machine}.db", "SELECT count(*) FROM block")[0][0]
    except sqlite3.OperationalError:
        return 0
