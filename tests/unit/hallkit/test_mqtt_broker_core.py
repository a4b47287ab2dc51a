"""The broker's decisions: identity, rights, delivery, wills and deadlines, without a socket or a clock."""

import pytest

from hallkit.broker.acl import Acl, Grant
from hallkit.broker.core import BrokerCore, Close, Effect, Limits, Refused, Send
from hallkit.broker.core.effects import Why
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
    Will,
)

GRANTS = (
    Grant("pad1", ("h/pad/pad1/ev", "h/pad/pad1/st"), ("h/pad/pad1/ack",)),
    Grant("pad2", ("h/pad/pad2/ev", "h/pad/pad2/st"), ("h/pad/pad2/ack",)),
    Grant("store", ("h/+/+/ack",), ("h/+/+/ev", "h/+/+/st", "$h/x")),
    Grant("root", ("#", "$h/x"), ("#", "$h/x")),
)


class Hall:
    """A core with its peers, and what was sent to each."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.core = BrokerCore(Acl(GRANTS), self._identify, limits)
        self.now = 1000.0
        self.sent: dict[int, list[Packet]] = {}
        self.closed: dict[int, Why] = {}
        self.refused: list[Refused] = []

    @staticmethod
    def _identify(connect: Connect) -> str | None:
        return connect.user_name if connect.password == b"right" else None

    def do(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case Send(peer, packet):
                    assert peer not in self.closed, "a packet after the close"
                    self.sent[peer].append(packet)
                case Close(peer, why):
                    assert peer not in self.closed, "closed twice"
                    self.closed[peer] = why
                case Refused():
                    self.refused.append(effect)

    def open(self) -> int:
        peer = len(self.sent) + 1
        self.sent[peer] = []
        self.core.opened(peer, self.now)
        return peer

    def say(self, peer: int, *packets: Packet) -> list[Packet]:
        """Return what `peer` is answered to `packets`."""
        before = len(self.sent[peer])
        for packet in packets:
            self.do(self.core.handle(peer, packet, self.now))
        return self.sent[peer][before:]

    def join(
        self, user: str, *wanted: str, qos: int = 1, clean: bool = True, keep: int = 0, will: Will | None = None
    ) -> int:
        peer = self.open()
        self.say(peer, Connect(f"id of {user}", clean, keep, will, user, b"right"))
        if wanted:
            self.say(peer, Subscribe(1, tuple((one, qos) for one in wanted)))
        self.sent[peer].clear()
        return peer

    def heard(self, peer: int) -> list[Publish]:
        return [packet for packet in self.sent[peer] if isinstance(packet, Publish)]

    def lose(self, peer: int) -> None:
        self.do(self.core.lost(peer))

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.do(self.core.expire(self.now))


@pytest.fixture
def hall() -> Hall:
    return Hall()


EV = Publish("h/pad/pad1/ev", b"fact", 1, packet_id=5)


def test_a_qos_1_fact_reaches_the_store_and_is_acknowledged_both_ways(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/ev"), hall.join("pad1")
    assert hall.say(pad, EV) == [Puback(5)]
    assert hall.heard(store) == [Publish(EV.topic, b"fact", 1, packet_id=1)]
    assert hall.say(store, Puback(1)) == []


@pytest.mark.parametrize(
    "published, granted, arrives", [(0, 0, 0), (0, 1, 0), (1, 0, 0), (1, 1, 1), (2, 2, 1), (2, 0, 0)]
)
def test_a_message_arrives_at_the_lower_qos_and_never_above_1(
    hall: Hall, published: int, granted: int, arrives: int
) -> None:
    store, pad = hall.join("store", "h/+/+/ev", qos=granted), hall.join("pad1")
    hall.say(pad, Publish(EV.topic, b"", published, packet_id=published))
    assert [one.qos for one in hall.heard(store)] == [arrives]


def test_qos_2_is_granted_as_1_and_published_once(hall: Hall) -> None:
    store, pad = hall.join("store"), hall.join("pad1")
    assert hall.say(store, Subscribe(9, (("h/+/+/ev", 2),))) == [Suback(9, (1,))]
    twice = Publish(EV.topic, b"", 2, packet_id=7)
    assert hall.say(pad, twice, twice, Pubrel(7), Pubrel(7)) == [Pubrec(7), Pubrec(7), Pubcomp(7), Pubcomp(7)]
    assert len(hall.heard(store)) == 1
    hall.say(pad, twice)
    assert len(hall.heard(store)) == 2


def test_a_pad_cannot_speak_for_another_and_the_attempt_is_noted(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/ev"), hall.join("pad2")
    assert hall.say(pad, EV) == [Puback(5)]
    assert hall.heard(store) == []
    assert hall.refused == [Refused("pad2", "publish", EV.topic)]
    assert hall.core.counters.refused == 1


@pytest.mark.parametrize("wanted", ["h/pad/pad2/ack", "h/pad/+/ack", "#", "h/pad/pad1/#"])
def test_a_pad_may_subscribe_to_its_own_only(hall: Hall, wanted: str) -> None:
    pad = hall.join("pad1")
    assert hall.say(pad, Subscribe(3, ((wanted, 1), ("h/pad/pad1/ack", 1)))) == [Suback(3, (0x80, 1))]
    assert hall.refused == [Refused("pad1", "subscribe", wanted)]


def test_rights_taken_away_end_what_was_subscribed_before(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/ev"), hall.join("pad1")
    hall.do(hall.core.replace(Acl(GRANTS[:1]), lambda connect: connect.user_name))
    hall.say(pad, EV)
    assert hall.heard(store) == []
    hall.do(hall.core.replace(Acl(GRANTS), lambda _: None))
    assert hall.closed == {store: Why.REVOKED, pad: Why.REVOKED}


def test_a_retained_state_is_handed_to_a_later_subscriber_and_to_nobody_else(hall: Hall) -> None:
    pad, silent, early = hall.join("pad1"), hall.join("root"), hall.join("store", "h/+/+/st")
    hall.say(pad, Publish("h/pad/pad1/st", b"ready", 1, retain=True, packet_id=1))
    assert [one.retain for one in hall.heard(early)] == [False]
    hall.lose(early)
    late = hall.join("store")
    hall.say(late, Subscribe(1, (("h/+/+/st", 1),)))
    assert hall.sent[late] == [Suback(1, (1,)), Publish("h/pad/pad1/st", b"ready", 1, retain=True, packet_id=1)]
    assert hall.heard(silent) == []
    assert hall.heard(pad) == []


def test_an_empty_retained_message_clears_the_topic(hall: Hall) -> None:
    pad = hall.join("pad1")
    hall.say(pad, Publish("h/pad/pad1/st", b"x", retain=True), Publish("h/pad/pad1/st", b"", retain=True))
    store = hall.join("store")
    hall.say(
        store,
        Subscribe(
            1,
            (("h/+/+/st", 1),),
        ),
    )
    assert hall.heard(store) == []


def test_no_room_for_another_retained_topic_is_noted_and_the_old_ones_still_change() -> None:
    hall = Hall(Limits(max_retained=1))
    root = hall.join("root")
    hall.say(root, *(Publish(topic, topic.encode(), retain=True) for topic in ("a", "b", "a")))
    assert hall.refused == [Refused("root", "retain", "b")]
    assert [one.topic for one in hall.say(root, Subscribe(1, (("#", 0),))) if isinstance(one, Publish)] == ["a"]


def test_dollar_topics_are_not_matched_by_a_leading_wildcard(hall: Hall) -> None:
    wild, named = hall.join("root", "#"), hall.join("store", "$h/x")
    third = hall.open()
    hall.say(third, Connect(user_name="root", password=b"right"))
    assert hall.closed == {wild: Why.TAKEN_OVER}
    hall.say(third, Subscribe(1, (("#", 1),)), Publish("$h/x", b"", retain=True))
    assert hall.heard(third) == []
    assert len(hall.heard(named)) == 1


def test_overlapping_subscriptions_deliver_once_at_the_highest_qos(hall: Hall) -> None:
    root, pad = hall.join("root"), hall.join("pad1")
    hall.say(root, Subscribe(1, (("h/#", 0), ("h/+/pad1/ev", 1), ("#", 0))))
    hall.say(pad, EV)
    assert [one.qos for one in hall.heard(root)] == [1]


def test_an_unsubscribed_filter_is_silent_while_its_neighbour_still_hears(hall: Hall) -> None:
    root, pad = hall.join("root", "h/pad/pad1/ev", "h/pad/#", "h/pad/pad1"), hall.join("pad1")
    assert hall.say(root, Unsubscribe(4, ("h/pad/#", "never/seen"))) == [Unsuback(4)]
    hall.say(pad, Publish("h/pad/pad1/st", b""), EV)
    assert [one.topic for one in hall.heard(root)] == [EV.topic]


WILL = Will("h/pad/pad1/st", b"gone", 1, True)


def test_a_last_will_is_published_when_the_line_drops_and_kept(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/st"), hall.join("pad1", will=WILL)
    hall.lose(pad)
    assert [(one.payload, one.retain) for one in hall.heard(store)] == [(b"gone", False)]
    assert hall.core.counters.wills == 1


def test_an_orderly_leave_has_no_will(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/st"), hall.join("pad1", will=WILL)
    hall.say(pad, Disconnect())
    hall.lose(pad)
    assert hall.closed == {pad: Why.LEFT}
    assert hall.heard(store) == []


def test_a_will_on_a_foreign_topic_is_turned_away(hall: Hall) -> None:
    peer = hall.open()
    assert hall.say(peer, Connect("x", will=WILL, user_name="pad2", password=b"right")) == [
        Connack(ConnectCode.NOT_AUTHORIZED)
    ]
    assert hall.refused == [Refused("pad2", "will", WILL.topic)]
    assert hall.closed == {peer: Why.REFUSED}


def test_the_same_identity_takes_over_and_the_old_will_comes_first(hall: Hall) -> None:
    store, old = hall.join("store", "h/+/+/st"), hall.join("pad1", will=WILL)
    new = hall.join("pad1")
    hall.say(new, Publish("h/pad/pad1/st", b"ready", 1, packet_id=1))
    assert hall.closed == {old: Why.TAKEN_OVER}
    assert [one.payload for one in hall.heard(store)] == [b"gone", b"ready"]
    assert hall.say(old, EV) == []


@pytest.mark.parametrize("user, password, code", [("pad1", b"wrong", 4), ("pad1", None, 4), (None, None, 5)])
def test_another_identity_never_takes_over(hall: Hall, user: str | None, password: bytes | None, code: int) -> None:
    pad = hall.join("pad1", "h/pad/pad1/ack")
    thief = hall.open()
    assert hall.say(thief, Connect("id of pad1", user_name=user, password=password)) == [Connack(ConnectCode(code))]
    assert hall.closed == {thief: Why.REFUSED}
    neighbour = hall.open()
    hall.say(neighbour, Connect("id of pad1", user_name="pad2", password=b"right"))
    assert pad not in hall.closed


def test_a_kept_session_without_a_client_id_is_rejected(hall: Hall) -> None:
    peer = hall.open()
    assert hall.say(peer, Connect("", clean_session=False, user_name="pad1", password=b"right")) == [
        Connack(ConnectCode.IDENTIFIER_REJECTED)
    ]


@pytest.mark.parametrize("packet", [Pingreq(), EV, Subscribe(1, (("a", 0),)), Disconnect(), Connack()])
def test_nothing_comes_before_connect(hall: Hall, packet: Packet) -> None:
    peer = hall.open()
    assert hall.say(peer, packet) == []
    assert hall.closed == {peer: Why.OUT_OF_TURN}


@pytest.mark.parametrize(
    "packet", [Connect("x"), Connack(), Suback(1, (0,)), Unsuback(1), Pingresp(), Pubrec(1), Pubcomp(1)]
)
def test_what_a_client_may_not_say_closes_it_with_its_will(hall: Hall, packet: Packet) -> None:
    store, pad = hall.join("store", "h/+/+/st"), hall.join("pad1", will=WILL)
    hall.say(pad, packet)
    assert hall.closed == {pad: Why.OUT_OF_TURN}
    assert len(hall.heard(store)) == 1


def test_malformed_bytes_close_only_their_sender(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/st"), hall.join("pad1", will=WILL)
    hall.do(hall.core.malformed(pad, ProtocolError("r", "f")))
    assert hall.closed == {pad: Why.MALFORMED}
    assert len(hall.heard(store)) == 1
    stranger = hall.open()
    hall.do(hall.core.malformed(stranger, UnacceptableLevelError("r", "f")))
    assert hall.sent[stranger] == [Connack(ConnectCode.UNACCEPTABLE_LEVEL)]


def test_a_silent_client_is_closed_after_one_and_a_half_keep_alives(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/st"), hall.join("pad1", will=WILL, keep=10)
    hall.wait(14)
    assert hall.say(pad, Pingreq()) == [Pingresp()]
    hall.wait(14)
    assert hall.closed == {}
    assert hall.core.next_deadline() == 1029.0
    hall.wait(1)
    assert hall.closed == {pad: Why.SILENT}
    assert len(hall.heard(store)) == 1
    assert hall.core.next_deadline() is None


def test_a_stranger_who_does_not_connect_is_closed(hall: Hall) -> None:
    peer = hall.open()
    hall.wait(10)
    assert hall.closed == {peer: Why.SILENT}


def test_without_keep_alive_there_is_no_deadline(hall: Hall) -> None:
    hall.join("pad1")
    assert hall.core.next_deadline() is None


def test_only_a_window_of_messages_is_in_flight_and_the_rest_follows_in_order() -> None:
    hall = Hall(Limits(max_inflight=2))
    store, pad = hall.join("store", "h/+/+/ev"), hall.join("pad1")
    for number in range(5):
        hall.say(pad, Publish(EV.topic, bytes([number]), 1, packet_id=1))
    assert len(hall.heard(store)) == 2
    while len(hall.heard(store)) < 5:
        hall.say(store, Puback(hall.heard(store)[-2].packet_id), Puback(hall.heard(store)[-1].packet_id))
    assert [one.payload[0] for one in hall.heard(store)] == [0, 1, 2, 3, 4]


def test_a_client_that_does_not_read_loses_counted_qos_0_and_keeps_qos_1(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/ev"), hall.join("pad1")
    hall.core.congested(store)
    hall.say(pad, Publish(EV.topic, b"0"), EV)
    assert hall.heard(store) == []
    assert hall.core.counters.dropped_qos0 == 1
    hall.do(hall.core.relieved(store))
    assert [one.payload for one in hall.heard(store)] == [b"fact"]


@pytest.mark.parametrize("limits", [Limits(max_queued=3), Limits(max_queued_bytes=15)])
def test_a_client_owed_too_much_is_closed_never_silently_robbed(limits: Limits) -> None:
    hall = Hall(limits)
    store, pad = hall.join("store", "h/+/+/ev"), hall.join("pad1", "h/pad/pad1/ack")
    hall.core.congested(store)
    for _ in range(4):
        assert hall.say(pad, EV) == [Puback(5)]
    assert hall.closed == {store: Why.OVERFLOWED}
    assert hall.core.counters.overflowed == 1


def test_wills_of_clients_that_overflow_each_other_all_end() -> None:
    hall = Hall(Limits(max_queued=0))
    will = Will("h/x", b"", 1)
    peers = [hall.join("root", "#", will=will), hall.join("store", "h/+/+/ev", "h/+/+/st")]
    hall.say(hall.join("pad1"), EV)
    assert [hall.closed[peer] for peer in peers] == [Why.OVERFLOWED, Why.OVERFLOWED]


def test_a_kept_session_is_sent_again_what_it_did_not_acknowledge(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/ev", clean=False), hall.join("pad1")
    hall.say(pad, EV)
    hall.lose(store)
    hall.say(pad, Publish(EV.topic, b"later", 1, packet_id=6), Publish(EV.topic, b"lost", 0))
    back = hall.open()
    answer = hall.say(back, Connect("s", False, user_name="store", password=b"right"))
    assert answer == [
        Connack(session_present=True),
        Publish(EV.topic, b"fact", 1, dup=True, packet_id=1),
        Publish(EV.topic, b"later", 1, packet_id=2),
    ]
    assert hall.core.counters.dropped_qos0 == 1


def test_a_kept_session_that_overflows_while_away_is_honestly_gone() -> None:
    hall = Hall(Limits(max_queued=1))
    store, pad = hall.join("store", "h/+/+/ev", clean=False), hall.join("pad1")
    hall.lose(store)
    hall.say(pad, EV, EV)
    back = hall.open()
    assert hall.say(back, Connect("s", False, user_name="store", password=b"right")) == [Connack()]
    assert hall.core.connected == 2


def test_a_clean_session_starts_without_the_past(hall: Hall) -> None:
    store, pad = hall.join("store", "h/+/+/ev", clean=False), hall.join("pad1")
    hall.lose(store)
    hall.say(pad, EV)
    back = hall.open()
    assert hall.say(back, Connect("s", True, user_name="store", password=b"right")) == [Connack()]
    hall.say(pad, EV)
    assert hall.heard(back) == []


def test_a_client_cannot_hold_more_subscriptions_than_the_bound() -> None:
    hall = Hall(Limits(max_subscriptions=1))
    root = hall.join("root")
    assert hall.say(root, Subscribe(1, (("a", 0), ("b", 0), ("a", 1)))) == [Suback(1, (0, 0x80, 1))]
