"""What the broker wants done, as data. A peer is a connection's number, never used twice."""

from enum import StrEnum

from msgspec import Struct

from hallkit.codecs.mqtt import Packet


class Why(StrEnum):
    """Why a connection is closed."""

    LEFT = "the client left"
    MALFORMED = "it sent what MQTT 3.1.1 forbids"
    OUT_OF_TURN = "a packet came out of turn"
    REVOKED = "its credentials are no longer valid"
    REFUSED = "the connection was refused"
    TAKEN_OVER = "the same identity connected again"
    SILENT = "it was silent longer than its keep alive allows"
    OVERFLOWED = "it did not take its QoS 1 messages"


class Send(Struct, frozen=True, gc=False):
    """Write `packet` to `peer`."""

    peer: int
    packet: Packet


class Close(Struct, frozen=True, gc=False):
    """Close `peer` after what was sent to it before; the core has already forgotten it."""

    peer: int
    why: Why


class Refused(Struct, frozen=True, gc=False):
    """Note for the operator: `identity` was denied to `act` (connect, publish, will, subscribe, retain) on `topic`."""

    identity: str
    act: str
    topic: str


Effect = Send | Close | Refused
