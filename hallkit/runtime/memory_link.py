"""A broker in memory with the behaviour and the rights the contract relies on, for tests and for virtual time."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from hallkit.broker.acl import Access, Acl, Grant
from hallkit.codecs.mqtt.topics import matches
from hallkit.errors import LinkError
from hallkit.runtime.link import LinkFactory, LinkMessage, LinkSetup, LinkUser


class _Everything:
    """Forbids nothing."""

    def may_publish(self, user: str, topic: str) -> bool:
        return True

    def may_subscribe(self, user: str, wanted: str) -> bool:
        return True

    def may_receive(self, user: str, topic: str) -> bool:
        return True


_EVERYTHING = _Everything()


class MemoryBroker:
    """Retained messages, last wills and takeover; delivery in order, `latency` loop seconds after publishing.

    `weather(topic, user)`, where set, gives the extra seconds of every copy delivered instead: none is a lost message,
    two a doubled one, and messages overtake each other; None is the ordinary delivery. `taps` see what is routed.
    What `misroute(topic)` picks is handed to everybody, subscribed or not, as bad brokers do.
    A user in `barred` cannot connect. One in `half_open` has a dead connection it does not know of: what it says, and
    what is said to it, is lost.
    With `grants` it holds everybody to them as the other brokers do; what was forbidden is counted in `forbidden`.
    Without, it asks nobody for rights.
    """

    def __init__(self, latency: float = 0.0, grants: Iterable[Grant] | None = None) -> None:
        self.latency = latency
        self._access: Access = Acl(grants) if grants is not None else _EVERYTHING
        self.forbidden: dict[tuple[str, str], int] = {}
        self.weather: Callable[[str, str], Sequence[float] | None] = lambda topic, user: None
        self.misroute: Callable[[str], bool] = lambda topic: False
        self.taps: list[Callable[[str, bytes, bool], None]] = []
        self.half_open: dict[str, bool] = {}
        self.barred: dict[str, bool] = {}
        self.is_running = True
        self.retained: dict[str, bytes] = {}
        self._clients: dict[str, MemoryLink] = {}
        self._hearers: dict[str, tuple[MemoryLink, ...]] = {}
        self.published = 0

    def links(self) -> LinkFactory:
        """Return a factory of links to this broker."""
        return lambda setup, user: MemoryLink(self, setup, user)

    def stop(self) -> None:
        """Drop every client, as kill -9 of a broker does; retained messages die with it."""
        self.is_running = False
        self.retained.clear()
        for client in list(self._clients.values()):
            client.drop(with_will=False)

    def start(self) -> None:
        """Accept clients again."""
        self.is_running = True

    def cut(self, user: str) -> None:
        """Break one client's connection; its last will is published."""
        if client := self._clients.get(user):
            client.drop(with_will=True)

    def join(self, client: "MemoryLink") -> None:
        """Connect `client`, taking over an older connection of the same user."""
        if older := self._clients.get(client.setup.user):
            older.drop(with_will=True)
        self._clients[client.setup.user] = client
        self._hearers.clear()
        for topic, payload in self.retained.items():
            if client.hears(topic) and self.may_hear(client.setup.user, topic):
                client.deliver(LinkMessage(topic, payload, True), self.latency)

    def leave(self, client: "MemoryLink") -> None:
        """Forget `client`."""
        if self._clients.get(client.setup.user) is client:
            del self._clients[client.setup.user]
            self._hearers.clear()

    def may_hear(self, user: str, topic: str) -> bool:
        """Return whether a user may be handed a message on a topic."""
        return self._access.may_receive(user, topic)

    def refuses(self, user: str, filters: Iterable[str]) -> list[str]:
        """Return the filters a user may not hear."""
        return [one for one in filters if not self._access.may_subscribe(user, one)]

    def may_say(self, user: str, topic: str) -> bool:
        """Return whether a user may publish to a topic, himself or by his last will."""
        return self._access.may_publish(user, topic)

    def publish(self, user: str, topic: str, payload: bytes, *, retain: bool) -> None:
        """Route what a user says, himself or by his last will; what he may not say is counted and goes nowhere."""
        if self.may_say(user, topic):
            self.route(topic, payload, retain=retain)
        else:
            self.forbidden[user, topic] = self.forbidden.get((user, topic), 0) + 1

    def route(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Hand a message to everybody who subscribed to its topic."""
        self.published += 1
        for tap in self.taps:
            tap(topic, payload, retain)
        if retain and payload:
            self.retained[topic] = payload
        elif retain:
            self.retained.pop(topic, None)
        for client in self._hearing(topic):
            self._send(client, LinkMessage(topic, payload, False))
        if self.misroute(topic):
            for stranger in list(self._clients.values()):
                stranger.deliver(LinkMessage(topic, payload, False), self.latency)

    def _hearing(self, topic: str) -> "tuple[MemoryLink, ...]":
        found = self._hearers.get(topic)
        if found is None:
            found = self._hearers[topic] = tuple(
                one for one in self._clients.values() if one.hears(topic) and self.may_hear(one.setup.user, topic)
            )
        return found

    def _send(self, client: "MemoryLink", message: LinkMessage) -> None:
        copies = self.weather(message.topic, client.setup.user)
        if copies is None:
            client.deliver(message, self.latency)
            return
        for extra in copies:
            client.deliver_alone(message, self.latency + extra)


class MemoryLink:
    """A link to a broker in memory."""

    def __init__(self, broker: MemoryBroker, setup: LinkSetup, user: LinkUser) -> None:
        self.setup = setup
        self._broker, self._user = broker, user
        self._exact = frozenset(setup.filters)
        self._patterns = tuple(one for one in setup.filters if "+" in one or "#" in one)
        self._heard: dict[str, bool] = {}
        self._ended = asyncio.Event()
        self._coming: deque[tuple[LinkMessage, asyncio.Event]] = deque()
        self.is_up = False
        self.trouble = ""

    def hears(self, topic: str) -> bool:
        """Whether this client subscribed to `topic`."""
        if topic in self._exact:
            return True
        known = self._heard.get(topic)
        if known is None:
            known = self._heard[topic] = any(matches(wanted, topic) for wanted in self._patterns)
        return known

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        """Hand over a message; return False, and send nothing, while the link is down."""
        if not self.is_up:
            return False
        if not self._broker.half_open.get(self.setup.user):
            self._broker.publish(self.setup.user, topic, payload, retain=retain)
        return True

    def deliver(self, message: LinkMessage, latency: float) -> None:
        """Bring one message to the user, later in this loop, never before an earlier one."""
        self._coming.append((message, self._ended))
        asyncio.get_running_loop().call_later(latency, self._arrive)

    def deliver_alone(self, message: LinkMessage, latency: float) -> None:
        """Bring one message to the user later, whatever else is on its way."""
        asyncio.get_running_loop().call_later(latency, self._hand_over, message, self._ended)

    def drop(self, *, with_will: bool) -> None:
        """End the connection from the broker's side."""
        if not self.is_up:
            return
        self.is_up = False
        self._broker.leave(self)
        if with_will and self.setup.will is not None:
            self._broker.publish(self.setup.user, self.setup.will.topic, self.setup.will.payload, retain=True)
        self._ended.set()

    async def run(self) -> None:
        """Keep the link connected until cancelled; raise LinkError if the broker forbids what we hear or will."""
        try:
            while True:
                if self._broker.is_running and not self._broker.barred.get(self.setup.user):
                    self._check_rights()
                    self._ended = asyncio.Event()
                    self.is_up = True
                    self._broker.join(self)
                    self._user.on_up()
                    await self._ended.wait()
                    self._user.on_down()
                await asyncio.sleep(0.5)
        finally:
            self.drop(with_will=True)

    def _check_rights(self) -> None:
        user, will = self.setup.user, self.setup.will
        if will is not None and not self._broker.may_say(user, will.topic):
            raise LinkError(f"{user}: the broker forbids our last will on {will.topic}; check the inventory's ACL")
        if refused := self._broker.refuses(user, self.setup.filters):
            raise LinkError(f"{user}: the broker forbids us to hear {refused}; check the inventory's ACL")

    def _arrive(self) -> None:
        message, connection = self._coming.popleft()
        self._hand_over(message, connection)

    def _hand_over(self, message: LinkMessage, connection: asyncio.Event) -> None:
        is_deaf = self._broker.half_open.get(self.setup.user, False)
        if self.is_up and self._ended is connection and not is_deaf:
            self._user.on_message(message)
