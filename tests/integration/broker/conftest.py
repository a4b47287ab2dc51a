"""Both brokers under the same grants, and a client small enough to misbehave."""

import asyncio
import contextlib
import secrets
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Self

import pytest

from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.mosquitto import find_mosquitto
from hallkit.broker.passwords import hash_password
from hallkit.codecs.mqtt import (
    Connack,
    Connect,
    ConnectCode,
    Decoder,
    Disconnect,
    Packet,
    Puback,
    Publish,
    Suback,
    Subscribe,
    encode,
)

PATIENCE = 10.0
PADS = 500


def device(hall: str, kind: str, name: str, *extra: str) -> Grant:
    own = f"h24/v1/{hall}/{kind}/{name}"
    writes = tuple(f"{own}/{channel}" for channel in ("ev", "st", "req", *extra))
    return Grant(name, writes, (f"{own}/ack", f"{own}/rep", f"h24/v1/{hall}/board/+"))


GRANTS = (
    device("h1", "ticket_machine", "tm1"),
    *(device("h1", "rating_pad", f"pad{number}") for number in range(PADS)),
    device("h2", "rating_pad", "far"),
    Grant("store", ("h24/v1/h1/+/+/ack",), ("h24/v1/h1/+/+/ev", "h24/v1/h1/+/+/st")),
    Grant("watch", ("h24/#",), ("h24/#", "$h24/#")),
)


def password(user: str) -> str:
    return f"secret of {user}"


HASHES = {grant.user: hash_password(password(grant.user).encode(), secrets.token_bytes(12), 101) for grant in GRANTS}


class Client:
    """An MQTT client that acknowledges what it hears and remembers it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._decoder = Decoder()
        self._changed = asyncio.Event()
        self.packets: list[Packet] = []
        self.is_closed = False
        self.acknowledges = True
        self._last_id = 0
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, port: int, tls: ssl.SSLContext | None = None) -> Self:
        return cls(
            *await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname="localhost" if tls else None)
        )

    @property
    def heard(self) -> list[Publish]:
        return [packet for packet in self.packets if isinstance(packet, Publish)]

    async def connect(self, user: str | None, secret: str | None = None, **more: Any) -> ConnectCode | None:
        """Return the CONNACK code, or None if the line was closed instead."""
        if user is not None:
            more |= {"user_name": user, "password": (secret or password(user)).encode()}
        self.send(Connect(**{"client_id": f"{user}-id", **more}))
        answer = await self.answer(lambda packet: isinstance(packet, Connack))
        return answer.code if isinstance(answer, Connack) else None

    async def subscribe(self, *wanted: str, qos: int = 1) -> tuple[int, ...]:
        number = self._next_id()
        self.send(Subscribe(number, tuple((one, qos) for one in wanted)))
        answer = await self.answer(lambda packet: isinstance(packet, Suback) and packet.packet_id == number)
        return answer.codes if isinstance(answer, Suback) else ()

    async def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> bool:
        """Return whether the message was acknowledged (always, for QoS 0)."""
        if qos == 0:
            self.send(Publish(topic, payload, 0, retain))
            return True
        number = self._next_id()
        self.send(Publish(topic, payload, qos, retain, packet_id=number))
        return await self.answer(lambda packet: packet == Puback(number)) is not None

    async def hears(self, count: int) -> list[Publish]:
        """Wait for `count` messages in all; return what was heard even if they are fewer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while len(self.heard) < count and not self.is_closed:
                    await self._change()
        return self.heard

    async def answer(self, wanted: Callable[[Packet], bool]) -> Packet | None:
        """Return the first packet that is `wanted` and forget it; None once the line is closed."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for index, packet in enumerate(self.packets):
                    if wanted(packet):
                        return self.packets.pop(index)
                if self.is_closed:
                    return None
                await self._change()

    async def closed(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await asyncio.shield(self._task)

    def send(self, packet: Packet) -> None:
        self.send_bytes(encode(packet))

    def send_bytes(self, data: bytes) -> None:
        self._writer.write(data)

    async def leave(self) -> None:
        self.send(Disconnect())
        await self._writer.drain()
        await self.closed()

    def drop(self) -> None:
        """Cut the line without a word."""
        self._writer.transport.abort()

    def stop_reading(self) -> None:
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    async def aclose(self) -> None:
        self.drop()
        await self._task
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(1 << 16):
                for packet in self._decoder.feed(data):
                    self.packets.append(packet)
                    if self.acknowledges and isinstance(packet, Publish) and packet.qos:
                        self.send(Puback(packet.packet_id))
                self._changed.set()
        except OSError:
            pass
        finally:
            self.is_closed = True
            self._changed.set()


def require_mosquitto() -> None:
    """Skip with a loud reason, or fail where everything is required."""
    if find_mosquitto() is None:
        reason = "MOSQUITTO IS NOT INSTALLED: the hall's real broker is not tested (apt install mosquitto)"
        pytest.skip(reason)


BROKERS = ["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)]


@pytest.fixture(params=BROKERS)
def mode(request: pytest.FixtureRequest) -> str:
    if request.param == "mosquitto":
        require_mosquitto()
    return str(request.param)


@pytest.fixture
async def broker(mode: str) -> AsyncIterator[OpenBroker]:
    async with open_broker(mode, GRANTS, HASHES) as opened:
        yield opened


@pytest.fixture
async def stranger() -> AsyncIterator[Callable[..., Awaitable[Client]]]:
    """A TCP connection that has not said CONNECT yet."""
    clients: list[Client] = []

    async def open_client(port: int, tls: ssl.SSLContext | None = None) -> Client:
        clients.append(await Client.open(port, tls))
        return clients[-1]

    yield open_client
    await asyncio.gather(*(client.aclose() for client in clients))


@pytest.fixture
def join(broker: OpenBroker, stranger: Callable[..., Awaitable[Client]]) -> Callable[..., Awaitable[Client]]:
    """A connected client of that user, subscribed to what is given."""

    async def connect(user: str, *wanted: str, **more: Any) -> Client:
        client = await stranger(broker.port)
        assert await client.connect(user, **more) is ConnectCode.ACCEPTED
        if wanted:
            await client.subscribe(*wanted)
        return client

    return connect


@pytest.fixture
def grants() -> tuple[Grant, ...]:
    return GRANTS


@pytest.fixture
def hashes() -> dict[str, str]:
    return dict(HASHES)


@pytest.fixture
def needs_mosquitto() -> None:
    require_mosquitto()
