"""The broker as a state machine: packets of numbered peers in, effects out."""

from collections.abc import Callable
from typing import Any, Final

from hallkit.broker.acl import Access
from hallkit.broker.core.deadlines import Deadlines
from hallkit.broker.core.delivery import REFUSED_FILTER, Delivery
from hallkit.broker.core.effects import Close, Effect, Send, Why
from hallkit.broker.core.limits import Counters, Limits
from hallkit.broker.core.session import Session
from hallkit.codecs.mqtt import (
    Connack,
    Connect,
    ConnectCode,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    ProtocolError,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    UnacceptableLevelError,
    Unsuback,
    Unsubscribe,
)

KEEP_ALIVE_GRACE: Final = 1.5
"""A server waits one and a half keep alive periods (MQTT-3.1.2-24)."""


class _Connection:
    """One peer: when it was heard last, how long it may be silent, and its session once it is let in."""

    __slots__ = ("connect", "heard", "patience", "peer", "session")

    def __init__(self, peer: int, heard: float, patience: float) -> None:
        self.peer = peer
        self.heard = heard
        self.patience = patience
        self.connect: Connect | None = None
        self.session: Session | None = None

    def due(self) -> float:
        """Return when the peer will have been silent too long."""
        return self.heard + self.patience


class BrokerCore:
    """Sessions, subscriptions, retained messages, wills and keep alive of a hall, after OASIS MQTT 3.1.1, QoS ≤ 1 out.

    `identify` returns whose connection a CONNECT is, or None; a session belongs to that identity, never to a client
    identifier, so only the same identity can take it over. `now` is in steady seconds.
    """

    def __init__(self, access: Access, identify: Callable[[Connect], str | None], limits: Limits | None = None) -> None:
        self.counters = Counters()
        self._limits = limits or Limits()
        self._identify = identify
        self._delivery = Delivery(access, self._limits, self.counters)
        self._connections: dict[int, _Connection] = {}
        self._sessions: dict[str, Session] = {}
        self._deadlines = Deadlines()

    @property
    def connected(self) -> int:
        """How many clients are let in."""
        return sum(session.peer is not None for session in self._sessions.values())

    def replace(self, access: Access, identify: Callable[[Connect], str | None]) -> list[Effect]:
        """Judge by new rights from now on; return what follows for those whom `identify` no longer knows.

        What is subscribed stays, but is handed out only within the new rights.
        """
        self._delivery.access, self._identify = access, identify
        effects: list[Effect] = []
        for connection in list(self._connections.values()):
            session, connect = connection.session, connection.connect
            if session and connect and identify(connect) != session.identity:
                effects += self._close(connection, Why.REVOKED)
        return self._settle(effects)

    def opened(self, peer: int, now: float) -> None:
        """Note a new connection; it must send CONNECT within the connect timeout."""
        self._connections[peer] = _Connection(peer, now, self._limits.connect_timeout)
        self._deadlines.set(peer, now + self._limits.connect_timeout)

    def handle(self, peer: int, packet: Packet, now: float) -> list[Effect]:
        """Return what follows from `packet`; packets of a closed peer are ignored."""
        if (connection := self._connections.get(peer)) is None:
            return []
        connection.heard = now
        actions = _NEW if connection.session is None else _OPEN
        action = actions.get(type(packet))
        effects = action(self, connection, packet) if action else self._close(connection, Why.OUT_OF_TURN)
        return self._settle(effects) if self._delivery.overflowed else effects

    def malformed(self, peer: int, error: ProtocolError) -> list[Effect]:
        """Return what follows from bytes that are no MQTT 3.1.1."""
        if (connection := self._connections.get(peer)) is None:
            return []
        self.counters.malformed += 1
        effects: list[Effect] = []
        if isinstance(error, UnacceptableLevelError) and connection.session is None:
            effects.append(Send(peer, Connack(ConnectCode.UNACCEPTABLE_LEVEL)))
        return self._settle(effects + self._close(connection, Why.MALFORMED))

    def lost(self, peer: int) -> list[Effect]:
        """Return what follows from the end of a connection: its will, if it did not disconnect in order."""
        if (connection := self._connections.get(peer)) is None:
            return []
        return self._settle(self._end(connection))

    def congested(self, peer: int) -> None:
        """Note that `peer` does not take its bytes: QoS 0 is dropped, QoS 1 waits."""
        if (connection := self._connections.get(peer)) and connection.session:
            connection.session.congested = True

    def relieved(self, peer: int) -> list[Effect]:
        """Return what waited for `peer` to take bytes again."""
        if (connection := self._connections.get(peer)) is None or connection.session is None:
            return []
        connection.session.congested = False
        return self._delivery.send_waiting(connection.session)

    def next_deadline(self) -> float | None:
        """Return when `expire` wants to be called next, or None."""
        return self._deadlines.next()

    def expire(self, now: float) -> list[Effect]:
        """Return what follows from peers that stayed silent until `now`."""
        effects: list[Effect] = []
        for peer in self._deadlines.expired(now, lambda peer: self._connections[peer].due()):
            self.counters.expired += 1
            effects += self._close(self._connections[peer], Why.SILENT)
        return self._settle(effects)

    def _settle(self, effects: list[Effect]) -> list[Effect]:
        """Part with every session that was owed too much; their wills may overflow others in turn."""
        while self._delivery.overflowed:
            session = self._delivery.overflowed.popleft()
            if self._sessions.get(session.identity) is not session:
                continue
            self.counters.overflowed += 1
            self._discard(session)
            if session.peer is not None:
                effects += self._close(self._connections[session.peer], Why.OVERFLOWED)
        return effects

    def _close(self, connection: _Connection, why: Why) -> list[Effect]:
        return [Close(connection.peer, why), *self._end(connection)]

    def _end(self, connection: _Connection) -> list[Effect]:
        """Forget a connection and publish its will, unless it left in order."""
        del self._connections[connection.peer]
        self._deadlines.forget(connection.peer)
        if (session := connection.session) is None:
            return []
        session.peer, session.congested = None, True
        if session.is_clean:
            self._discard(session)
        will = connection.connect.will if connection.connect else None
        if will is None:
            return []
        self.counters.wills += 1
        return self._delivery.publish(session.identity, Publish(will.topic, will.payload, will.qos, will.retain))

    def _discard(self, session: Session) -> None:
        self._delivery.forget(session)
        if self._sessions.get(session.identity) is session:
            del self._sessions[session.identity]

    def _on_connect(self, connection: _Connection, packet: Connect) -> list[Effect]:
        if not packet.client_id and not packet.clean_session:
            return self._turn_away(connection, ConnectCode.IDENTIFIER_REJECTED)
        if (identity := self._identify(packet)) is None:
            note = self._delivery.refuse(packet.user_name or "", "connect", "")
            known = ConnectCode.NOT_AUTHORIZED if packet.user_name is None else ConnectCode.BAD_CREDENTIALS
            return [note, *self._turn_away(connection, known)]
        if packet.will and not self._delivery.access.may_publish(identity, packet.will.topic):
            note = self._delivery.refuse(identity, "will", packet.will.topic)
            return [note, *self._turn_away(connection, ConnectCode.NOT_AUTHORIZED)]
        effects = self._take_over(identity)
        return effects + self._let_in(connection, packet, identity)

    def _turn_away(self, connection: _Connection, code: ConnectCode) -> list[Effect]:
        return [Send(connection.peer, Connack(code)), *self._close(connection, Why.REFUSED)]

    def _take_over(self, identity: str) -> list[Effect]:
        """Close the identity's earlier connection (MQTT-3.1.4-2)."""
        session = self._sessions.get(identity)
        if session is None or session.peer is None:
            return []
        self.counters.taken_over += 1
        return self._close(self._connections[session.peer], Why.TAKEN_OVER)

    def _let_in(self, connection: _Connection, packet: Connect, identity: str) -> list[Effect]:
        kept = self._sessions.get(identity)
        if kept is not None and packet.clean_session:
            self._discard(kept)
            kept = None
        session = kept or Session(identity, packet.clean_session, self._limits)
        self._sessions[identity] = session
        session.peer, session.congested = connection.peer, False
        connection.session, connection.connect = session, packet
        connection.patience = packet.keep_alive * KEEP_ALIVE_GRACE
        if packet.keep_alive:
            self._deadlines.set(connection.peer, connection.due())
        else:
            self._deadlines.forget(connection.peer)
        accepted = Send(connection.peer, Connack(ConnectCode.ACCEPTED, kept is not None))
        return [accepted, *self._delivery.resend(session)]

    def _on_publish(self, connection: _Connection, packet: Publish) -> list[Effect]:
        session = _session(connection)
        if packet.qos < 2:
            effects = self._delivery.publish(session.identity, packet)
            if packet.qos:
                effects.append(Send(connection.peer, Puback(packet.packet_id)))
            return effects
        effects = []
        if packet.packet_id not in session.received:
            session.received.add(packet.packet_id)
            effects = self._delivery.publish(session.identity, packet)
        return [*effects, Send(connection.peer, Pubrec(packet.packet_id))]

    def _on_release(self, connection: _Connection, packet: Pubrel) -> list[Effect]:
        _session(connection).received.discard(packet.packet_id)
        return [Send(connection.peer, Pubcomp(packet.packet_id))]

    def _on_acknowledged(self, connection: _Connection, packet: Puback) -> list[Effect]:
        session = _session(connection)
        session.acknowledged(packet.packet_id)
        return self._delivery.send_waiting(session)

    def _on_subscribe(self, connection: _Connection, packet: Subscribe) -> list[Effect]:
        session, delivery = _session(connection), self._delivery
        codes = tuple(delivery.subscribe(session, wanted, qos) for wanted, qos in packet.requests)
        effects: list[Effect] = [Send(connection.peer, Suback(packet.packet_id, codes))]
        for (wanted, _), code in zip(packet.requests, codes, strict=True):
            if code == REFUSED_FILTER:
                effects.append(delivery.refuse(session.identity, "subscribe", wanted))
            else:
                effects += delivery.send_retained(session, wanted)
        return effects

    def _on_unsubscribe(self, connection: _Connection, packet: Unsubscribe) -> list[Effect]:
        for wanted in packet.filters:
            self._delivery.unsubscribe(_session(connection), wanted)
        return [Send(connection.peer, Unsuback(packet.packet_id))]

    def _on_ping(self, connection: _Connection, _: Pingreq) -> list[Effect]:
        return [Send(connection.peer, Pingresp())]

    def _on_disconnect(self, connection: _Connection, _: Disconnect) -> list[Effect]:
        connection.connect = None
        return self._close(connection, Why.LEFT)


def _session(connection: _Connection) -> Session:
    assert connection.session is not None, "a packet of a peer that is not let in"
    return connection.session


_Action = Callable[[BrokerCore, _Connection, Any], list[Effect]]

_NEW: Final[dict[type, _Action]] = {Connect: BrokerCore._on_connect}
_OPEN: Final[dict[type, _Action]] = {
    Publish: BrokerCore._on_publish,
    Puback: BrokerCore._on_acknowledged,
    Pubrel: BrokerCore._on_release,
    Subscribe: BrokerCore._on_subscribe,
    Unsubscribe: BrokerCore._on_unsubscribe,
    Pingreq: BrokerCore._on_ping,
    Disconnect: BrokerCore._on_disconnect,
}
