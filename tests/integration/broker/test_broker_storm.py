"""The whole hall loses its lines at once and comes back: nothing acknowledged is lost, nothing goes astray."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hallkit.broker.choose import OpenBroker
from hallkit.codecs.mqtt import ConnectCode

Join = Callable[..., Awaitable[Any]]

pytestmark = [pytest.mark.network, pytest.mark.slow]

PADS = 500
ROUNDS = 3
EACH = 4


async def _pad_day(port: int, stranger: Join, name: str, acknowledged: set[bytes]) -> list[str]:
    """Publish, cut the line with messages still under way, come back; return the topics heard."""
    topics: list[str] = []
    for turn in range(ROUNDS):
        client = await stranger(port)
        assert await client.connect(name) is ConnectCode.ACCEPTED
        await client.subscribe(f"h24/v1/h1/rating_pad/{name}/ack")
        bodies = [f"{name}/{turn}/{number}".encode() for number in range(EACH)]
        sent = [asyncio.ensure_future(client.publish(f"h24/v1/h1/rating_pad/{name}/ev", body)) for body in bodies]
        await asyncio.wait(sent[:-1])
        if turn < ROUNDS - 1:
            client.drop()
        results = await asyncio.gather(*sent)
        acknowledged |= {body for body, arrived in zip(bodies, results, strict=True) if arrived}
        topics += [one.topic for one in client.heard]
    return topics


async def test_a_reconnect_storm_of_500_loses_no_acknowledged_message(
    broker: OpenBroker, join: Join, stranger: Join
) -> None:
    store = await join("store", "h24/v1/h1/+/+/ev")
    watch = await join("watch")
    for number in range(0, PADS, 25):
        await watch.publish(f"h24/v1/h1/rating_pad/pad{number}/ack", b"mark", retain=True)
    acknowledged: set[bytes] = set()
    names = [f"pad{number}" for number in range(PADS)]
    heard = await asyncio.gather(*(_pad_day(broker.port, stranger, name, acknowledged) for name in names))
    assert len(acknowledged) >= PADS * ROUNDS * (EACH - 1)
    await watch.publish("h24/v1/h1/rating_pad/end/ev", b"end")
    while b"end" not in {one.payload for one in store.heard}:
        await store.hears(len(store.heard) + 1)
    assert acknowledged - {one.payload for one in store.heard} == set()
    for name, topics in zip(names, heard, strict=True):
        assert set(topics) <= {f"h24/v1/h1/rating_pad/{name}/ack"}
