"""A rating pad over real MQTT: asked, pressed, cut off and back."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from contract import codec, topics
from contract.link import DeviceState, Presence
from contract.rating import AskRating, RatingGiven
from contract.topics import Channel
from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.mosquitto import find_mosquitto
from hallkit.broker.passwords import hash_password
from hallkit.pad.state import PadScreen
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.store import open_database
from hallkit.runtime.writer import InlineWriter
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import StoreService
from simulators.rating_pad import PadSetup, RatingPad

HALL = "demo"
PAD = topics.address(HALL, "rating-pad", "pad-03")
ENGINE = topics.address(HALL, "queue-engine", "engine")
STORE = topics.address(HALL, "bridge", "store")
CLOCK = SystemClock()

PAD_WRITES = tuple(PAD.topic(one) for one in (Channel.FACTS, Channel.STATE, Channel.RESULT))
PAD_HEARS = tuple(PAD.topic(one) for one in (Channel.REPLY, Channel.COMMAND, Channel.ACK))


def service(address: topics.Address, writes: tuple[str, ...], hears: tuple[str, ...]) -> Grant:
    own = (address.topic(Channel.REPLY), address.topic(Channel.COMMAND))
    return Grant(address.name, (*writes, address.topic(Channel.STATE)), (*own, *hears))


GRANTS = [
    Grant(PAD.name, PAD_WRITES, PAD_HEARS),
    service(ENGINE, (PAD.topic(Channel.COMMAND),), (PAD.topic(Channel.STATE),)),
    service(STORE, (PAD.topic(Channel.ACK),), (PAD.topic(Channel.FACTS),)),
]


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[OpenBroker]:
    if request.param == "mosquitto" and not find_mosquitto():
        pytest.skip("mosquitto is not on PATH: apt-get install mosquitto")
    hashes = {one.user: hash_password(b"secret", b"0" * 12, 101) for one in GRANTS}
    async with open_broker(request.param, GRANTS, hashes) as running:
        yield running


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not what():  # noqa: ASYNC110 - a test watches from outside
            await asyncio.sleep(0.01)


@pytest.mark.network
async def test_a_rating_pressed_while_cut_off_arrives_once_when_the_pad_is_back(broker: OpenBroker) -> None:
    links = mqtt_links(broker.host, broker.port, random.Random(1))
    presences: list[Presence] = []

    def note(message: LinkMessage) -> None:
        presences.append(codec.body_of(codec.decode(message.payload), DeviceState).presence)

    engine = Device(
        ENGINE, "secret", links=links, clock=CLOCK, chance=random.Random(2), hear={PAD.topic(Channel.STATE): note}
    )
    store = HallStore(open_database(":memory:"), HALL, "store-inc")
    keeper = StoreService(
        store, InlineWriter(), STORE, "secret", [PAD], links=links, clock=CLOCK, chance=random.Random(3)
    )
    disk = open_database(":memory:")
    pad = RatingPad(PAD, "secret", PadSetup(window=3), links=links, clock=CLOCK, chance=random.Random(4), database=disk)
    tasks = [asyncio.ensure_future(run()) for run in (engine.run, keeper.run, pad.run)]
    try:
        await until(lambda: engine.link.is_up and presences[-1:] == [Presence.ONLINE])
        now = CLOCK.now()
        ask = AskRating(service_event="e1", window=3, ticket="A001", staff="1003", until=now + timedelta(seconds=60))
        data = engine.postmark.stamp(ask, deadline=now + timedelta(seconds=10))
        engine.link.publish(PAD.topic(Channel.COMMAND), data, qos=1)
        await until(lambda: pad.state.screen is PadScreen.GRADES)
        pad.silent = True
        await until(lambda: presences[-1] is Presence.OFFLINE)
        assert await pad.press(5)
        assert (pad.face.offline, pad.face.waiting, store.last) == (True, 1, 0)
        pad.silent = False
        await until(lambda: pad.face.waiting == 0)
        assert presences[-1] is Presence.ONLINE
        (row,) = store.rows(0, 10)
        assert codec.body_of(codec.decode(row.payload), RatingGiven).service_event == "e1"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
