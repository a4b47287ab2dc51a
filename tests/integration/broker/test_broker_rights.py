"""Who may say and hear what, at either broker."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hallkit.broker.choose import OpenBroker
from hallkit.codecs.mqtt import ConnectCode, Will

Join = Callable[..., Awaitable[Any]]

pytestmark = pytest.mark.network

TM, PAD = "h24/v1/h1/ticket_machine/tm1", "h24/v1/h1/rating_pad/pad1"
END = "h24/v1/h1/board/end"


async def test_only_the_right_password_is_let_in(broker: OpenBroker, stranger: Join) -> None:
    for user, secret in (("pad1", "wrong"), ("pad1", "secret of pad2"), ("nobody", "x"), (None, None)):
        client = await stranger(broker.port)
        assert await client.connect(user, secret) not in (ConnectCode.ACCEPTED,)
        await client.closed()


@pytest.mark.parametrize(
    "topic",
    [
        f"{TM}/ev",
        "h24/v1/h1/ticket_machine/pad1/ev",
        "h24/v1/h2/rating_pad/pad1/ev",
        "h24/v1/h1/rating_pad/pad2/ev",
        f"{PAD}/ack",
        f"{PAD}/cmd",
        "h24/v1/h1/board/main",
        f"{PAD}/ev/more",
    ],
)
async def test_a_pad_speaks_for_nobody_else_in_no_other_hall(join: Join, topic: str) -> None:
    watch, pad = await join("watch", "h24/#"), await join("pad1")
    await pad.publish(topic, b"forged", retain=True)
    await pad.publish(f"{PAD}/ev", b"own")
    assert [(one.topic, one.payload) for one in await watch.hears(1)] == [(f"{PAD}/ev", b"own")]
    late = await join("store", "h24/v1/h1/+/+/ev", "h24/v1/h1/+/+/st")
    await pad.publish(f"{PAD}/st", b"end")
    assert [one.payload for one in await late.hears(1)] == [b"end"]


@pytest.mark.parametrize(
    "wanted", ["#", "h24/#", f"{TM}/rep", "h24/v1/+/rating_pad/+/ev", "h24/v1/h1/rating_pad/+/ack", "+/+/+/+/+/+"]
)
async def test_a_pad_hears_nothing_that_is_not_its_own(join: Join, wanted: str) -> None:
    watch, pad = await join("watch"), await join("pad1")
    await watch.publish(f"{TM}/rep", b"kept", retain=True)
    await pad.subscribe(wanted)
    await pad.subscribe("h24/v1/h1/board/+")
    for topic in (f"{TM}/rep", f"{TM}/ev", "h24/v1/h1/rating_pad/pad2/ack", "h24/v1/h2/board/main"):
        await watch.publish(topic, b"secret")
    await watch.publish(END, b"end")
    heard = await pad.hears(1)
    assert {one.topic for one in heard} == {END}


async def test_a_client_that_never_subscribed_hears_nothing_not_even_retained(join: Join) -> None:
    watch = await join("watch")
    for topic in (f"{PAD}/ack", "h24/v1/h1/board/main", f"{TM}/st"):
        await watch.publish(topic, b"kept", retain=True)
    await join("pad2", "h24/v1/h1/board/+")
    pad = await join("pad1")
    await watch.publish(f"{PAD}/ack", b"live")
    await asyncio.sleep(0.2)
    assert pad.packets == []


async def test_a_last_will_is_held_to_the_same_rights_as_a_publish(
    broker: OpenBroker, join: Join, stranger: Join
) -> None:
    watch = await join("watch", "h24/#")
    for topic in (f"{TM}/st", "h24/v1/h2/rating_pad/pad1/st", f"{PAD}/ack", f"{PAD}/st"):
        pad = await stranger(broker.port)
        await pad.connect("pad1", will=Will(topic, topic.encode(), 1, True))
        pad.drop()
    heard = await watch.hears(1)
    await asyncio.sleep(0.2)
    assert [one.topic for one in heard] == [f"{PAD}/st"]
    assert [one.topic for one in watch.heard] == [f"{PAD}/st"]


async def test_a_client_id_gives_no_hold_over_another_identity(broker: OpenBroker, join: Join, stranger: Join) -> None:
    watch, victim = await join("watch"), await join("pad1", f"{PAD}/ack", client_id="pad1")
    thief = await join("pad2", client_id="pad1")
    guesser = await stranger(broker.port)
    assert await guesser.connect("pad1", "guess", client_id="pad1") is not ConnectCode.ACCEPTED
    await watch.publish(f"{PAD}/ack", b"7")
    assert [one.payload for one in await victim.hears(1)] == [b"7"]
    assert thief.heard == []
    assert not victim.is_closed


async def test_the_same_identity_takes_over_whatever_client_id_it_gives(join: Join) -> None:
    old = await join("pad1", client_id="one")
    new = await join("pad1", f"{PAD}/ack", client_id="two")
    await old.closed()
    watch = await join("watch")
    await watch.publish(f"{PAD}/ack", b"8")
    assert [one.payload for one in await new.hears(1)] == [b"8"]


async def test_a_leading_wildcard_does_not_reach_dollar_topics(join: Join) -> None:
    watch = await join("watch", "#", "+/x", "h24/#")
    await watch.publish("$h24/x", b"hidden")
    await watch.publish("h24/x", b"seen")
    assert {one.payload for one in await watch.hears(1)} == {b"seen"}
