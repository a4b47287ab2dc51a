"""A hall for boards: a real mosquitto with the hall's rights, an engine that commands, a store that commits."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from contract import codec, topics
from contract.board import ZoneBoard
from contract.body import Body, Command, Result
from contract.link import DeviceState, Presence
from contract.topics import Address, Channel
from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.mosquitto import find_mosquitto
from hallkit.broker.mosquitto_files import TlsFiles
from hallkit.broker.passwords import hash_password
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.store import open_database
from hallkit.runtime.writer import InlineWriter
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import StoreService

ENGINE = topics.address("demo", "queue-engine", "engine")
STORE = topics.address("demo", "bridge", "store")
BOARD = topics.board("demo", "A")
CLOCK = SystemClock()
PATIENCE = 60.0


def grants(board: Address) -> list[Grant]:
    """Return the rights of a board, of the engine and of the store."""

    def of(one: Address, *channels: Channel) -> tuple[str, ...]:
        return tuple(one.topic(channel) for channel in channels)

    own = of(board, Channel.FACTS, Channel.STATE, Channel.RESULT)
    hears = (*of(board, Channel.REPLY, Channel.COMMAND, Channel.ACK), BOARD)
    engine_says = (board.topic(Channel.COMMAND), BOARD, ENGINE.topic(Channel.STATE))
    engine_hears = (
        *of(ENGINE, Channel.REPLY, Channel.COMMAND),
        *of(board, Channel.STATE, Channel.RESULT),
    )
    store_says = (board.topic(Channel.ACK), STORE.topic(Channel.STATE))
    store_hears = (*of(STORE, Channel.REPLY, Channel.COMMAND), board.topic(Channel.FACTS))
    return [
        Grant(board.name, own, hears),
        Grant(ENGINE.name, engine_says, engine_hears),
        Grant(STORE.name, store_says, store_hears),
    ]


class BoardHall:
    """The engine and the store of one board's hall, and what both saw of it."""

    def __init__(self, broker: OpenBroker, board: Address) -> None:
        links = mqtt_links(broker.host, broker.port, random.Random(1))
        self.broker, self.board = broker, board
        self.states: list[DeviceState] = []
        self.told: list[str] = []
        self.results: list[Result] = []
        hear = {board.topic(Channel.STATE): self._state, board.topic(Channel.RESULT): self._result}
        self.engine = Device(ENGINE, "secret", links=links, clock=CLOCK, chance=random.Random(2), hear=hear)
        self.store = HallStore(open_database(":memory:"), "demo", "store-inc")
        self.keeper = StoreService(
            self.store, InlineWriter(), STORE, "secret", [board], links=links, clock=CLOCK, chance=random.Random(3)
        )

    def _state(self, message: LinkMessage) -> None:
        self.told.append(message.payload.decode())
        self.states.append(codec.body_of(codec.decode(message.payload), DeviceState))

    def _result(self, message: LinkMessage) -> None:
        self.results.append(codec.body_of(codec.decode(message.payload), Result))

    async def command(self, body: Command) -> Result:
        """Command the board and wait for its answer."""
        before = len(self.results)
        data = self.engine.postmark.stamp(body, deadline=CLOCK.now() + timedelta(seconds=30))
        self.engine.link.publish(self.board.topic(Channel.COMMAND), data, qos=1)
        await until(lambda: len(self.results) > before)
        return self.results[-1]

    def show(self, board: ZoneBoard) -> None:
        """Publish a zone's board."""
        self.engine.link.publish(BOARD, self.engine.postmark.stamp(board), qos=1, retain=True)

    def facts(self) -> list[Body]:
        """Return what the store committed, oldest first."""
        rows = [codec.decode(row.payload) for row in self.store.rows(0, 1000)]
        return [codec.decode_body(one.type, one.body) for one in rows]

    @property
    def is_online(self) -> bool:
        """Whether the board told last that it is there."""
        return bool(self.states) and self.states[-1].presence is Presence.ONLINE


async def until(what: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not what():  # noqa: ASYNC110 - a test watches from outside
            await asyncio.sleep(0.01)


@asynccontextmanager
async def a_hall(board: Address, tls: TlsFiles | None = None) -> AsyncIterator[BoardHall]:
    """Run the hall while entered; skip without mosquitto."""
    if not find_mosquitto():
        pytest.skip("mosquitto is not on PATH: apt-get install mosquitto")
    rights = grants(board)
    hashes = {one.user: hash_password(b"secret", b"0" * 12, 101) for one in rights}
    async with open_broker("mosquitto", rights, hashes, tls=tls) as broker:
        made = BoardHall(broker, board)
        tasks = [asyncio.ensure_future(run()) for run in (made.engine.run, made.keeper.run)]
        await until(lambda: made.engine.link.is_up and made.keeper.device.link.is_up)
        try:
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
