"""The seam to the hall's message broker."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class LinkMessage(NamedTuple):
    """One received message."""

    topic: str
    payload: bytes
    retained: bool


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for us when we vanish; retained, QoS 1."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class LinkSetup:
    """Who connects and what it hears: `user` is also the client id, `filters` are subscribed on every connect."""

    user: str
    password: str
    filters: tuple[str, ...]
    will: Will | None = None


class LinkUser(Protocol):
    """Whoever owns a link; its methods are called on the loop and must not block."""

    def on_message(self, message: LinkMessage) -> None:
        """Take one message."""

    def on_up(self) -> None:
        """The link is connected and subscribed."""

    def on_down(self) -> None:
        """The link is gone; what was published may not have arrived."""


class Link(Protocol):
    """A connection that comes back by itself; nothing published on it is a promise."""

    @property
    def is_up(self) -> bool:
        """Whether messages can be published now."""

    @property
    def trouble(self) -> str:
        """Why the last connection ended or did not come about; empty if there was none."""

    def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> bool:
        """Hand over a message; return False, and send nothing, while the link is down."""

    async def run(self) -> None:
        """Keep the link connected until cancelled; raise LinkError if the broker refuses who we are."""


LinkFactory = Callable[[LinkSetup, LinkUser], Link]
