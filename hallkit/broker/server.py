"""The embedded broker: the pure core behind a TCP or TLS port."""

import asyncio
import itertools
import logging
import ssl
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Final, Self

from hallkit.broker.acl import Access, Acl, Grant
from hallkit.broker.core import BrokerCore, Close, Counters, Effect, Limits, Refused, Send
from hallkit.broker.errors import BrokerStartError
from hallkit.broker.mosquitto_files import TlsFiles
from hallkit.broker.passwords import Passwords
from hallkit.broker.peer import Peer
from hallkit.codecs.mqtt import Connect, Packet, ProtocolError, encode

_log = logging.getLogger(__name__)

BACKLOG: Final = 1024
_STOP_PATIENCE: Final = 1.0
_REFUSALS_LOGGED: Final = 1_000


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """Return the TLS of a port; raise BrokerStartError if its files cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(files.certificate, files.key)
        if files.ca is not None:
            context.load_verify_locations(files.ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError) as error:
        raise BrokerStartError(
            f"{files.certificate} with {files.key}: {error}; give the broker its own pair"
        ) from error
    return context


class Broker:
    """An MQTT 3.1.1 broker on one port; `async with` it, then give clients `host` and `port`.

    `identify` returns whose connection a CONNECT is (`Passwords(...).identify`), `access` what that user may do.
    """

    def __init__(
        self,
        access: Access,
        identify: Callable[[Connect], str | None],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._tls = tls
        self._limits = limits or Limits()
        self._identify = identify
        self._access = access
        self._core = BrokerCore(access, identify, self._limits)
        self._numbers = itertools.count(1)
        self._peers: dict[int, Peer] = {}
        self._lines: dict[Peer, None] = {}
        self._unflushed: list[Peer] = []
        self._refusals: set[Refused] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._server: asyncio.Server | None = None
        self._all_gone = asyncio.Event()

    @property
    def counters(self) -> Counters:
        """What happened since the start."""
        return self._core.counters

    @property
    def connected(self) -> int:
        """How many clients are let in."""
        return self._core.connected

    def replace(self, grants: Iterable[Grant], hashes: Mapping[str, str]) -> None:
        """Judge by new rights and passwords from now on; whoever they no longer know is parted with."""
        self._access, self._identify = Acl(grants), Passwords(hashes).identify
        self._do(self._core.replace(self._access, self._identify))

    async def start(self) -> None:
        """Listen; raise BrokerStartError if the port is taken."""
        self._loop = asyncio.get_running_loop()
        self._all_gone.set()
        try:
            self._server = await self._loop.create_server(
                lambda: Peer(next(self._numbers), self, self._limits.max_packet),
                self.host,
                self.port,
                ssl=self._tls,
                ssl_handshake_timeout=self._limits.connect_timeout if self._tls else None,
                backlog=BACKLOG,
            )
        except OSError as error:
            raise BrokerStartError(f"cannot listen on {self.host} port {self.port}: {error}; free the port") from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection after what was sent to it, without wills; sessions and retained messages are gone."""
        self._end()
        for peer in list(self._lines):
            peer.close()
        try:
            async with asyncio.timeout(_STOP_PATIENCE):
                await self._all_gone.wait()
        except TimeoutError:
            await self._cut()

    async def kill(self) -> None:
        """Cut every connection at once, as a crash would; sessions and retained messages are gone."""
        self._end()
        await self._cut()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.stop()

    def opened(self, peer: Peer) -> None:
        """Take note of a new connection."""
        self._lines[peer] = None
        self._all_gone.clear()
        if self._server is None:
            peer.abort()
            return
        self._peers[peer.number] = peer
        self._core.opened(peer.number, self._loop.time())
        self._set_timer()

    def received(self, peer: Peer, packets: Iterable[Packet], fault: ProtocolError | None) -> None:
        """Do what follows from a peer's packets."""
        now = self._loop.time()
        for packet in packets:
            self._do(self._core.handle(peer.number, packet, now))
        if fault is not None and peer.number in self._peers:
            _log.info("connection %d closed: %s", peer.number, fault)
            self._do(self._core.malformed(peer.number, fault))
        self._set_timer()

    def congested(self, peer: Peer) -> None:
        """Hold back what the peer does not take."""
        self._core.congested(peer.number)

    def relieved(self, peer: Peer) -> None:
        """Send what waited."""
        self._do(self._core.relieved(peer.number))

    def lost(self, peer: Peer) -> None:
        """Do what follows from the end of a connection."""
        self._peers.pop(peer.number, None)
        self._lines.pop(peer, None)
        if not self._lines:
            self._all_gone.set()
        self._do(self._core.lost(peer.number))

    def _do(self, effects: list[Effect]) -> None:
        shared: Packet | None = None
        data = b""
        for effect in effects:
            if type(effect) is Send:
                if effect.packet is not shared:
                    shared, data = effect.packet, encode(effect.packet)
                self._put(effect.peer, data)
            elif type(effect) is Close:
                self._close(effect)
            elif type(effect) is Refused:
                self._note(effect)

    def _put(self, number: int, data: bytes) -> None:
        if (peer := self._peers.get(number)) is not None and peer.put(data):
            if not self._unflushed:
                self._loop.call_soon(self._flush)
            self._unflushed.append(peer)

    def _flush(self) -> None:
        """Write what this turn of the loop produced, one write a connection."""
        peers, self._unflushed = self._unflushed, []
        for peer in peers:
            peer.flush()

    def _close(self, effect: Close) -> None:
        if (peer := self._peers.pop(effect.peer, None)) is not None:
            _log.debug("connection %d closed: %s", effect.peer, effect.why)
            peer.close()

    def _note(self, refused: Refused) -> None:
        if refused not in self._refusals and len(self._refusals) < _REFUSALS_LOGGED:
            self._refusals.add(refused)
            _log.warning("%r may not %s %r", refused.identity, refused.act, refused.topic)

    def _set_timer(self) -> None:
        due = self._core.next_deadline()
        if due is None or (self._timer is not None and self._timer.when() <= due):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._expire)

    def _expire(self) -> None:
        self._timer = None
        self._do(self._core.expire(self._loop.time()))
        self._set_timer()

    def _end(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._flush()
        self._peers.clear()
        self._core = BrokerCore(self._access, self._identify, self._limits)

    async def _cut(self) -> None:
        for peer in list(self._lines):
            peer.abort()
        await self._all_gone.wait()
