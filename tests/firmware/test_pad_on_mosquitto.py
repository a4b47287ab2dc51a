"""The rating pad's firmware on a real MicroPython and on CPython, through a real mosquitto with the hall's rights."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pad_bench
import pytest
from pad_bench import Panel

from contract import codec, topics
from contract.board import HallMode, WindowOnBoard, WindowState, ZoneBoard
from contract.body import Result
from contract.link import CommandDone, CommandRefused, DeviceState, Presence
from contract.rating import AskRating, RatingGiven, RatingReasonsGiven, SetStaffCard
from contract.topics import Channel
from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.mosquitto import find_mosquitto
from hallkit.broker.passwords import hash_password
from hallkit.pad.face import Face
from hallkit.pad.pause import PauseShown
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.store import open_database
from hallkit.runtime.writer import InlineWriter
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import StoreService

PAD = topics.address("demo", "rating-pad", "pad-03")
ENGINE = topics.address("demo", "queue-engine", "engine")
STORE = topics.address("demo", "bridge", "store")
BOARD = topics.board("demo", "A")
CLOCK = SystemClock()

GRANTS = [
    Grant(
        PAD.name,
        tuple(PAD.topic(one) for one in (Channel.FACTS, Channel.STATE, Channel.RESULT)),
        (*(PAD.topic(one) for one in (Channel.REPLY, Channel.COMMAND, Channel.ACK)), BOARD),
    ),
    Grant(
        ENGINE.name,
        (PAD.topic(Channel.COMMAND), BOARD, ENGINE.topic(Channel.STATE)),
        (
            ENGINE.topic(Channel.REPLY),
            ENGINE.topic(Channel.COMMAND),
            PAD.topic(Channel.STATE),
            PAD.topic(Channel.RESULT),
        ),
    ),
    Grant(
        STORE.name,
        (PAD.topic(Channel.ACK), STORE.topic(Channel.STATE)),
        (STORE.topic(Channel.REPLY), STORE.topic(Channel.COMMAND), PAD.topic(Channel.FACTS)),
    ),
]


class Hall:
    """The engine that asks, the store that commits, and what both saw of the pad."""

    def __init__(self, broker: OpenBroker) -> None:
        links = mqtt_links(broker.host, broker.port, random.Random(1))
        self.broker = broker
        self.states: list[DeviceState] = []
        self.results: list[Result] = []
        hear = {PAD.topic(Channel.STATE): self._state, PAD.topic(Channel.RESULT): self._result}
        self.engine = Device(ENGINE, "secret", links=links, clock=CLOCK, chance=random.Random(2), hear=hear)
        self.store = HallStore(open_database(":memory:"), "demo", "store-inc")
        self.keeper = StoreService(
            self.store, InlineWriter(), STORE, "secret", [PAD], links=links, clock=CLOCK, chance=random.Random(3)
        )

    def _state(self, message: LinkMessage) -> None:
        self.states.append(codec.body_of(codec.decode(message.payload), DeviceState))

    def _result(self, message: LinkMessage) -> None:
        self.results.append(codec.body_of(codec.decode(message.payload), Result))

    async def command(self, body: AskRating | SetStaffCard) -> Result:
        before = len(self.results)
        data = self.engine.postmark.stamp(body, deadline=CLOCK.now() + timedelta(seconds=10))
        self.engine.link.publish(PAD.topic(Channel.COMMAND), data, qos=1)
        await until(lambda: len(self.results) > before)
        return self.results[-1]

    async def ask(self, event: str) -> Result:
        until_then = CLOCK.now() + timedelta(seconds=60)
        return await self.command(AskRating(service_event=event, window=3, ticket="A1", staff="1003", until=until_then))

    def show_board(self, state: WindowState) -> None:
        windows = [WindowOnBoard(window=one, state=WindowState.SERVING, ticket=f"A{one:03}") for one in range(1, 27)]
        windows[2] = WindowOnBoard(window=3, state=state)
        board = ZoneBoard(
            zone="A",
            business_day=CLOCK.now().date(),
            as_of=CLOCK.now(),
            mode=HallMode.OPEN,
            windows=tuple(windows),
            queues=(),
            calls=(),
        )
        self.engine.link.publish(BOARD, self.engine.postmark.stamp(board), qos=1, retain=True)

    def facts(self) -> list[RatingGiven | RatingReasonsGiven]:
        rows = [codec.decode(row.payload) for row in self.store.rows(0, 100)]
        return [codec.decode_body(one.type, one.body) for one in rows]  # type: ignore[misc]

    @property
    def presence(self) -> Presence | None:
        return self.states[-1].presence if self.states else None


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    if not find_mosquitto():
        pytest.skip("mosquitto is not on PATH: apt-get install mosquitto")
    hashes = {one.user: hash_password(b"secret", b"0" * 12, 101) for one in GRANTS}
    async with open_broker("mosquitto", GRANTS, hashes) as broker:
        made = Hall(broker)
        tasks = [asyncio.ensure_future(run()) for run in (made.engine.run, made.keeper.run)]
        await until(lambda: made.engine.link.is_up and made.keeper.device.link.is_up)
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(params=["cpython", "micropython"])
def python(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    if request.param == "cpython":
        return [sys.executable, "-B", str(pad_bench.MAIN)]
    return pad_bench.on_micropython(request.getfixturevalue("micropython"), tmp_path_factory.mktemp("image"))


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not what():  # noqa: ASYNC110 - a test watches from outside
            await asyncio.sleep(0.01)


def shows(folder: Path, face: Face) -> bool:
    """Whether the pad's screen is the simulated pad's, all but one pixel in a hundred."""
    return pad_bench.likeness(pad_bench.screen(folder), face) > 0.99


pytestmark = [pytest.mark.network, pytest.mark.mosquitto]


async def test_a_rating_pressed_on_the_pad_is_committed_by_the_hall_store(
    hall: Hall, python: list[str], tmp_path: Path
) -> None:
    async with pad_bench.running(python, tmp_path, hall.broker.port) as panel:
        await until(lambda: hall.presence is Presence.ONLINE)
        assert isinstance(await hall.command(SetStaffCard(window=3, staff="1003", masked_name="䶮*")), CommandDone)
        assert isinstance(await hall.ask("e1"), CommandDone)
        await panel.sees("grades")
        await panel.send("key", 5)
        await panel.sees("thanks")
        await until(lambda: len(hall.facts()) == 1)
        await until(lambda: hall.states[-1].outbox == 0)
        (given,) = hall.facts()
        assert isinstance(given, RatingGiven)
        assert (given.service_event, int(given.grade), given.window) == ("e1", 5, 3)
        assert codec.decode(hall.store.rows(0, 9)[0].payload).seq == 1
        again = await hall.ask("e1")
        assert isinstance(again, CommandRefused)
        assert again.code == "already_rated"


async def test_a_bad_grade_asks_for_reasons_and_the_screen_is_the_simulated_pads(
    hall: Hall, python: list[str], tmp_path: Path
) -> None:
    async with pad_bench.running(python, tmp_path, hall.broker.port) as panel:
        await until(lambda: hall.presence is Presence.ONLINE)
        await hall.ask("e2")
        await panel.sees("grades")
        await panel.send("touch", 160, 39 + 40 * 4 + 20)
        await panel.sees("reasons")
        await panel.send("touch", 80, 60)
        await panel.send("touch", 240, 150)
        await panel.send("touch", 200, 210)
        await until(lambda: len(hall.facts()) == 2)
        given, why = hall.facts()
        assert isinstance(given, RatingGiven)
        assert isinstance(why, RatingReasonsGiven)
        assert (int(given.grade), list(why.reasons), why.rating) == (1, ["waited_long", "other"], given.rating)
        await panel.sees("idle")
        assert shows(tmp_path, Face(3, zone_name="综合区"))


async def test_presses_of_an_offline_pad_survive_its_power_and_arrive_once(
    hall: Hall, python: list[str], tmp_path: Path
) -> None:
    assert hall.broker.control is not None
    async with pad_bench.running(python, tmp_path, hall.broker.port) as panel:
        await until(lambda: hall.presence is Presence.ONLINE)
        await hall.ask("e3")
        await panel.sees("grades")
        await hall.broker.control.kill()
        await panel.send("key", 4)
        await panel.sees("thanks")
    await hall.broker.control.start()
    async with pad_bench.running(python, tmp_path, hall.broker.port):
        await until(lambda: len(hall.facts()) == 1)
        await until(lambda: hall.presence is Presence.ONLINE and hall.states[-1].outbox == 0)
        await asyncio.sleep(0.3)
        assert [one.service_event for one in hall.facts()] == ["e3"]


async def test_a_paused_window_is_read_out_of_a_board_larger_than_the_pads_memory_for_messages(
    hall: Hall, python: list[str], tmp_path: Path
) -> None:
    hall.show_board(WindowState.PAUSED)
    async with pad_bench.running(python, tmp_path, hall.broker.port) as panel:
        await until(lambda: hall.presence is Presence.ONLINE)
        face = Face(3, zone_name="综合区", pause=PauseShown(elsewhere=2))
        await until(lambda: shows(tmp_path, face))
        hall.show_board(WindowState.SERVING)
        await until(lambda: shows(tmp_path, Face(3, zone_name="综合区")))
        assert isinstance(panel, Panel)


async def test_a_pad_with_a_wrong_password_says_so_and_comes_back_seldom(
    hall: Hall, python: list[str], tmp_path: Path
) -> None:
    async with pad_bench.running(python, tmp_path, hall.broker.port, password="wrong") as panel:
        await panel.sees("idle")
        await asyncio.sleep(1.5)
        assert hall.states == []
        likeness = pad_bench.likeness(pad_bench.screen(tmp_path), Face(3, zone_name="综合区"))
        assert 0.95 < likeness < 0.999
