"""Rating pads on a link in virtual time, with the hall's own store at the other end."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from contract import codec, topics
from contract.board import HallMode, WindowOnBoard, WindowState, ZoneBoard
from contract.body import Command, Fact, Result
from contract.envelope import Envelope
from contract.link import CommandDone, CommandRefused, DeviceState, Fault, Presence
from contract.rating import AskRating, RatingGiven, RatingGrade, RatingReason, RatingReasonsGiven, SetStaffCard
from contract.screen import PictureTaken, PressScreen, TakePicture
from contract.topics import Channel
from hallkit.pad.face import REASON_BOXES, SUBMIT_BOX
from hallkit.pad.state import PadScreen, asked
from hallkit.runtime.clock import SHANGHAI, LoopClock, SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter, ThreadWriter
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import StoreService
from simulators.rating_pad import PadSetup, RatingPad

TEN = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
HALL = "demo"
PAD = topics.address(HALL, "rating-pad", "pad-03")
ENGINE = topics.address(HALL, "queue-engine", "engine")
STORE = topics.address(HALL, "bridge", "store")


class Hall:
    """Broker, hall store, an engine that commands, and one pad whose disk outlives it."""

    def __init__(self, clock: LoopClock, setup: PadSetup) -> None:
        self.clock, self.setup = clock, setup
        self.broker = MemoryBroker(latency=0.002)
        self.disk = open_database(":memory:")
        self.store = HallStore(open_database(":memory:"), HALL, "store-inc")
        self.results: dict[str, Result] = {}
        self.engine = Device(
            ENGINE,
            "",
            links=self.broker.links(),
            clock=clock,
            chance=random.Random(1),
            hear={topics.every(HALL, Channel.RESULT): self._result},
        )
        self.service = self._service()
        self.pad = self.new_pad(7)
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def _service(self) -> StoreService:
        chance = random.Random(3)
        links = self.broker.links()
        return StoreService(self.store, InlineWriter(), STORE, "", [PAD], links=links, clock=self.clock, chance=chance)

    def new_pad(self, seed: int) -> RatingPad:
        links, chance = self.broker.links(), random.Random(seed)
        return RatingPad(PAD, "", self.setup, links=links, clock=self.clock, chance=chance, database=self.disk)

    def start(self, name: str) -> None:
        runners = {"engine": self.engine.run, "store": self.service.run, "pad": self.pad.run}
        self.tasks[name] = asyncio.ensure_future(runners[name]())

    async def stop(self, name: str) -> None:
        task = self.tasks.pop(name)
        task.cancel()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(outcome, asyncio.CancelledError), outcome

    def _result(self, message: LinkMessage) -> None:
        envelope = codec.decode(message.payload)
        assert envelope.corr
        self.results[envelope.corr] = codec.body_of(envelope, Result)

    async def command(self, command: Command, *, seconds: float = 60) -> Result | None:
        deadline = self.clock.now() + timedelta(seconds=seconds)
        data = self.engine.postmark.stamp(command, deadline=deadline)
        self.engine.link.publish(PAD.topic(Channel.COMMAND), data, qos=1)
        await asyncio.sleep(0.1)
        return self.results.get(codec.decode(data).id)

    async def ask(self, event: str, *, window: int = 3, seconds: float = 300) -> Result | None:
        until = self.clock.now() + timedelta(seconds=seconds)
        return await self.command(
            AskRating(service_event=event, window=window, ticket="A001", staff="1003", until=until)
        )

    def facts(self) -> list[Fact]:
        opened: list[Envelope] = [codec.decode(row.payload) for row in self.store.rows(0, 1000)]
        return [codec.body_of(one, Fact) for one in opened]

    def state(self) -> DeviceState:
        return codec.body_of(codec.decode(self.broker.retained[PAD.topic(Channel.STATE)]), DeviceState)


@asynccontextmanager
async def opened(clock: LoopClock, setup: PadSetup) -> AsyncIterator[Hall]:
    hall = Hall(clock, setup)
    for name in ("store", "engine", "pad"):
        hall.start(name)
    await asyncio.sleep(0.1)
    try:
        yield hall
    finally:
        for name in list(hall.tasks):
            await hall.stop(name)


def in_hall(story: Callable[[Hall], Awaitable[None]], setup: PadSetup | None = None) -> None:
    async def main(clock: LoopClock) -> None:
        async with opened(clock, setup or PadSetup(window=3, zone="A", zone_name="综合一窗", demo=True)) as hall:
            await story(hall)

    run_virtual(main, TEN)


def test_a_good_rating_is_stored_once_and_thanked_for_three_seconds() -> None:
    async def story(hall: Hall) -> None:
        assert await hall.ask("e1") == CommandDone()
        assert await hall.pad.press(5)
        assert not await hall.pad.press(1)
        await asyncio.sleep(0.1)
        assert hall.pad.face.screen is PadScreen.THANKS
        assert hall.pad.face.waiting == 0
        await asyncio.sleep(3)
        assert hall.pad.state.screen is PadScreen.IDLE
        (fact,) = hall.facts()
        assert isinstance(fact, RatingGiven)
        assert (fact.grade, fact.service_event, fact.window) == (RatingGrade.EXCELLENT, "e1", 3)

    in_hall(story)


def test_a_bad_rating_is_stored_before_the_reasons_are_asked() -> None:
    async def story(hall: Hall) -> None:
        shown: list[tuple[PadScreen, int]] = []
        hall.pad.on_change = lambda state: shown.append((state.screen, hall.disk.execute(
            "SELECT count(*) FROM rated").fetchone()[0]))  # fmt: skip
        await hall.ask("e1")
        await hall.pad.press(2)
        await asyncio.sleep(0.1)
        assert (PadScreen.REASONS, 1) in shown
        assert (PadScreen.REASONS, 0) not in shown
        assert [type(fact) for fact in hall.facts()] == [RatingGiven]
        await hall.pad.touch(*REASON_BOXES[RatingReason.UNCLEAR].middle)
        await hall.pad.touch(*SUBMIT_BOX.middle)
        await asyncio.sleep(0.1)
        given, reasons = hall.facts()
        assert isinstance(given, RatingGiven)
        assert isinstance(reasons, RatingReasonsGiven)
        assert (reasons.rating, reasons.reasons) == (given.rating, (RatingReason.UNCLEAR,))

    in_hall(story)


@pytest.mark.parametrize("way_out", ["no_reason", "time", "next_question", "power_cut"])
def test_reasons_passed_over_are_told_as_such_exactly_once(way_out: str) -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        await hall.pad.press(1)
        if way_out == "no_reason":
            await hall.pad.touch(*hall.pad.boxes()["no_reason"].middle)
        elif way_out == "time":
            await asyncio.sleep(61)
            assert hall.pad.state.screen is PadScreen.THANKS
        elif way_out == "next_question":
            assert await hall.ask("e2") == CommandDone()
            assert hall.pad.state.service_event == "e2"
        else:
            await hall.stop("pad")
            hall.pad = hall.new_pad(8)
            hall.start("pad")
        await asyncio.sleep(5)
        given, reasons = hall.facts()
        assert isinstance(reasons, RatingReasonsGiven)
        assert reasons == RatingReasonsGiven(rating=given.rating, service_event="e1")  # type: ignore[attr-defined]

    in_hall(story)


def test_a_question_nobody_answers_goes_away_after_a_minute_and_leaves_no_rating() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        await asyncio.sleep(59.5)
        assert hall.pad.state.screen is PadScreen.GRADES
        await asyncio.sleep(1)
        assert hall.pad.state.screen is PadScreen.IDLE
        assert not await hall.pad.press(5)
        assert hall.facts() == []

    in_hall(story)


def test_questions_for_others_out_of_date_or_already_rated_are_refused() -> None:
    async def story(hall: Hall) -> None:
        assert await hall.ask("e1", window=4) == CommandRefused(code="foreign_window")
        assert await hall.ask("e1", seconds=-1) == CommandRefused(code="expired")
        assert await hall.command(TakePicture(), seconds=-1) == CommandRefused(code="late")
        await hall.ask("e1")
        await hall.pad.press(4)
        assert await hall.ask("e1") == CommandRefused(code="already_rated")
        await hall.stop("pad")
        hall.pad = hall.new_pad(9)
        hall.start("pad")
        await asyncio.sleep(0.1)
        assert await hall.ask("e1") == CommandRefused(code="already_rated")
        assert len(hall.facts()) == 1

    in_hall(story)


def test_a_second_question_replaces_the_first() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        await hall.ask("e2")
        await hall.pad.press(3)
        await asyncio.sleep(0.1)
        assert [fact.service_event for fact in hall.facts()] == ["e2"]  # type: ignore[attr-defined]

    in_hall(story)


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


def test_the_staff_card_is_shown_unless_it_cannot_be_drawn() -> None:
    async def story(hall: Hall) -> None:
        assert await hall.command(SetStaffCard(window=3, staff="1003", masked_name="李*")) == CommandDone()
        assert (hall.pad.face.staff, hall.pad.face.masked_name) == ("1003", "李*")
        unknown = SetStaffCard(window=3, staff="1003", masked_name="\ue123*")
        assert await hall.command(unknown) == CommandRefused(code="missing_glyph")
        foreign = SetStaffCard(window=9, staff="1009", masked_name="赵*")
        assert await hall.command(foreign) == CommandRefused(code="foreign_window")
        assert hall.pad.face.staff == "1003"

    in_hall(story)


def test_a_watcher_sees_the_screen_and_may_press_it_in_a_demonstration() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        picture = await hall.command(TakePicture(width=320))
        assert isinstance(picture, PictureTaken)
        assert Image.open(BytesIO(picture.png)).size == (320, 240)
        x, y = hall.pad.boxes()[RatingGrade.GOOD].middle
        assert await hall.command(PressScreen(x=x, y=y)) == CommandDone()
        assert await hall.command(PressScreen(x=0, y=0)) == CommandDone()
        await asyncio.sleep(0.1)
        (fact,) = hall.facts()
        assert isinstance(fact, RatingGiven)
        assert fact.grade is RatingGrade.GOOD

    in_hall(story)


def test_a_real_pad_cannot_be_pressed_from_afar() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        assert await hall.command(PressScreen(x=100, y=60)) == CommandRefused(code="not_a_demo")
        assert hall.facts() == []

    in_hall(story, PadSetup(window=3))


def test_a_pausing_window_says_until_when_and_where_to_go() -> None:
    async def story(hall: Hall) -> None:
        windows = (
            WindowOnBoard(window=3, state=WindowState.PAUSED, until=TEN + timedelta(minutes=30)),
            WindowOnBoard(window=9, state=WindowState.FREE),
            WindowOnBoard(window=5, state=WindowState.SERVING),
        )
        board = ZoneBoard(
            zone="A",
            business_day=date(2026, 9, 14),
            as_of=TEN,
            mode=HallMode.OPEN,
            windows=windows,
            queues=(),
            calls=(),
        )
        hall.engine.link.publish(topics.board(HALL, "A"), hall.engine.postmark.stamp(board), retain=True)
        await asyncio.sleep(0.1)
        pause = hall.pad.face.pause
        assert pause is not None
        assert (pause.until, pause.elsewhere, pause.closed) == ("10:30", 5, False)
        assert await hall.ask("e1") == CommandDone()
        assert hall.pad.face.screen is PadScreen.GRADES

    in_hall(story)


def test_a_night_of_thirty_idle_pads_costs_nothing() -> None:
    async def main(clock: LoopClock) -> int:
        broker = MemoryBroker()
        loop = asyncio.get_running_loop()
        pads = [
            RatingPad(
                topics.address(HALL, "rating-pad", f"pad-{window:02}"),
                "",
                PadSetup(window=window),
                links=broker.links(),
                clock=clock,
                chance=random.Random(window),
                database=open_database(":memory:"),
            )
            for window in range(1, 31)
        ]
        tasks = [asyncio.ensure_future(pad.run()) for pad in pads]
        await asyncio.sleep(1)
        timers = len(loop._scheduled)  # type: ignore[attr-defined]
        await asyncio.sleep(8 * 3600)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return timers

    assert run_virtual(main, TEN) == 0


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
