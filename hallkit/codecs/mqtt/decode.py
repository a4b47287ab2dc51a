"""One packet body to its packet, and the rule it breaks if it is none."""

from collections.abc import Callable
from typing import Final

from hallkit.codecs.mqtt.body import Body, utf8
from hallkit.codecs.mqtt.connect import decode_connect
from hallkit.codecs.mqtt.errors import ProtocolError
from hallkit.codecs.mqtt.packets import (
    Connack,
    ConnectCode,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
)
from hallkit.codecs.mqtt.topics import check_filter

_PUBLISH = 3
_SUBACK_CODES: Final = (0, 1, 2, 0x80)


def decode(first: int, data: bytes) -> Packet:
    """Return the packet with first byte `first` and the bytes `data` after its length; or raise ProtocolError."""
    check_first(first)
    kind = first >> 4
    if kind == _PUBLISH:
        return _decode_publish(first & 0x0F, data)
    body = Body(data)
    packet = _DECODERS[kind][1](body)
    body.end()
    return packet


def check_first(first: int) -> None:
    """Raise ProtocolError if no packet begins with byte `first`; so noise is found before it is collected."""
    if first in _FIRST_BYTES:
        return
    kind, flags = first >> 4, first & 0x0F
    if kind == _PUBLISH and flags & 6 == 6:
        raise ProtocolError("MQTT-3.3.1-4", "a PUBLISH has QoS 3")
    if kind == _PUBLISH:
        raise ProtocolError("MQTT-3.3.1-2", "a QoS 0 PUBLISH has DUP set")
    if kind not in _DECODERS:
        raise ProtocolError("section 2.2.1", f"packet type {kind} is reserved")
    raise ProtocolError("MQTT-2.2.2-2", f"packet type {kind} has flags {flags:#x}, not {_DECODERS[kind][0]:#x}")


def _decode_publish(flags: int, data: bytes) -> Publish:
    """Read a PUBLISH without a cursor: nearly all packets of a hall are one."""
    qos = flags >> 1 & 3
    end = 2 + int.from_bytes(data[:2], "big")
    start = end + 2 if qos else end
    if start > len(data) or len(data) < 2:
        raise ProtocolError("section 2.2.3", "a packet ends inside a field")
    topic = utf8(data[2:end])
    if not topic:
        raise ProtocolError("MQTT-4.7.3-1", "a topic is empty")
    if "+" in topic or "#" in topic:
        raise ProtocolError("MQTT-3.3.2-2", "a topic name holds a wildcard")
    packet_id = int.from_bytes(data[end:start], "big")
    if qos and not packet_id:
        raise ProtocolError("MQTT-2.3.1-1", "a packet identifier is 0")
    return Publish(topic, data[start:], qos, bool(flags & 1), bool(flags & 8), packet_id)


def _decode_connack(body: Body) -> Connack:
    flags, code = body.byte(), body.byte()
    if flags & 0xFE:
        raise ProtocolError("section 3.2.2.1", "a CONNACK sets reserved flags")
    if code > ConnectCode.NOT_AUTHORIZED:
        raise ProtocolError("section 3.2.2.3", f"CONNACK return code {code} is reserved")
    if flags and code:
        raise ProtocolError("MQTT-3.2.2-4", "a refusing CONNACK claims a session")
    return Connack(ConnectCode(code), bool(flags))


def _decode_subscribe(body: Body) -> Subscribe:
    packet_id = body.packet_id()
    requests = []
    while body.has_more():
        wanted, qos = check_filter(body.text()), body.byte()
        if qos > 2:
            raise ProtocolError("MQTT-3.8.3-4", f"a subscription asks for QoS byte {qos:#x}")
        requests.append((wanted, qos))
    if not requests:
        raise ProtocolError("MQTT-3.8.3-3", "a SUBSCRIBE names no filter")
    return Subscribe(packet_id, tuple(requests))


def _decode_suback(body: Body) -> Suback:
    packet_id, codes = body.packet_id(), tuple(body.rest())
    if not codes or any(code not in _SUBACK_CODES for code in codes):
        raise ProtocolError("MQTT-3.9.3-2", "a SUBACK holds a reserved return code, or none")
    return Suback(packet_id, codes)


def _decode_unsubscribe(body: Body) -> Unsubscribe:
    packet_id = body.packet_id()
    filters = []
    while body.has_more():
        filters.append(check_filter(body.text()))
    if not filters:
        raise ProtocolError("MQTT-3.10.3-2", "an UNSUBSCRIBE names no filter")
    return Unsubscribe(packet_id, tuple(filters))


_DECODERS: Final[dict[int, tuple[int, Callable[[Body], Packet]]]] = {
    1: (0, decode_connect),
    2: (0, _decode_connack),
    4: (0, lambda body: Puback(body.packet_id())),
    5: (0, lambda body: Pubrec(body.packet_id())),
    6: (2, lambda body: Pubrel(body.packet_id())),
    7: (0, lambda body: Pubcomp(body.packet_id())),
    8: (2, _decode_subscribe),
    9: (0, _decode_suback),
    10: (2, _decode_unsubscribe),
    11: (0, lambda body: Unsuback(body.packet_id())),
    12: (0, lambda _: Pingreq()),
    13: (0, lambda _: Pingresp()),
    14: (0, lambda _: Disconnect()),
}

_PUBLISH_FLAGS: Final = (0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0xA, 0xB, 0xC, 0xD)
_FIRST_BYTES: Final = frozenset(
    [*(_PUBLISH << 4 | flags for flags in _PUBLISH_FLAGS), *(kind << 4 | known[0] for kind, known in _DECODERS.items())]
)
