"""The CONNECT packet, the one with structure (OASIS MQTT 3.1.1 section 3.1)."""

import struct
from typing import Final

from hallkit.codecs.mqtt.body import Body
from hallkit.codecs.mqtt.errors import ProtocolError, UnacceptableLevelError
from hallkit.codecs.mqtt.field import field
from hallkit.codecs.mqtt.packets import Connect, Will
from hallkit.codecs.mqtt.topics import check_topic

_NAME: Final = b"MQTT"
_OLD_NAME: Final = b"MQIsdp"
_LEVEL: Final = 4

_RESERVED, _CLEAN, _WILL, _WILL_RETAIN, _PASSWORD, _USER_NAME = 0x01, 0x02, 0x04, 0x20, 0x40, 0x80
_WILL_QOS_SHIFT: Final = 3


def decode_connect(body: Body) -> Connect:
    """Read a CONNECT body; raise UnacceptableLevelError for another MQTT version."""
    _check_protocol(body)
    flags = body.byte()
    _check_flags(flags)
    keep_alive = body.number()
    client_id = body.text()
    return Connect(
        client_id=client_id,
        clean_session=bool(flags & _CLEAN),
        keep_alive=keep_alive,
        will=_read_will(flags, body) if flags & _WILL else None,
        user_name=body.text() if flags & _USER_NAME else None,
        password=body.binary() if flags & _PASSWORD else None,
    )


def encode_connect(packet: Connect) -> bytes:
    """Return the body of `packet`."""
    if packet.password is not None and packet.user_name is None:
        raise ProtocolError("MQTT-3.1.2-22", "a password comes without a user name")
    fields = [field(packet.client_id.encode())]
    if packet.will is not None:
        fields += [field(packet.will.topic.encode()), field(packet.will.payload)]
    if packet.user_name is not None:
        fields.append(field(packet.user_name.encode()))
    if packet.password is not None:
        fields.append(field(packet.password))
    head = field(_NAME) + struct.pack("!BBH", _LEVEL, _flags(packet), packet.keep_alive)
    return head + b"".join(fields)


def _check_protocol(body: Body) -> None:
    name, level = body.binary(), body.byte()
    if name not in (_NAME, _OLD_NAME):
        raise ProtocolError("MQTT-3.1.2-1", "the protocol name is not MQTT")
    if name == _OLD_NAME or level != _LEVEL:
        raise UnacceptableLevelError("MQTT-3.1.2-2", f"protocol level {level} is not 3.1.1")


def _check_flags(flags: int) -> None:
    will_qos = flags >> _WILL_QOS_SHIFT & 3
    if flags & _RESERVED:
        raise ProtocolError("MQTT-3.1.2-3", "a CONNECT sets the reserved flag")
    if not flags & _WILL and will_qos:
        raise ProtocolError("MQTT-3.1.2-13", "a CONNECT without a will gives it a QoS")
    if will_qos == 3:
        raise ProtocolError("MQTT-3.1.2-14", "a will has QoS 3")
    if not flags & _WILL and flags & _WILL_RETAIN:
        raise ProtocolError("MQTT-3.1.2-15", "a CONNECT without a will retains it")
    if flags & _PASSWORD and not flags & _USER_NAME:
        raise ProtocolError("MQTT-3.1.2-22", "a password comes without a user name")


def _read_will(flags: int, body: Body) -> Will:
    topic, payload = check_topic(body.text()), body.binary()
    return Will(topic, payload, flags >> _WILL_QOS_SHIFT & 3, bool(flags & _WILL_RETAIN))


def _flags(packet: Connect) -> int:
    flags = _CLEAN if packet.clean_session else 0
    if packet.will is not None:
        flags |= _WILL | packet.will.qos << _WILL_QOS_SHIFT | (_WILL_RETAIN if packet.will.retain else 0)
    if packet.user_name is not None:
        flags |= _USER_NAME
    if packet.password is not None:
        flags |= _PASSWORD
    return flags
