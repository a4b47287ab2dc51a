"""The rights of a hall hold at every broker the same: on the wire of two, in memory for days in virtual time."""

import asyncio
import contextlib
import random
import secrets
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from contract.topics import Channel
from hall24.presets import one_window
from hallkit.broker.choose import open_broker
from hallkit.broker.mosquitto import find_mosquitto
from hallkit.broker.passwords import hash_password
from hallkit.errors import LinkError
from hallkit.inventory.grants import boards, grants
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import users
from hallkit.runtime.config import parse
from hallkit.runtime.link import Link, LinkFactory, LinkMessage, LinkSetup, Will
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.mqtt_link import mqtt_links

PATIENCE = 30.0
HALL = parse(tomllib.loads(one_window()), Hall)
PASSWORD = "secret of everybody"


@dataclass
class Hearer:
    """Whoever owns a link in this test."""

    heard: list[LinkMessage] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    up: asyncio.Event = field(default_factory=asyncio.Event)
    link: Link | None = None

    def on_message(self, message: LinkMessage) -> None:
        self.heard.append(message)
        self.news.set()

    def on_up(self) -> None:
        self.up.set()

    def on_down(self) -> None:
        self.up.clear()

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        assert self.link is not None
        assert self.link.publish(topic, payload, qos=1, retain=retain)

    async def hears(self, payload: bytes) -> list[bytes]:
        """Return what was heard, once it ends with `payload`."""
        async with asyncio.timeout(PATIENCE):
            while not self.heard or self.heard[-1].payload != payload:
                self.news.clear()
                await self.news.wait()
        return [one.payload for one in self.heard]


Join = Callable[..., Awaitable[Hearer]]


def own(user: str, channel: Channel) -> str:
    return HALL.address(user).topic(channel)


@asynccontextmanager
async def links_of(kind: str) -> AsyncIterator[LinkFactory]:
    if kind == "memory":
        yield MemoryBroker(0.001, grants(HALL)).links()
        return
    hashes = {user: hash_password(PASSWORD.encode(), secrets.token_bytes(12), 101) for user in users(HALL)}
    async with open_broker(kind, grants(HALL), hashes) as broker:
        yield mqtt_links(broker.host, broker.port, random.Random(1))


@pytest.fixture(params=["memory", "embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
async def join(request: pytest.FixtureRequest) -> AsyncIterator[Join]:
    """Connect a user who hears some topics; `waits` False returns before it is connected."""
    if request.param == "mosquitto" and not find_mosquitto():
        pytest.skip("mosquitto is not on PATH: apt-get install mosquitto")
    tasks: list[asyncio.Task[None]] = []
    async with AsyncExitStack() as stack:
        links = await stack.enter_async_context(links_of(request.param))

        async def connect(user: str, *filters: str, will: Will | None = None) -> Hearer:
            hearer = Hearer()
            hearer.link = links(LinkSetup(user, PASSWORD, filters, will), hearer)
            tasks.append(asyncio.ensure_future(hearer.link.run()))
            up = asyncio.ensure_future(hearer.up.wait())
            async with asyncio.timeout(PATIENCE):
                await asyncio.wait([up, tasks[-1]], return_when=asyncio.FIRST_COMPLETED)
            up.cancel()
            if tasks[-1].done():
                tasks.pop().result()
            return hearer

        connect.cut = lambda: tasks[-1].cancel()  # type: ignore[attr-defined]
        yield connect
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


PAD, MACHINE = "pad-01", "ticket-1"


@pytest.mark.parametrize(
    "topic",
    [own(MACHINE, Channel.FACTS), own(PAD, Channel.ACK), own(PAD, Channel.COMMAND), boards(HALL)[0],
     own(PAD, Channel.FACTS) + "/more", "h24/v1/other/rating-pad/pad-01/ev"],
)  # fmt: skip
async def test_nobody_speaks_for_another(join: Join, topic: str) -> None:
    store = await join("hall-store", own(MACHINE, Channel.FACTS), own(PAD, Channel.FACTS))
    machine = await join(MACHINE, own(MACHINE, Channel.ACK), boards(HALL)[0])
    pad = await join(PAD, own(PAD, Channel.ACK), own(PAD, Channel.COMMAND))
    pad.say(topic, b"forged", retain=True)
    pad.say(own(PAD, Channel.FACTS), b"own")
    assert await store.hears(b"own") == [b"own"]
    store.say(own(MACHINE, Channel.ACK), b"end")
    store.say(own(PAD, Channel.ACK), b"end")
    assert await machine.hears(b"end") == [b"end"]
    assert await pad.hears(b"end") == [b"end"]


@pytest.mark.parametrize("wanted", ["#", own(MACHINE, Channel.REPLY), "h24/v1/demo/rating-pad/+/ack", "+/+/+/+/+/+"])
async def test_nobody_hears_what_is_anothers(join: Join, wanted: str) -> None:
    """A broker refuses to subscribe or hands nothing over; mosquitto does the latter."""
    engine, store = await join("queue-engine"), await join("hall-store")
    engine.say(own(MACHINE, Channel.REPLY), b"secret")
    try:
        pad = await join(PAD, wanted, boards(HALL)[0])
    except LinkError as error:
        assert "forbids us to hear" in str(error)  # noqa: PT017 (both ways are right)
        return
    for say in (engine.say, store.say):
        say(own(MACHINE, Channel.REPLY), b"secret")
        say(own("displays-1", Channel.ACK), b"secret")
    engine.say(boards(HALL)[0], b"board", retain=True)
    heard = await pad.hears(b"board")
    assert b"secret" not in heard


async def test_a_last_will_is_held_to_the_same_rights(join: Join) -> None:
    """A broker refuses who wills what he may not say, or says nothing; mosquitto does the latter."""
    intake = await join("intake", own(MACHINE, Channel.STATE), own(PAD, Channel.STATE))
    with contextlib.suppress(LinkError):
        await join(PAD, will=Will(own(MACHINE, Channel.STATE), b"forged"))
        join.cut()  # type: ignore[attr-defined]
        await asyncio.sleep(0.2)
    await join(PAD, will=Will(own(PAD, Channel.STATE), b"own"))
    join.cut()  # type: ignore[attr-defined]
    assert await intake.hears(b"own") == [b"own"]


async def test_what_was_kept_is_handed_to_who_may_hear_it(join: Join) -> None:
    engine = await join("queue-engine")
    engine.say(boards(HALL)[0], b"board", retain=True)
    pad = await join(PAD, boards(HALL)[0])
    assert await pad.hears(b"board") == [b"board"]
    assert pad.heard[0].retained
