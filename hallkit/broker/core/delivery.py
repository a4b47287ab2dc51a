"""From one publisher to all who hear it, each within its rights and its bounds."""

from collections import deque
from collections.abc import Iterable

from hallkit.broker.acl import Access
from hallkit.broker.core.effects import Effect, Refused, Send
from hallkit.broker.core.limits import Counters, Limits
from hallkit.broker.core.retained import Retained
from hallkit.broker.core.session import Session
from hallkit.broker.core.subscriptions import Subscriptions
from hallkit.codecs.mqtt import Publish

REFUSED_FILTER = 0x80


class Delivery:
    """Routes messages; sessions that were owed too much wait in `overflowed` for their connection to be closed."""

    def __init__(self, access: Access, limits: Limits, counters: Counters) -> None:
        self.access = access
        self.overflowed: deque[Session] = deque()
        self._limits = limits
        self._counters = counters
        self._subscriptions = Subscriptions()
        self._retained = Retained(limits.max_retained)

    def publish(self, identity: str, message: Publish) -> list[Effect]:
        """Give `message` to all who hear it, if `identity` may publish it; it is never refused silently."""
        self._counters.received += 1
        if not self.access.may_publish(identity, message.topic):
            return [self.refuse(identity, "publish", message.topic)]
        effects = self._route(message)
        if message.retain and not self._retained.keep(message):
            effects.append(self.refuse(identity, "retain", message.topic))
        return effects

    def subscribe(self, session: Session, wanted: str, qos: int) -> int:
        """Let `session` hear `wanted`; return the granted QoS (at most 1) or REFUSED_FILTER."""
        is_new = wanted not in session.subscriptions
        if is_new and len(session.subscriptions) >= self._limits.max_subscriptions:
            return REFUSED_FILTER
        if not self.access.may_subscribe(session.identity, wanted):
            return REFUSED_FILTER
        granted = min(qos, 1)
        session.subscriptions[wanted] = granted
        self._subscriptions.add(wanted, session, granted)
        return granted

    def unsubscribe(self, session: Session, wanted: str) -> None:
        """Stop handing `session` what only `wanted` matches."""
        if session.subscriptions.pop(wanted, None) is not None:
            self._subscriptions.remove(wanted, session)

    def forget(self, session: Session) -> None:
        """Drop a session and all its subscriptions."""
        for wanted in list(session.subscriptions):
            self.unsubscribe(session, wanted)

    def send_retained(self, session: Session, wanted: str) -> list[Effect]:
        """Hand `session` the retained messages of a new subscription."""
        effects: list[Effect] = []
        granted = session.subscriptions[wanted]
        for message in self._retained.matching(wanted):
            if self.access.may_receive(session.identity, message.topic):
                self._hand(session, message, granted, effects)
        return effects

    def send_waiting(self, session: Session) -> list[Effect]:
        """Send what `session` has waiting, as far as its window allows."""
        return self._sends(session, session.sendable())

    def resend(self, session: Session) -> list[Effect]:
        """Send a returning client again what it never acknowledged, then what waited for it."""
        return [*self._sends(session, session.unacknowledged()), *self.send_waiting(session)]

    def refuse(self, identity: str, act: str, topic: str) -> Refused:
        """Count a refusal and return the note of it."""
        self._counters.refused += 1
        return Refused(identity, act, topic)

    def _route(self, message: Publish) -> list[Effect]:
        effects: list[Effect] = []
        topic = message.topic
        live = Publish(topic, message.payload, message.qos)
        for session, granted in self._subscriptions.hearing(topic).items():
            if self.access.may_receive(session.identity, topic):
                self._hand(session, live, granted, effects)
        return effects

    def _hand(self, session: Session, message: Publish, granted: int, effects: list[Effect]) -> None:
        if message.qos and granted:
            if not session.queue(message):
                self.overflowed.append(session)
            effects += self._sends(session, session.sendable())
        elif session.congested or session.peer is None:
            self._counters.dropped_qos0 += 1
        else:
            self._counters.delivered += 1
            plain = message if not message.qos else Publish(message.topic, message.payload, 0, message.retain)
            effects.append(Send(session.peer, plain))

    def _sends(self, session: Session, packets: Iterable[Publish]) -> list[Effect]:
        if (peer := session.peer) is None:
            return []
        sends: list[Effect] = [Send(peer, packet) for packet in packets]
        self._counters.delivered += len(sends)
        return sends
