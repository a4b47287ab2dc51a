"""Zone boards, published when what they show has changed and not more often than eyes can follow."""

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from contract import topics
from contract.board import ZoneBoard
from hallkit.runtime.clock import Clock
from hallkit.runtime.link import Link
from hallkit.runtime.postmark import Postmark
from queue_caller.core.site import Site

PAUSE = 0.03
"""Seconds between two rounds of boards; a call is on every display well within a second."""


class Boards:
    """Publishes each zone's board on a link, retained."""

    def __init__(
        self, site: Site, board: Callable[[str], ZoneBoard], link: Link, postmark: Postmark, clock: Clock
    ) -> None:
        self._board, self._link, self._postmark, self._clock = board, link, postmark, clock
        self._topics = {service.zone: topics.board(site.hall, service.zone) for service in site.services}
        self._shown: dict[str, ZoneBoard] = {}
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def refresh(self) -> None:
        """Publish what changed, now or as soon as the pause since the last round is over."""
        if self._timer is not None:
            return
        wait = self._next - self._clock.monotonic()
        if wait <= 0:
            self._publish()
        else:
            self._timer = asyncio.get_running_loop().call_later(wait, self._publish)

    def publish_all(self) -> None:
        """Publish every board again, as after a reconnect."""
        self._shown.clear()
        self.refresh()

    def close(self) -> None:
        """Publish nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _publish(self) -> None:
        self._timer = None
        self._next = self._clock.monotonic() + PAUSE
        for zone, topic in self._topics.items():
            board = self._board(zone)
            if _same(board, self._shown.get(zone)):
                continue
            if self._link.publish(topic, self._postmark.stamp(board), qos=1, retain=True):
                self._shown[zone] = board


def _same(board: ZoneBoard, shown: ZoneBoard | None) -> bool:
    return shown is not None and replace(board, as_of=shown.as_of) == shown
