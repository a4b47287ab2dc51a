"""The link over real MQTT: comes back by itself, says so when it is refused, and is missed when it goes."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.mosquitto import find_mosquitto
from hallkit.broker.passwords import hash_password
from hallkit.errors import LinkError
from hallkit.runtime.link import LinkMessage, LinkSetup, Will
from hallkit.runtime.mqtt_link import MqttLink, mqtt_links

GRANTS = [
    Grant("pad", ("h/pad/ev", "h/pad/st"), ("h/pad/ack",)),
    Grant("store", ("h/pad/ack",), ("h/pad/ev", "h/pad/st")),
]


@dataclass
class Listener:
    heard: asyncio.Queue[LinkMessage] = field(default_factory=asyncio.Queue)
    up: asyncio.Event = field(default_factory=asyncio.Event)
    down: asyncio.Event = field(default_factory=asyncio.Event)

    def on_message(self, message: LinkMessage) -> None:
        self.heard.put_nowait(message)

    def on_up(self) -> None:
        self.up.set()

    def on_down(self) -> None:
        self.down.set()


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[OpenBroker]:
    if request.param == "mosquitto" and not find_mosquitto():
        pytest.skip("mosquitto is not on PATH: apt-get install mosquitto")
    hashes = {name: hash_password(b"secret", b"0" * 12, 101) for name in ("pad", "store")}
    async with open_broker(request.param, GRANTS, hashes) as running:
        yield running


def link(broker: OpenBroker, name: str, user: Listener, *filters: str, password: str = "secret") -> MqttLink:
    will = Will("h/pad/st", b"gone") if name == "pad" else None
    made = mqtt_links(broker.host, broker.port, random.Random(1))(LinkSetup(name, password, filters, will), user)
    assert isinstance(made, MqttLink)
    return made


async def test_a_link_carries_messages_and_comes_back_when_the_broker_does(broker: OpenBroker) -> None:
    pad, store = Listener(), Listener()
    to_pad, to_store = link(broker, "pad", pad), link(broker, "store", store, "h/pad/ev")
    tasks = [asyncio.ensure_future(one.run()) for one in (to_pad, to_store)]
    async with asyncio.timeout(60):
        await pad.up.wait()
        await store.up.wait()
        assert to_pad.publish("h/pad/ev", b"one")
        assert (await store.heard.get()).payload == b"one"
        assert broker.control is not None
        pad.up.clear()
        store.up.clear()
        await broker.control.kill()
        await pad.down.wait()
        assert not to_pad.publish("h/pad/ev", b"lost, and we are told so")
        await broker.control.start()
        await pad.up.wait()
        await store.up.wait()
        assert to_pad.publish("h/pad/ev", b"two")
        assert (await store.heard.get()).payload == b"two"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_link_that_ends_is_told_by_its_last_will(broker: OpenBroker) -> None:
    pad, store = Listener(), Listener()
    tasks = [asyncio.ensure_future(link(broker, "store", store, "h/pad/st").run())]
    async with asyncio.timeout(60):
        await store.up.wait()
        going = asyncio.ensure_future(link(broker, "pad", pad).run())
        await pad.up.wait()
        going.cancel()
        assert (await store.heard.get()).payload == b"gone"
    tasks[0].cancel()
    await asyncio.gather(*tasks, going, return_exceptions=True)


async def test_wrong_credentials_are_an_error_and_not_an_outage(broker: OpenBroker) -> None:
    with pytest.raises(LinkError, match="refused"):
        async with asyncio.timeout(60):
            await link(broker, "pad", Listener(), password="wrong").run()
