"""The fourteen MQTT 3.1.1 control packets as frozen values."""

from enum import IntEnum

from msgspec import Struct


class ConnectCode(IntEnum):
    """CONNACK return codes (table 3.1)."""

    ACCEPTED = 0
    UNACCEPTABLE_LEVEL = 1
    IDENTIFIER_REJECTED = 2
    SERVER_UNAVAILABLE = 3
    BAD_CREDENTIALS = 4
    NOT_AUTHORIZED = 5


class Will(Struct, frozen=True):
    """The message a server publishes when its client vanishes."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


class Connect(Struct, frozen=True):
    """A client asks for a session; `keep_alive` in seconds, 0 = none."""

    client_id: str = ""
    clean_session: bool = True
    keep_alive: int = 0
    will: Will | None = None
    user_name: str | None = None
    password: bytes | None = None


class Connack(Struct, frozen=True):
    """The server's answer to CONNECT."""

    code: ConnectCode = ConnectCode.ACCEPTED
    session_present: bool = False


class Publish(Struct, frozen=True, gc=False):
    """An application message; `packet_id` is 0 exactly when `qos` is 0."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    dup: bool = False
    packet_id: int = 0


class Puback(Struct, frozen=True, gc=False):
    """QoS 1 is received."""

    packet_id: int


class Pubrec(Struct, frozen=True, gc=False):
    """QoS 2 is received, part 1."""

    packet_id: int


class Pubrel(Struct, frozen=True, gc=False):
    """QoS 2 is released, part 2."""

    packet_id: int


class Pubcomp(Struct, frozen=True, gc=False):
    """QoS 2 is complete, part 3."""

    packet_id: int


class Subscribe(Struct, frozen=True):
    """A client wants topics: pairs of (filter, highest QoS)."""

    packet_id: int
    requests: tuple[tuple[str, int], ...]


class Suback(Struct, frozen=True):
    """One code a request, in order: granted QoS 0–2, or 0x80 = refused."""

    packet_id: int
    codes: tuple[int, ...]


class Unsubscribe(Struct, frozen=True):
    """A client no longer wants these filters."""

    packet_id: int
    filters: tuple[str, ...]


class Unsuback(Struct, frozen=True, gc=False):
    """UNSUBSCRIBE is done."""

    packet_id: int


class Pingreq(Struct, frozen=True):
    """A client says it lives."""


class Pingresp(Struct, frozen=True):
    """The server says it lives."""


class Disconnect(Struct, frozen=True):
    """A client leaves in order: its will is forgotten."""


Packet = (
    Connect
    | Connack
    | Publish
    | Puback
    | Pubrec
    | Pubrel
    | Pubcomp
    | Subscribe
    | Suback
    | Unsubscribe
    | Unsuback
    | Pingreq
    | Pingresp
    | Disconnect
)
