"""Packets to bytes."""

import struct
from collections.abc import Callable
from typing import Any, Final

from hallkit.codecs.mqtt.connect import encode_connect
from hallkit.codecs.mqtt.field import field
from hallkit.codecs.mqtt.packets import (
    Connack,
    Connect,
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

MAX_REMAINING: Final = 268_435_455
_U16: Final = struct.Struct("!H").pack


def encode(packet: Packet) -> bytes:
    """Return `packet` as bytes; raise ValueError for what cannot be put on the wire."""
    return _ENCODERS[type(packet)](packet)


def remaining_length(length: int) -> bytes:
    """Return `length` in the one to four bytes of a fixed header (table 2.4)."""
    if length > MAX_REMAINING:
        raise ValueError(f"a packet of {length} bytes is longer than MQTT allows")
    digits = bytearray()
    while length > 0x7F:
        digits.append(length & 0x7F | 0x80)
        length >>= 7
    digits.append(length)
    return bytes(digits)


def _encode_publish(packet: Publish) -> bytes:
    first = 0x30 | packet.dup << 3 | packet.qos << 1 | packet.retain
    identifier = _U16(packet.packet_id) if packet.qos else b""
    body = b"".join((field(packet.topic.encode()), identifier, packet.payload))
    if len(body) < 0x80:
        return bytes((first, len(body))) + body
    return b"%c%b%b" % (first, remaining_length(len(body)), body)


def _encode_subscribe(packet: Subscribe) -> bytes:
    requests = (field(wanted.encode()) + bytes((qos,)) for wanted, qos in packet.requests)
    return _packet(0x82, _U16(packet.packet_id) + b"".join(requests))


def _encode_unsubscribe(packet: Unsubscribe) -> bytes:
    return _packet(0xA2, _U16(packet.packet_id) + b"".join(field(wanted.encode()) for wanted in packet.filters))


def _packet(first: int, body: bytes) -> bytes:
    return bytes((first,)) + remaining_length(len(body)) + body


def _acknowledgement(first: int) -> Callable[[Any], bytes]:
    head = bytes((first, 2))
    return lambda packet: head + _U16(packet.packet_id)


_ENCODERS: Final[dict[type, Callable[[Any], bytes]]] = {
    Connect: lambda packet: _packet(0x10, encode_connect(packet)),
    Connack: lambda packet: bytes((0x20, 2, packet.session_present, packet.code)),
    Publish: _encode_publish,
    Puback: _acknowledgement(0x40),
    Pubrec: _acknowledgement(0x50),
    Pubrel: _acknowledgement(0x62),
    Pubcomp: _acknowledgement(0x70),
    Subscribe: _encode_subscribe,
    Suback: lambda packet: _packet(0x90, _U16(packet.packet_id) + bytes(packet.codes)),
    Unsubscribe: _encode_unsubscribe,
    Unsuback: _acknowledgement(0xB0),
    Pingreq: lambda _: b"\xc0\x00",
    Pingresp: lambda _: b"\xd0\x00",
    Disconnect: lambda _: b"\xe0\x00",
}
