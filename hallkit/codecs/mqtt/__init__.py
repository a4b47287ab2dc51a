"""MQTT 3.1.1 as bytes (OASIS standard, 29 October 2014): packets in, packets out, no I/O."""

from hallkit.codecs.mqtt.decoder import DEFAULT_MAX_PACKET, Decoder
from hallkit.codecs.mqtt.encode import encode
from hallkit.codecs.mqtt.errors import PacketTooLargeError, ProtocolError, UnacceptableLevelError
from hallkit.codecs.mqtt.packets import (
    Connack,
    Connect,
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
    Will,
)
from hallkit.codecs.mqtt.topics import check_filter, check_topic, covers, matches

__all__ = [
    "DEFAULT_MAX_PACKET",
    "Connack",
    "Connect",
    "ConnectCode",
    "Decoder",
    "Disconnect",
    "Packet",
    "PacketTooLargeError",
    "Pingreq",
    "Pingresp",
    "ProtocolError",
    "Puback",
    "Pubcomp",
    "Publish",
    "Pubrec",
    "Pubrel",
    "Suback",
    "Subscribe",
    "UnacceptableLevelError",
    "Unsuback",
    "Unsubscribe",
    "Will",
    "check_filter",
    "check_topic",
    "covers",
    "encode",
    "matches",
]
