"""Retained state, last wills, keep alive and delivery, at either broker, also with a client written elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiomqtt
import pytest

from hallkit.broker.choose import OpenBroker
from hallkit.codecs.mqtt import Will

Join = Callable[..., Awaitable[Any]]

pytestmark = pytest.mark.network

PAD = "h24/v1/h1/rating_pad/pad1"


async def test_the_last_state_waits_for_a_later_subscriber(join: Join) -> None:
    pad = await join("pad1")
    for state in (b"starting", b"ready"):
        await pad.publish(f"{PAD}/st", state, retain=True)
    store = await join("store", "h24/v1/h1/+/+/st")
    assert [(one.payload, one.retain, one.qos) for one in await store.hears(1)] == [(b"ready", True, 1)]
    await pad.publish(f"{PAD}/st", b"", retain=True)
    await store.hears(2)
    again = await join("watch", "h24/v1/h1/+/+/st")
    await pad.publish(f"{PAD}/st", b"live")
    assert [one.payload for one in await again.hears(1)] == [b"live"]


@pytest.mark.parametrize("qos", [0, 1])
async def test_a_dropped_line_publishes_the_will_and_keeps_it(join: Join, qos: int) -> None:
    store = await join("store", "h24/v1/h1/+/+/st")
    pad = await join("pad1", will=Will(f"{PAD}/st", b"gone boot 7", qos, True))
    pad.drop()
    assert [(one.payload, one.retain, one.qos) for one in await store.hears(1)] == [(b"gone boot 7", False, qos)]
    late = await join("watch", "h24/v1/h1/+/+/st")
    assert [one.payload for one in await late.hears(1)] == [b"gone boot 7"]


async def test_an_orderly_leave_publishes_no_will(join: Join) -> None:
    store = await join("store", "h24/v1/h1/+/+/st", "h24/v1/h1/+/+/ev")
    pad = await join("pad1", will=Will(f"{PAD}/st", b"gone", 1, True))
    await pad.leave()
    other = await join("pad2")
    await other.publish("h24/v1/h1/rating_pad/pad2/ev", b"end")
    assert [one.payload for one in await store.hears(1)] == [b"end"]


async def test_a_silent_client_is_given_up_and_its_will_is_published(join: Join) -> None:
    store = await join("store", "h24/v1/h1/+/+/st")
    pad = await join("pad1", keep_alive=1, will=Will(f"{PAD}/st", b"silent", 1))
    started = asyncio.get_running_loop().time()
    assert [one.payload for one in await store.hears(1)] == [b"silent"]
    assert asyncio.get_running_loop().time() - started >= 1.0
    await pad.closed()


async def test_messages_of_one_device_arrive_in_order_and_once(join: Join) -> None:
    store, pad = await join("store", "h24/v1/h1/+/+/ev"), await join("pad1")
    for number in range(300):
        await pad.publish(f"{PAD}/ev", b"%d" % number, qos=number % 2)
    assert [int(one.payload) for one in await store.hears(300)] == list(range(300))


async def test_no_small_packet_waits_for_an_acknowledgement_of_the_line(join: Join) -> None:
    """Without TCP_NODELAY every QoS 1 exchange takes 40 ms and more; a loaded machine delays some, never all."""
    pad = await join("pad1", f"{PAD}/ack")
    watch = await join("watch", f"{PAD}/ev")
    loop, spent = asyncio.get_running_loop(), []
    for number in range(1, 21):
        started = loop.time()
        await pad.publish(f"{PAD}/ev", b"x")
        await watch.hears(number)
        await watch.publish(f"{PAD}/ack", b"y")
        await pad.hears(number)
        spent.append(loop.time() - started)
    assert min(spent) < 0.03


async def test_a_large_message_survives(join: Join) -> None:
    store, pad = await join("store", "h24/v1/h1/+/+/ev"), await join("pad1")
    body = bytes(range(256)) * 2_000
    assert await pad.publish(f"{PAD}/ev", body)
    assert (await store.hears(1))[0].payload == body


async def test_a_client_library_of_others_finds_what_it_expects(broker: OpenBroker) -> None:
    def client(user: str, **more: Any) -> aiomqtt.Client:
        return aiomqtt.Client(
            broker.host, broker.port, username=user, password=f"secret of {user}", identifier=user, **more
        )

    will = aiomqtt.Will(f"{PAD}/st", b"gone", 1, True)
    async with client("store") as store:
        await store.subscribe([("h24/v1/h1/+/+/ev", 1), ("h24/v1/h1/+/+/st", 1)])
        async with client("pad1", will=will) as pad:
            for number in range(50):
                await pad.publish(f"{PAD}/ev", b"%d" % number, qos=1)
            await pad.publish(f"{PAD}/st", b"ready", qos=1, retain=True)
        seen = [bytes((await anext(store.messages)).payload) for _ in range(51)]
    assert seen == [*(b"%d" % number for number in range(50)), b"ready"]
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client(broker.host, broker.port, username="pad1", password="wrong"):
            pass
