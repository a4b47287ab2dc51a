"""What the broker knows of one identity: its subscriptions and the messages it still owes it."""

from collections import deque
from collections.abc import Iterator

from hallkit.broker.core.limits import Limits
from hallkit.codecs.mqtt import Publish

_LAST_ID = 0xFFFF


class Session:
    """The state of one identity; `peer` is None while a kept session has no connection."""

    __slots__ = (
        "_inflight", "_last_id", "_limits", "_queued_bytes", "_waiting",
        "congested", "identity", "is_clean", "peer", "received", "subscriptions",
    )  # fmt: skip

    def __init__(self, identity: str, is_clean: bool, limits: Limits) -> None:
        self.identity = identity
        self.is_clean = is_clean
        self.peer: int | None = None
        self.congested = False
        self.subscriptions: dict[str, int] = {}
        self.received: set[int] = set()
        self._limits = limits
        self._inflight: dict[int, Publish] = {}
        self._waiting: deque[Publish] = deque()
        self._queued_bytes = 0
        self._last_id = 0

    def queue(self, message: Publish) -> bool:
        """Owe the client a QoS 1 `message`; return False if that is more than it may leave lying."""
        self._waiting.append(message)
        self._queued_bytes += len(message.payload)
        return len(self._waiting) <= self._limits.max_queued and self._queued_bytes <= self._limits.max_queued_bytes

    def sendable(self) -> Iterator[Publish]:
        """Take waiting messages, each with its packet identifier, as far as the window and the cable allow."""
        while self._waiting and not self.congested and len(self._inflight) < self._limits.max_inflight:
            message = self._waiting.popleft()
            self._queued_bytes -= len(message.payload)
            packet_id = self._free_id()
            packet = Publish(message.topic, message.payload, 1, message.retain, False, packet_id)
            self._inflight[packet_id] = packet
            yield packet

    def acknowledged(self, packet_id: int) -> None:
        """Forget a message the client has; an unknown identifier is an answer to an earlier connection."""
        self._inflight.pop(packet_id, None)

    def unacknowledged(self) -> list[Publish]:
        """Return what a returning client must be sent again, oldest first, marked as a duplicate."""
        return [Publish(one.topic, one.payload, 1, one.retain, True, one.packet_id) for one in self._inflight.values()]

    def _free_id(self) -> int:
        while True:
            self._last_id = self._last_id % _LAST_ID + 1
            if self._last_id not in self._inflight:
                return self._last_id
