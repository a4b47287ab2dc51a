"""A broker that does one wrong thing on each connection, on CPython and on MicroPython."""

import asyncio

from h24 import mqtt_codec as codec

CONNACK, SUBACK_TAIL = b"\x20\x02\x00\x00", b"\x01"


class HostileBroker:
    """`manners` is a list of coroutines(broker, reader, writer), one for each connection, the last for all others."""

    def __init__(self, *manners):
        self._manners = list(manners)
        self.connections, self.packets, self.port = 0, [], 0
        self._writers = []

    async def __aenter__(self):
        for port in range(18830, 18990):
            try:
                self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
                self.port = port
                return self
            except OSError:
                continue
        raise OSError("no port")

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.sleep(0.02)
        await self._server.wait_closed()

    async def dial(self):
        """Connect as a device's hal does."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def _serve(self, reader, writer):
        manner = self._manners[min(self.connections, len(self._manners) - 1)]
        self.connections += 1
        self._writers.append(writer)
        try:
            await manner(self, reader, writer)
        except (OSError, EOFError):
            pass
        writer.close()
        try:
            await writer.wait_closed()
        except OSError:
            pass

    async def packet(self, reader):
        """Return the next packet of the client: first byte and body."""
        first = (await reader.readexactly(1))[0]
        size = (await reader.readexactly(1))[0]
        if size & 128:
            size = (size & 127) | (await reader.readexactly(1))[0] << 7
        body = await reader.readexactly(size) if size else b""
        self.packets.append((first, bytes(body)))
        return first, bytes(body)


async def say(writer, data):
    """Send bytes."""
    writer.write(data)
    await writer.drain()


async def greet(broker, reader, writer):
    """Accept a client and its filters."""
    await broker.packet(reader)
    await say(writer, CONNACK)
    _, body = await broker.packet(reader)
    filters, place = 0, 2
    while place < len(body):
        place += 3 + (body[place] << 8 | body[place + 1])
        filters += 1
    await say(writer, bytes([0x90, 2 + filters]) + body[:2] + SUBACK_TAIL * filters)


async def friendly(broker, reader, writer):
    """Behave."""
    await greet(broker, reader, writer)
    while True:
        first, body = await broker.packet(reader)
        if first >> 4 == 3 and first & 6:
            end = 2 + (body[0] << 8 | body[1])
            await say(writer, codec.puback(body[end] << 8 | body[end + 1]))
        elif first == 0xC0:
            await say(writer, b"\xd0\x00")


async def deaf(broker, reader, writer):
    """Accept, then answer nothing any more: a half-open link."""
    await greet(broker, reader, writer)
    while True:
        await broker.packet(reader)


async def gone_after_connect(broker, reader, writer):
    """Take the CONNECT and close."""
    await broker.packet(reader)


async def silent(broker, reader, writer):
    """Accept the connection and say nothing."""
    while True:
        await broker.packet(reader)


def refuser(code):
    """Return a manner that refuses with a CONNACK code."""

    async def refuse(broker, reader, writer):
        await broker.packet(reader)
        await say(writer, bytes([0x20, 2, 0, code]))

    return refuse


def sayer(data):
    """Return a manner that greets, says bytes and then behaves."""

    async def talk(broker, reader, writer):
        await greet(broker, reader, writer)
        await say(writer, data)
        while True:
            first, _ = await broker.packet(reader)
            if first == 0xC0:
                await say(writer, b"\xd0\x00")

    return talk


async def mute_for_publish(broker, reader, writer):
    """Acknowledge a publish only when it comes for the second time."""
    await greet(broker, reader, writer)
    while True:
        first, body = await broker.packet(reader)
        if first >> 4 == 3 and first & 8:
            end = 2 + (body[0] << 8 | body[1])
            await say(writer, codec.puback(body[end] << 8 | body[end + 1]))
        elif first == 0xC0:
            await say(writer, b"\xd0\x00")
