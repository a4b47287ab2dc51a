"""A small MQTT 3.1.1 client for asyncio that never waits for ever (OASIS standard 2014).

Every await has a time limit; a publish is repeated with DUP and the same packet id; a ping goes out at a quarter of the
keepalive and a silent broker is left after a whole one; filters are subscribed on every connection. A refusal is told
apart from an outage: it is tried again after minutes, not seconds.
"""

import asyncio

from h24 import mqtt_codec as codec
from h24.errors import DeviceError, ProtocolError, RefusedError

PATIENCE = 10
KEEPALIVE = 20
REPEATS = 3
IN_FLIGHT = 8
FIRST_WAIT, LONGEST_WAIT = 1, 30
FIRST_REFUSED, LONGEST_REFUSED = 60, 900
_BUSY = 3
FAULTS = (OSError, EOFError, asyncio.TimeoutError, DeviceError)


class Account:
    """Who we are to the broker, what it says when we are gone, and what we want to hear."""

    def __init__(self, user, password, will, filters):
        self.user, self.password, self.will, self.filters = user, password, will, filters


class Client:
    """One connection at a time, again and again. `dial()` opens a (reader, writer) pair; `beat()` tells the watchdog.

    The owner replaces `on_up`, `on_down`, `on_message(message)`, `on_piece(message)` and `on_refused(code)`.
    """

    def __init__(self, dial, account, jitter, patience=PATIENCE, keepalive=KEEPALIVE, refused_wait=FIRST_REFUSED):
        self._dial, self._account, self._jitter = dial, account, jitter
        self._patience, self._keepalive, self._refused_wait = patience, keepalive, refused_wait
        self._writer, self._pid, self._acks = None, 0, {}
        self._pings, self._over, self._turn = 0, None, asyncio.Lock()
        self.is_up = False
        self.refusal, self.failures, self.last_error = 0, 0, ""
        self.on_up = self.on_down = self.beat = _nothing
        self.on_message = self.on_piece = self.on_refused = _nothing

    async def run(self):
        """Stay connected until cancelled."""
        while True:
            refused = await self._live()
            await self._rest(refused)

    async def publish(self, topic, payload, qos=0, retain=False):
        """Return True once the message is on its way (QoS 0) or the broker has it (QoS 1); False if the link fell."""
        if not self.is_up:
            return False
        if not qos:
            return await self._send(codec.publish(topic, payload, 0, 0, retain))
        if len(self._acks) >= IN_FLIGHT:
            return False
        pid = self._next_pid()
        acked = self._acks[pid] = asyncio.Event()
        try:
            return await self._repeat(codec.publish(topic, payload, 1, pid, retain), acked)
        finally:
            self._acks.pop(pid, None)

    async def _repeat(self, packet, acked):
        link = self._writer
        for _ in range(REPEATS):
            if self._writer is not link or not await self._send(packet):
                return False
            if await _within(acked.wait(), self._patience):
                return self.is_up and self._writer is link
            packet = codec.again(packet)
        if self._writer is link:
            self._hang_up("a message was never acknowledged")
        return False

    def _next_pid(self):
        while True:
            self._pid = self._pid % 65535 + 1
            if self._pid not in self._acks:
                return self._pid

    async def _live(self):
        """Connect and serve until the connection ends; return whether we were refused."""
        try:
            await self._connect()
            await self._serve()
        except RefusedError as error:
            self.refusal, self.last_error = error.code, str(error)
            self.on_refused(error.code)
            return True
        except FAULTS as error:
            self.last_error = "%s %s" % (type(error).__name__, error)
        finally:
            await self._fallen()
        return False

    async def _connect(self):
        self._reader, self._writer = await asyncio.wait_for(self._dial(), self._patience)
        self._decoder, self._waiting = codec.Decoder(), []
        one = self._account
        await self._must_send(codec.connect(one.user, one.user, one.password, self._keepalive, one.will))
        code = await self._expect("connack")
        if code == _BUSY:
            raise ProtocolError("the broker is busy")
        if code:
            raise RefusedError(code)
        pid = self._next_pid()
        await self._must_send(codec.subscribe(pid, one.filters))
        got, worst = await self._expect("suback")
        if got != pid:
            raise ProtocolError("a SUBACK nobody waits for")
        if worst == 128:
            raise RefusedError(worst)

    async def _expect(self, wanted):
        """Return the value of the packet the handshake needs; a message that came before it is served afterwards."""
        for _ in range(64):
            for place, (kind, value) in enumerate(self._waiting):
                if kind == wanted:
                    del self._waiting[place]
                    return value
                if kind not in ("message", "piece") or wanted == "connack":
                    raise ProtocolError("%s instead of %s" % (kind, wanted))
            self._waiting += self._decoder.feed(await self._read(self._patience))
            if len(self._waiting) > IN_FLIGHT:
                await self._drain_waiting()
        raise ProtocolError("no %s among 64 reads" % wanted)

    async def _drain_waiting(self):
        waiting, self._waiting = self._waiting, []
        for kind, value in waiting:
            if kind not in ("message", "piece"):
                self._waiting.append((kind, value))
            else:
                await self._take(kind, value)

    async def _serve(self):
        self._over, self._pings = asyncio.Event(), 0
        self.is_up, self.refusal = True, 0
        self.on_up()
        tasks = [asyncio.create_task(self._guard(work)) for work in (self._read_on(), self._ping())]
        try:
            await self._over.wait()
        finally:
            for task in tasks:
                task.cancel()

    async def _guard(self, work):
        try:
            await work
        except FAULTS as error:
            self._hang_up("%s %s" % (type(error).__name__, error))

    async def _read_on(self):
        for kind, value in self._waiting:
            await self._take(kind, value)
        while True:
            for kind, value in self._decoder.feed(await self._read(self._keepalive)):
                await self._take(kind, value)
            self.beat()

    async def _take(self, kind, value):
        if kind == "message":
            self.on_message(value)
        elif kind == "piece":
            self.on_piece(value)
        elif kind == "puback":
            acked = self._acks.get(value)
            if acked:
                acked.set()
        elif kind == "pong":
            self._pings = 0
            self.failures = 0
        else:
            raise ProtocolError("a second %s" % kind)
        if kind in ("message", "piece") and value.qos and value.is_last:
            await self._must_send(codec.puback(value.pid))

    async def _ping(self):
        """Ask every quarter of the keepalive; four questions without an answer are a dead link."""
        while True:
            await asyncio.sleep(self._keepalive / 4)
            self.beat()
            if self._pings >= 4:
                raise EOFError("the broker answers no ping")
            self._pings += 1
            await self._must_send(codec.PING)

    async def _read(self, patience):
        data = await asyncio.wait_for(self._reader.read(256), patience)
        if not data:
            raise EOFError("the broker closed the connection")
        return data

    async def _send(self, packet):
        try:
            await self._must_send(packet)
            return True
        except FAULTS as error:
            if self._over is not None:
                self._hang_up("%s %s" % (type(error).__name__, error))
            return False

    async def _must_send(self, packet):
        async with self._turn:
            if self._writer is None:
                raise EOFError("no connection")
            self._writer.write(packet)
            await asyncio.wait_for(self._writer.drain(), self._patience)

    def _hang_up(self, cause):
        """End this connection, from whichever task found it bad."""
        self.last_error, self.is_up = cause, False
        self._over.set()

    async def _fallen(self):
        was_up, self.is_up = self.is_up or self._over is not None, False
        writer, self._writer, self._over = self._writer, None, None
        for acked in self._acks.values():
            acked.set()
        if was_up:
            self.on_down()
        if writer is not None:
            await _close(writer, self._patience)

    async def _rest(self, refused):
        first, longest = (self._refused_wait, LONGEST_REFUSED) if refused else (FIRST_WAIT, LONGEST_WAIT)
        wait = min(first * 2 ** min(self.failures, 10), longest)
        self.failures += 1
        left = wait * (0.75 + self._jitter() / 2)
        while left > 0:
            self.beat()
            await asyncio.sleep(min(left, 5))
            left -= 5


def _nothing(*_):
    """Stand in until the owner listens."""


async def _within(wait, seconds):
    try:
        await asyncio.wait_for(wait, seconds)
        return True
    except asyncio.TimeoutError:
        return False


async def _close(writer, patience):
    """Close for good; a broker that went away has nothing to say about it."""
    writer.close()
    try:
        await asyncio.wait_for(writer.wait_closed(), patience)
    except FAULTS:
        return
