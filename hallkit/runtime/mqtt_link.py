"""The link over MQTT 3.1.1: paho's own protocol machine on the running loop; the only importer of paho.

paho is driven through its documented external-loop interface instead of aiomqtt's queue and awaitable publish, which
costs two tasks and an event a message; see the ADR on the MQTT client for the measurement.
"""

import asyncio
import logging
import random
import socket
import ssl
from collections.abc import Callable
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from hallkit.errors import LinkError
from hallkit.runtime.link import LinkFactory, LinkMessage, LinkSetup, LinkUser
from hallkit.runtime.link_trouble import hung_up, why_unreached
from hallkit.runtime.reconnect import Backoff

_LOGGER = logging.getLogger(__name__)

KEEPALIVE = 15
"""Seconds between proofs of life; a half-open connection is noticed within twice this."""

CONNECT_PATIENCE = 10.0
READS_A_TURN = 64
_BAD_CREDENTIALS = {"Bad user name or password", "Not authorized", "Client identifier not valid"}


class _TlsSocket(ssl.SSLSocket):
    """Closes itself when the greeting fails, which paho leaves to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except OSError:
            self.close()
            raise


class MqttLink:
    """A connection to an MQTT broker that comes back by itself."""

    def __init__(
        self, host: str, port: int, setup: LinkSetup, user: LinkUser, chance: random.Random, tls: ssl.SSLContext | None
    ) -> None:
        self._host, self._port, self._setup, self._user, self._tls = host, port, setup, user, tls
        self._backoff = Backoff(chance)
        self._client: paho.Client | None = None
        self._ended: asyncio.Future[str] | None = None
        self._subscribing = 0
        self._heard = 0
        self._is_greeted = False
        self.is_up = False
        self.trouble = ""

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        """Hand over a message; return False, and send nothing, while the link is down."""
        if not self.is_up or self._client is None:
            return False
        return self._client.publish(topic, payload, qos, retain).rc == paho.MQTT_ERR_SUCCESS

    async def run(self) -> None:
        """Keep the link connected until cancelled; raise LinkError if the broker refuses who we are."""
        while True:
            cause = await self._one_connection()
            _LOGGER.log(logging.INFO if cause == self.trouble else logging.WARNING, "link of %s: %s",
                        self._setup.user, cause)  # fmt: skip
            self.trouble = cause
            await asyncio.sleep(self._backoff.next())

    async def _one_connection(self) -> str:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[str] = loop.create_future()
        self._ended, self._is_greeted = ended, False
        client = self._client = self._new_client(loop)
        misc: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(CONNECT_PATIENCE):
                await loop.run_in_executor(None, client.connect, self._host, self._port, KEEPALIVE)
            misc = loop.create_task(self._proofs_of_life(client), name=f"mqtt alive {self._setup.user}")
            return await ended
        except (OSError, TimeoutError) as error:
            return why_unreached(f"{self._host}:{self._port}", error, self._tls is not None)
        finally:
            if misc is not None:
                misc.cancel()
            self._let_go(client, loop)

    def _new_client(self, loop: asyncio.AbstractEventLoop) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, self._setup.user, reconnect_on_failure=False)
        client.username_pw_set(self._setup.user, self._setup.password)
        client.max_inflight_messages_set(200)
        if self._tls is not None:
            self._tls.sslsocket_class = _TlsSocket
            client.tls_set_context(self._tls)
        if self._setup.will is not None:
            client.will_set(self._setup.will.topic, self._setup.will.payload, 1, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        client.on_socket_open = lambda c, _, sock: self._open(loop, c, sock)
        client.on_socket_close = lambda _c, _d, sock: _forget(loop, loop.remove_reader, sock)
        client.on_socket_register_write = lambda c, _, sock: _write_when_ready(loop, c, sock)
        client.on_socket_unregister_write = lambda _c, _d, sock: _forget(loop, loop.remove_writer, sock)
        return client

    def _open(self, loop: asyncio.AbstractEventLoop, client: paho.Client, sock: Any) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop.call_soon_threadsafe(loop.add_reader, sock.fileno(), self._read, client)

    def _read(self, client: paho.Client) -> None:
        for _ in range(READS_A_TURN):
            before = self._heard
            client.loop_read()
            if self._heard == before and not _is_pending(client):
                return
        if _is_pending(client):  # what TLS has decrypted wakes no loop
            asyncio.get_running_loop().call_soon(self._read, client)

    async def _proofs_of_life(self, client: paho.Client) -> None:
        while client.loop_misc() == paho.MQTT_ERR_SUCCESS:  # noqa: ASYNC110 (paho has a deadline, not an event)
            await asyncio.sleep(KEEPALIVE / 4)
        self._end("no answer to a ping")

    def _on_connect(self, client: paho.Client, _: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        self._is_greeted = True
        if reason.is_failure:
            self._end(f"the broker refused us: {reason}", refused=str(reason) in _BAD_CREDENTIALS)
            return
        if not self._setup.filters:
            self._now_up()
            return
        code, mid = client.subscribe([(topic, 1) for topic in self._setup.filters])
        self._subscribing = mid or 0
        if code != paho.MQTT_ERR_SUCCESS:
            self._end("could not subscribe")

    def _on_subscribe(self, client: paho.Client, _: Any, mid: int, codes: list[ReasonCode], properties: Any) -> None:
        refused = [topic for topic, code in zip(self._setup.filters, codes, strict=True) if code.is_failure]
        if refused:
            self._end(f"the broker forbids us to hear {refused}; check the inventory's ACL", refused=True)
        elif mid == self._subscribing:
            self._now_up()

    def _now_up(self) -> None:
        self.is_up = True
        self._backoff.reset()
        self._user.on_up()

    def _on_message(self, client: paho.Client, _: Any, message: paho.MQTTMessage) -> None:
        self._heard += 1
        self._user.on_message(LinkMessage(message.topic, bytes(message.payload), message.retain))

    def _on_disconnect(self, client: paho.Client, _: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        self._end(f"disconnected: {reason}" if self._is_greeted else hung_up(self._tls is not None))

    def _end(self, cause: str, *, refused: bool = False) -> None:
        if self._ended is None or self._ended.done():
            return
        if refused:
            self._ended.set_exception(LinkError(f"{self._setup.user}: {cause}"))
        else:
            self._ended.set_result(cause)

    def _let_go(self, client: paho.Client, loop: asyncio.AbstractEventLoop) -> None:
        was_up, self.is_up = self.is_up, False
        self._client = None
        sock = client.socket()
        client.on_disconnect = None
        if sock is not None:
            loop.remove_writer(sock.fileno())
            loop.remove_reader(sock.fileno())
            client.on_socket_register_write = client.on_socket_unregister_write = client.on_socket_close = None
            sock.close()  # without a DISCONNECT, so that the broker tells everybody by our last will
        if was_up:
            self._user.on_down()


def _is_pending(client: paho.Client) -> bool:
    sock = client.socket()
    return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0


def _write_when_ready(loop: asyncio.AbstractEventLoop, client: paho.Client, sock: Any) -> None:
    """Have the loop write when it can; paho asks this from its connecting thread too, where the loop is not ours."""
    if _is_on(loop):
        loop.add_writer(sock.fileno(), client.loop_write)
    else:
        loop.call_soon_threadsafe(loop.add_writer, sock.fileno(), client.loop_write)


def _is_on(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _forget(loop: asyncio.AbstractEventLoop, remove: Callable[[int], bool], sock: Any) -> None:
    if _is_on(loop):
        remove(sock.fileno())
    else:
        loop.call_soon_threadsafe(remove, sock.fileno())


def mqtt_links(
    host: str, port: int, chance: random.Random, tls: Callable[[str], ssl.SSLContext] | None = None
) -> LinkFactory:
    """Return a factory of links to one broker; `tls` gives the TLS of a user, None speaks in clear."""
    return lambda setup, user: MqttLink(host, port, setup, user, chance, tls(setup.user) if tls else None)
