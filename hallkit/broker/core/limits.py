"""How much one broker holds, and what it counted."""

from msgspec import Struct

from hallkit.codecs.mqtt import DEFAULT_MAX_PACKET


class Limits(Struct, frozen=True):
    """Bounds per client and in all; times in seconds, sizes in bytes."""

    max_packet: int = DEFAULT_MAX_PACKET
    max_inflight: int = 100
    max_queued: int = 10_000
    max_queued_bytes: int = 32 << 20
    max_subscriptions: int = 1_000
    max_retained: int = 5_000
    connect_timeout: float = 10.0


class Counters(Struct):
    """What happened since the start; nothing is dropped without being counted here."""

    received: int = 0
    delivered: int = 0
    dropped_qos0: int = 0
    refused: int = 0
    malformed: int = 0
    overflowed: int = 0
    expired: int = 0
    taken_over: int = 0
    wills: int = 0
