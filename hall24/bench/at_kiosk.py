"""How long a citizen of a live hall waits at a kiosk: card laid on → form filled, handed in → notice on its line."""

import asyncio
import random
import secrets
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from hall24.bench.figure import Bar, Figure, figure, quantile
from hall24.demo.live import Live, live_hall
from hall24.demo.night import NightCitizen
from hall24.demo.plan import Plan, make_plan
from hallkit.devices.answer_line import Opener
from hallkit.inventory.start import Start
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.writer import ThreadWriter
from hallkit.touch.screen import PictureScreen
from hallkit.transports.stream import ByteStream
from kiosk.app.build import openers_of
from kiosk.app.kiosk import KioskApp
from kiosk.config import kiosk_table
from kiosk.core.table import State
from kiosk.drivers.pinyin_file import read_words
from simulators.id_cards import resident

ROUNDS = 12
LETTERS, ITEM = "spjy", "food-licence"
BAUD, BITS = 115_200, 10
CARD_BYTES = 10 + 15 + 10 + 19 + 10 + 1295 + 10 + 11
"""Bytes of one reading on the line: find, select, read and the newest address, each with its answer (SAM-V)."""

NOTICE_BYTES = 200
"""Bytes of one write to the printer that can only be a notice: questions to it are a few."""

FILL_MOST, NOTICE_MOST = 1.0, 300.0
GLANCE = 0.005


@dataclass(slots=True)
class WatchedLine:
    """A printer's line that notes when the first bytes of a paper were written."""

    stream: ByteStream
    began: list[float]
    clock: SystemClock

    async def read(self) -> bytes:
        """Read as the line does."""
        return await self.stream.read()

    async def write(self, data: bytes) -> None:
        """Write, and note when it is a paper."""
        await self.stream.write(data)
        if len(data) >= NOTICE_BYTES:
            self.began.append(self.clock.monotonic())

    def close(self) -> None:
        """Let go of the line."""
        self.stream.close()


@dataclass(slots=True)
class Waits:
    """Seconds of every round."""

    filled: list[float] = field(default_factory=list)
    noticed: list[float] = field(default_factory=list)


def figures() -> tuple[Figure, ...]:
    """Let `ROUNDS` citizens apply at one kiosk of a live hall."""
    run = Path(tempfile.mkdtemp(prefix="hall24-kiosk-"))
    try:
        waits = asyncio.run(_measure(make_plan(run / "hall", "one"), ROUNDS))
    finally:
        shutil.rmtree(run, ignore_errors=True)
    line = CARD_BYTES * BITS / BAUD
    note = f"{len(waits.filled)} citizens, slowest {max(waits.filled):.2f} s; a card is looked for every 0.3 s"
    slow = f"{len(waits.noticed)} citizens, p50 {1e3 * quantile(waits.noticed, 0.5):.0f} ms; centre and kiosk commit"
    commit = 1e3 * quantile(waits.noticed, 0.0)
    return (
        figure("card laid on → form filled, p99", quantile(waits.filled, 0.99), "s",
               ("its bytes at 115,200 baud", line), Bar(most=FILL_MOST + line), note),
        figure("handed in → notice on the printer's line, p99", 1e3 * quantile(waits.noticed, 0.99), "ms",
               ("the quickest of them", commit), Bar(most=NOTICE_MOST), slow),
    )  # fmt: skip


async def _measure(plan: Plan, rounds: int) -> Waits:
    waits, clock, screen = Waits(), SystemClock(), PictureScreen()
    async with live_hall(plan, kiosks=False) as live:
        name = plan.hall.of_kind("kiosk")[0].name
        live.hardware.readers[name].baud = BAUD
        began: list[float] = []
        app = _kiosk(plan, live, name, screen, began)
        task = asyncio.create_task(app.run())
        try:
            citizen = NightCitizen(app, screen, name, live.hardware, clock, glance=GLANCE)
            await citizen.wait_for_the_catalogue()
            for order in range(1, rounds + 1):
                await _one(citizen, order, began, waits)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    return waits


async def _one(citizen: NightCitizen, order: int, began: list[float], waits: Waits) -> None:
    """Let one citizen apply and leave; note both waits."""
    clock, reader = citizen.clock, citizen.hardware.readers[citizen.name]
    citizen.begin()
    await citizen.until(State.ATTRACT)
    for action in ("start", "apply", "search", *(f"key:{letter}" for letter in LETTERS), f"pick:item:{ITEM}", "next"):
        await citizen.tap(action)
    await citizen.tell_the_situation()
    laid = clock.monotonic()
    reader.lay_on(resident("演示人", order=order))
    await citizen.until(State.CONSENT)
    await citizen.tap("agree")
    await citizen.until(State.FORM)
    waits.filled.append(clock.monotonic() - laid)
    await citizen.to_review()
    began.clear()
    handed = clock.monotonic()
    await citizen.tap("submit")
    await citizen.until(State.DELIVER, State.PAY)
    while not began:
        await clock.sleep(GLANCE)
    waits.noticed.append(began[0] - handed)
    await citizen.leave(5)


def _kiosk(plan: Plan, live: Live, name: str, screen: PictureScreen, began: list[float]) -> KioskApp:
    entry, clock = plan.hall.device[name], SystemClock()
    chance = random.Random(secrets.randbits(128))
    links = mqtt_links(live.broker.host, live.broker.port, chance)
    start = Start(plan.hall, plan.passwords, clock, chance, links)
    openers = openers_of(entry)
    assert openers.printer is not None, "the demonstration's kiosk has a printer"
    return KioskApp(
        entry, plan.hall, kiosk_table(plan.hall), start.password(name), screen=screen,
        openers=replace(openers, printer=_watched(openers.printer, began, clock)), database=start.database(name),
        links=links, clock=clock, chance=chance, writer=ThreadWriter(name), read_words=read_words,
    )  # fmt: skip


def _watched(opener: Opener, began: list[float], clock: SystemClock) -> Opener:
    async def opened() -> ByteStream:
        return WatchedLine(await opener(), began, clock)

    return opened
