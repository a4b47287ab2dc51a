"""Whoever says what a hall should not hear: connections under a device's own name, and messages of every bad kind."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hall_rig import Rig, until

from contract.body import Body
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.link import Link, LinkMessage, LinkSetup
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.postmark import Postmark

OVERSIZE: Final = 70_000
"""Bytes: more than a receiver looks at, less than a broker carries."""


TRIES: Final = 20


@dataclass
class Stranger:
    """A connection with a user's own password that says whatever it likes."""

    link: Link | None = None
    heard: list[LinkMessage] = field(default_factory=list)

    def on_message(self, message: LinkMessage) -> None:
        """Remember a message."""
        self.heard.append(message)

    def on_up(self) -> None:
        """Nothing is said on coming up."""

    def on_down(self) -> None:
        """Nothing is done about it."""

    async def say(self, topic: str, payload: bytes, qos: int = 0) -> None:
        """Publish as soon as the link is up."""
        assert self.link is not None
        link = self.link
        await until(lambda: link.publish(topic, payload, qos=qos), "the stranger is connected")


async def insist(rig: Rig, user: str, said: Sequence[tuple[str, bytes]], heard: Callable[[], bool], what: str) -> None:
    """Say messages in a user's name, again and again because he comes back and parts us, until they were heard."""
    for _ in range(TRIES):
        async with stranger(rig, user) as one:
            for topic, payload in said:
                await one.say(topic, payload)
        if heard():
            return
        await asyncio.sleep(0.3)
    raise AssertionError(f"{TRIES} times said and not {what}")


@asynccontextmanager
async def stranger(rig: Rig, user: str, *filters: str) -> AsyncIterator[Stranger]:
    """Connect under a user's name while the block runs; whoever owns the name is parted with and comes back."""
    one = Stranger()
    links = mqtt_links(rig.live.broker.host, rig.live.broker.port, random.Random(5))
    one.link = links(LinkSetup(user, rig.plan.passwords[user], filters), one)
    task = asyncio.create_task(one.link.run())
    try:
        await until(lambda: one.link is not None and one.link.is_up, f"{user} is connected")
        yield one
        await asyncio.sleep(0.1)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def valid(name: str, body: Body, **more: Any) -> bytes:
    """Return a message as the device `name` would write it."""
    return Postmark(name, SystemClock(), random.Random()).stamp(body, **more)


def changed(message: bytes, **fields: Any) -> bytes:
    """Return a message with fields of its envelope replaced; None takes one out."""
    envelope = json.loads(message) | fields
    return json.dumps({name: value for name, value in envelope.items() if value is not None}).encode()


def bad_messages(message: bytes) -> dict[str, bytes]:
    """Return one bad message of every kind, made of a good one; each by the fault it has."""
    return {
        "nothing": b"",
        "bytes": b"\xff\xfe\x00\x87{{{",
        "no object": b"[1,2,3]",
        "cut off": message[: len(message) // 2],
        "oversize": message[:-1] + b',"more":"' + b"x" * OVERSIZE + b'"}',
        "version": changed(message, v=2),
        "no version": changed(message, v=None),
        "name": changed(message, dev="pad-99"),
        "type": changed(message, type="NoSuchMessage"),
        "body": changed(message, body={"nothing": "of it"}),
        "no time": changed(message, ts="yesterday"),
        "numbers": changed(message, seq=-1, inc=""),
        "depth": b'{"v":1,"body":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    }


_VALUES: Final = (
    None, True, -1, 0, 2**70, 1e308, "", "x", "\u0000", "张" * 300, "2026-09-14T09:00:00", "0001-01-01T00:00:00+08:00",
    "9999-12-31T23:59:59-12:00", [], {}, [[]], ["A"] * 40, {"a": {"b": 1}},
)  # fmt: skip


def damaged(message: bytes, chance: random.Random) -> bytes:
    """Return a message with something wrong: a value of another kind, a field gone, bytes changed, cut or doubled."""
    how = chance.randrange(4)
    if how == 0:
        place = chance.randrange(len(message))
        return message[:place] + chance.randbytes(chance.randrange(1, 9)) + message[place + chance.randrange(9) :]
    if how == 1:
        return chance.randbytes(chance.randrange(200))
    envelope = json.loads(message)
    part = envelope["body"] if how == 2 and envelope["body"] else envelope
    name = chance.choice(list(part))
    part[name] = chance.choice(_VALUES)
    return json.dumps(envelope).encode()


def now() -> datetime:
    """Return the wall time."""
    return SystemClock().now()
