"""Rating pads without network, disk, keys or battery, and started again: no rating is lost or doubled."""

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path

from rating_pad_rig import PAD, Hall, in_hall

from contract.link import CommandDone, CommandRefused, Fault, Presence
from contract.rating import AskRating, RatingGiven, RatingGrade, RatingReasonsGiven
from hallkit.pad.state import PadScreen, asked
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.writer import ThreadWriter
from simulators.rating_pad import PadSetup, RatingPad


def test_a_press_without_network_is_stored_said_so_and_delivered_once() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        hall.pad.silent = True
        await asyncio.sleep(0.1)
        assert hall.state().presence is Presence.OFFLINE
        assert await hall.pad.press(5)
        assert hall.pad.face.offline
        assert hall.pad.face.waiting == 1
        await asyncio.sleep(3600)
        assert hall.facts() == []
        hall.pad.silent = False
        await asyncio.sleep(10)
        assert hall.state().presence is Presence.ONLINE
        assert len(hall.facts()) == 1
        assert hall.pad.face.waiting == 0

    in_hall(story)


def test_a_broker_that_dies_again_and_again_costs_no_rating_and_doubles_none() -> None:
    async def story(hall: Hall) -> None:
        for number in range(12):
            assert await hall.ask(f"e{number}") == CommandDone()
            if number % 3 == 0:
                hall.broker.stop()
            assert await hall.pad.press(1 + number % 5)
            hall.broker.start()
            await asyncio.sleep(70)
        given = [fact.service_event for fact in hall.facts() if isinstance(fact, RatingGiven)]
        bad = [fact.service_event for fact in hall.facts() if isinstance(fact, RatingReasonsGiven)]
        assert given == [f"e{number}" for number in range(12)]
        assert bad == [f"e{number}" for number in range(12) if number % 5 < 2]

    in_hall(story)


def test_a_full_pad_pauses_and_takes_nothing_until_the_store_is_back() -> None:
    async def story(hall: Hall) -> None:
        await hall.stop("store")
        await hall.ask("e1")
        assert await hall.pad.press(5)
        await asyncio.sleep(5)
        await hall.ask("e2")
        assert await hall.pad.press(4)
        await asyncio.sleep(5)
        assert await hall.ask("e3") == CommandRefused(code="outbox_full")
        assert not await hall.pad.press(5)
        assert hall.pad.face.pause is not None
        assert hall.pad.face.pause.full
        assert hall.state().faults == (Fault.OUTBOX_FULL,)
        hall.service = hall._service()
        hall.start("store")
        await asyncio.sleep(5)
        assert len(hall.facts()) == 2
        assert hall.pad.face.pause is None
        assert hall.state().faults == ()
        assert await hall.ask("e3") == CommandDone()

    in_hall(story, PadSetup(window=3, capacity=3))


def test_a_pad_that_cannot_write_its_disk_shows_no_thanks() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        hall.disk.execute("PRAGMA query_only = ON")
        assert not await hall.pad.press(5)
        assert hall.pad.state.screen is PadScreen.IDLE
        assert hall.pad.face.pause is not None
        hall.disk.execute("PRAGMA query_only = OFF")
        assert await hall.ask("e1") == CommandDone()
        assert await hall.pad.press(5)

    in_hall(story)


def test_a_dead_key_a_flat_battery_and_a_new_one() -> None:
    async def story(hall: Hall) -> None:
        hall.pad.frozen_key = RatingGrade.EXCELLENT
        await hall.ask("e1")
        assert not await hall.pad.press(5)
        hall.pad.battery = 0
        assert hall.pad.picture().getcolors() == [(320 * 240, (0, 0, 0))]
        assert not await hall.pad.press(4)
        assert await hall.ask("e2") is None
        assert hall.state().presence is Presence.OFFLINE
        hall.pad.battery = 80
        await asyncio.sleep(1)
        assert hall.state().presence is Presence.ONLINE
        assert await hall.ask("e2") == CommandDone()

    in_hall(story)


async def test_a_pad_with_a_writer_thread_and_a_disk_file_keeps_its_rating_over_a_restart(tmp_path: Path) -> None:
    clock, broker = SystemClock(), MemoryBroker()

    def new_pad(writer: ThreadWriter) -> RatingPad:
        return RatingPad(
            PAD,
            "",
            PadSetup(window=3),
            links=broker.links(),
            clock=clock,
            chance=random.Random(5),
            database=open_database(tmp_path / "pad.db"),
            writer=writer,
        )

    writer = ThreadWriter("pad")
    pad = new_pad(writer)
    running = asyncio.ensure_future(pad.run())
    await asyncio.sleep(0.05)
    pad.state = asked(pad.state, question(clock.now()), clock.now())
    taken = await asyncio.gather(*(pad.press(grade) for grade in (5, 5, 1)))
    assert taken == [True, False, False]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    writer.close()
    again = ThreadWriter("pad again")
    assert new_pad(again).face.waiting == 1
    again.close()


def question(now: datetime) -> AskRating:
    return AskRating(service_event="e1", window=3, ticket="A001", staff="1003", until=now + timedelta(seconds=60))
