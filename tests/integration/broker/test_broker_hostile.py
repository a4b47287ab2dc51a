"""Whatever one client sends, the others do not notice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from hallkit.broker.acl import Acl, Grant
from hallkit.broker.choose import OpenBroker
from hallkit.broker.core import Limits
from hallkit.broker.passwords import Passwords
from hallkit.broker.server import Broker
from hallkit.codecs.mqtt import Connack, Connect, ConnectCode, Pingreq, Publish, Subscribe, encode

Join = Callable[..., Awaitable[Any]]

pytestmark = pytest.mark.network

PAD = "h24/v1/h1/rating_pad/pad1"
HELLO = encode(Connect("x", user_name="pad2", password=b"secret of pad2"))

WRONG = {
    "reserved type 0": "00 00",
    "reserved type 15": "f0 00",
    "five length bytes": "30 80 80 80 80 01",
    "a gigantic packet": "30 ff ff ff 7f 00 01 61",
    "flags of a ping": "c1 00",
    "flags of a release": "60 02 00 01",
    "flags of a subscribe": "80 06 00 01 00 01 61 00",
    "a ping with a body": "c0 01 00",
    "an empty publish": "30 00",
    "a topic longer than its packet": "30 02 00 05",
    "a topic of bad text": "30 03 00 01 ff",
    "a topic with a surrogate": "30 05 00 03 ed a0 80",
    "a topic with a zero": "30 03 00 01 00",
    "a topic with a wildcard": "30 03 00 01 23",
    "a publish of QoS 3": "36 05 00 01 61 00 01",
    "a packet identifier 0": "32 05 00 01 61 00 00",
    "a subscribe for nothing": "82 02 00 01",
    "a subscribe of QoS 3": "82 06 00 01 00 01 61 03",
    "a subscribe with a torn wildcard": "82 07 00 01 00 02 61 23 00",
    "an unsubscribe from nothing": "a2 02 00 01",
    "a greeting and another": (HELLO + HELLO).hex(),
    "a connack": "20 02 00 00",
    "a suback": "90 03 00 01 00",
    "a connect with the reserved flag": "10 0c 00 04 4d 51 54 54 04 03 00 0a 00 00",
    "a will of QoS 3": "10 0c 00 04 4d 51 54 54 04 1e 00 0a 00 00",
    "another protocol": "10 0c 00 04 4d 51 54 58 04 02 00 0a 00 00",
    "a web browser": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".hex(),
    "a TLS greeting": "16 03 01 02 00 01 00 01 fc 03 03",
}


@pytest.mark.parametrize("greets", [False, True], ids=["before connect", "after connect"])
async def test_malformed_packets_hurt_nobody_else(broker: OpenBroker, join: Join, stranger: Join, greets: bool) -> None:
    store, pad = await join("store", "h24/v1/h1/+/+/ev"), await join("pad1")
    for number, (name, text) in enumerate(WRONG.items(), 1):
        hostile = await stranger(broker.port)
        if greets:
            assert await hostile.connect("pad2") is ConnectCode.ACCEPTED
        hostile.send_bytes(bytes.fromhex(text))
        assert await pad.publish(f"{PAD}/ev", name.encode())
        assert (await store.hears(number))[-1].payload == name.encode()
        if broker.kind == "embedded":
            await hostile.closed()
    assert not pad.is_closed
    assert not store.is_closed


async def test_half_a_packet_holds_nobody_up(broker: OpenBroker, join: Join, stranger: Join) -> None:
    slow = await stranger(broker.port)
    for byte in HELLO[:-1]:
        slow.send_bytes(bytes((byte,)))
    pad = await join("pad1", f"{PAD}/ack")
    watch = await join("watch")
    await watch.publish(f"{PAD}/ack", b"1")
    assert len(await pad.hears(1)) == 1
    slow.send_bytes(HELLO[-1:])
    assert (await slow.answer(lambda packet: isinstance(packet, Connack))).code is ConnectCode.ACCEPTED


@pytest.fixture
async def small(grants: tuple[Grant, ...], hashes: dict[str, str]) -> AsyncIterator[Broker]:
    limits = Limits(max_packet=100_000, max_inflight=10, max_queued=50, connect_timeout=0.2)
    async with Broker(Acl(grants), Passwords(hashes).identify, limits=limits) as broker:
        yield broker


async def _connected(small: Broker, stranger: Join, user: str) -> Any:
    client = await stranger(small.port)
    assert await client.connect(user) is ConnectCode.ACCEPTED
    return client


async def test_a_client_that_does_not_acknowledge_is_parted_with_and_others_go_on(
    small: Broker, stranger: Join
) -> None:
    lazy, pad = await _connected(small, stranger, "store"), await _connected(small, stranger, "pad1")
    watch = await _connected(small, stranger, "watch")
    await lazy.subscribe("h24/v1/h1/+/+/ev")
    await watch.subscribe("h24/v1/h1/+/+/ev")
    lazy.acknowledges = False
    for number in range(70):
        assert await pad.publish(f"{PAD}/ev", b"%d" % number)
    await lazy.closed()
    assert len(lazy.heard) == 10
    assert len(await watch.hears(70)) == 70
    assert small.counters.overflowed == 1


async def test_a_client_that_does_not_read_costs_the_broker_a_bounded_amount(small: Broker, stranger: Join) -> None:
    deaf, pad = await _connected(small, stranger, "watch"), await _connected(small, stranger, "pad1")
    await deaf.subscribe("h24/v1/h1/+/+/ev")
    deaf.stop_reading()
    for _ in range(400):
        await pad.publish(f"{PAD}/ev", bytes(50_000), qos=0)
        await pad.publish(f"{PAD}/st", b"", qos=1)
    assert small.counters.dropped_qos0 > 0
    assert small.counters.dropped_qos0 + small.counters.delivered == 400
    assert small.connected == 2


async def test_a_client_of_another_version_is_told_so(small: Broker, stranger: Join) -> None:
    client = await stranger(small.port)
    client.send_bytes(bytes.fromhex("10 0d 00 04 4d 51 54 54 05 02 00 0a 00 00 00"))
    await client.closed()
    assert client.packets == [Connack(ConnectCode.UNACCEPTABLE_LEVEL)]


async def test_a_packet_beyond_the_bound_is_not_collected(small: Broker, stranger: Join) -> None:
    pad = await _connected(small, stranger, "pad1")
    pad.send_bytes(encode(Publish(f"{PAD}/ev", bytes(100_001)))[:50])
    await pad.closed()
    assert small.counters.malformed == 1


async def test_a_stranger_who_says_nothing_is_shown_out(small: Broker, stranger: Join) -> None:
    client = await stranger(small.port)
    client.send_bytes(HELLO[:5])
    await client.closed()
    assert small.counters.expired == 1


async def test_packets_behind_a_good_connect_in_one_read_are_served(small: Broker, stranger: Join) -> None:
    client = await stranger(small.port)
    client.send_bytes(HELLO + encode(Subscribe(1, (("h24/v1/h1/board/+", 0),))) + encode(Pingreq()) + b"\x00\x00")
    await client.closed()
    assert [type(packet).__name__ for packet in client.packets] == ["Connack", "Suback", "Pingresp"]


async def test_an_idle_broker_with_clients_wakes_for_deadlines_only(small: Broker, stranger: Join) -> None:
    for user in ("pad1", "pad2", "store"):
        await _connected(small, stranger, user)
    await asyncio.sleep(0.3)
    loop = asyncio.get_running_loop()
    assert [
        handle for handle in getattr(loop, "_scheduled", []) if "_expire" in repr(handle) and not handle.cancelled()
    ] == []
