"""Random walks over the broker's core: nobody hears what he may not, nothing owed in QoS 1 vanishes silently."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hallkit.broker.acl import Acl, Grant
from hallkit.broker.core import BrokerCore, Close, Effect, Limits, Send
from hallkit.broker.core.effects import Why
from hallkit.codecs.mqtt import (
    Connack,
    Connect,
    ConnectCode,
    Puback,
    Publish,
    Suback,
    Subscribe,
    Unsubscribe,
    Will,
    matches,
)

ACL = Acl(
    [
        Grant("pad1", ("h/pad1/ev", "h/pad1/st"), ("h/pad1/ack",)),
        Grant("store", ("h/+/ack",), ("h/+/ev", "h/+/st")),
        Grant("root", ("#", "$h/x"), ("#",)),
    ]
)
USERS = st.sampled_from(["pad1", "store", "root"])
TOPICS = st.sampled_from(["h/pad1/ev", "h/pad2/ev", "h/pad1/st", "h/pad1/ack", "$h/x"])
FILTERS = st.sampled_from(["h/+/ev", "h/+/st", "#", "h/pad1/ack", "$h/x", "h/#"])


class Walk(RuleBasedStateMachine):
    """One connection a user at most; `owed` is what each must get in QoS 1 while its connection stands."""

    def __init__(self) -> None:
        super().__init__()
        self.core = BrokerCore(ACL, lambda connect: connect.user_name, Limits(max_inflight=2, max_queued=4))
        self.now = 0.0
        self.last_peer = 0
        self.peers: dict[str, int] = {}
        self.wanted: dict[str, dict[str, int]] = {}
        self.owed: dict[str, list[bytes]] = {}
        self.unread: dict[str, list[Publish]] = {}
        self.serial = 0

    def do(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Send) and isinstance(effect.packet, Publish):
                self.deliver(effect.peer, effect.packet)
            elif isinstance(effect, Send) and isinstance(effect.packet, Suback | Connack):
                assert getattr(effect.packet, "code", ConnectCode.ACCEPTED) is ConnectCode.ACCEPTED
            elif isinstance(effect, Close):
                assert effect.why in (Why.TAKEN_OVER, Why.SILENT, Why.OVERFLOWED)
                self.gone(effect.peer)

    def deliver(self, peer: int, message: Publish) -> None:
        (user,) = (user for user, number in self.peers.items() if number == peer)
        assert ACL.may_receive(user, message.topic)
        assert any(matches(wanted, message.topic) for wanted in self.wanted[user])
        if message.qos and not message.retain:
            assert self.owed[user].pop(0) == message.payload, "out of order, doubled or lost"
        if message.qos:
            self.unread[user].append(message)

    def gone(self, peer: int) -> None:
        self.peers = {user: number for user, number in self.peers.items() if number != peer}

    @rule(user=USERS, keep=st.sampled_from([0, 4]))
    def join(self, user: str, keep: int) -> None:
        self.last_peer += 1
        will = Will("h/pad1/st", b"", 0, True) if user == "pad1" else None
        self.core.opened(self.last_peer, self.now)
        old = self.peers.get(user)
        effects = self.core.handle(self.last_peer, Connect(user, True, keep, will, user), self.now)
        self.do([one for one in effects if old in (getattr(one, "peer", None),)])
        self.peers[user], self.wanted[user] = self.last_peer, {}
        self.owed[user], self.unread[user] = [], []
        self.do([one for one in effects if getattr(one, "peer", None) not in (old, None)])

    @rule(user=USERS)
    def lose(self, user: str) -> None:
        if user in self.peers:
            peer = self.peers.pop(user)
            self.do(self.core.lost(peer))

    @rule(user=USERS, wanted=FILTERS, qos=st.integers(0, 2))
    def hear(self, user: str, wanted: str, qos: int) -> None:
        if user in self.peers:
            if ACL.may_subscribe(user, wanted):
                self.wanted[user][wanted] = min(qos, 1)
            self.do(self.core.handle(self.peers[user], Subscribe(1, ((wanted, qos),)), self.now))

    @rule(user=USERS, wanted=FILTERS)
    def turn_away(self, user: str, wanted: str) -> None:
        if user in self.peers:
            self.wanted[user].pop(wanted, None)
            self.do(self.core.handle(self.peers[user], Unsubscribe(1, (wanted,)), self.now))

    @rule(user=USERS, topic=TOPICS, retain=st.booleans())
    def tell(self, user: str, topic: str, retain: bool) -> None:
        if user not in self.peers:
            return
        self.serial += 1
        payload = str(self.serial).encode()
        for hearer in self.peers if ACL.may_publish(user, topic) else ():
            if max([qos for wanted, qos in self.wanted[hearer].items() if matches(wanted, topic)], default=0):
                self.owed[hearer].append(payload)
        self.do(self.core.handle(self.peers[user], Publish(topic, payload, 1, retain, packet_id=1), self.now))

    @rule(user=USERS)
    def read_all(self, user: str) -> None:
        while user in self.peers and self.unread[user]:
            self.do(self.core.handle(self.peers[user], Puback(self.unread[user].pop(0).packet_id), self.now))

    @rule(user=USERS, stops=st.booleans())
    def pause(self, user: str, stops: bool) -> None:
        if user in self.peers:
            if stops:
                self.core.congested(self.peers[user])
            else:
                self.do(self.core.relieved(self.peers[user]))

    @rule()
    def wait(self) -> None:
        self.now += 3
        self.do(self.core.expire(self.now))

    @invariant()
    def only_the_connected_are_connected(self) -> None:
        assert self.core.connected == len(self.peers)

    def teardown(self) -> None:
        for user in list(self.peers):
            if user in self.peers:
                self.do(self.core.relieved(self.peers[user]))
                self.read_all(user)
                assert user not in self.peers or self.owed[user] == []


Walk.TestCase.settings = settings(stateful_step_count=40)
TestWalk = Walk.TestCase
