"""Who must be heard from by when, as data: no timer runs here."""

import heapq
from collections.abc import Callable


class Deadlines:
    """One valid entry a peer; it is checked only when it falls due, so hearing a peer costs nothing."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int]] = []
        self._valid: dict[int, float] = {}

    def set(self, peer: int, due: float) -> None:
        """Look at `peer` at `due`, in place of any earlier entry."""
        self._valid[peer] = due
        heapq.heappush(self._heap, (due, peer))

    def forget(self, peer: int) -> None:
        """Look at `peer` no more."""
        self._valid.pop(peer, None)

    def next(self) -> float | None:
        """Return when to ask again, or None if nobody has a deadline."""
        while self._heap and self._valid.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def expired(self, now: float, real_due: Callable[[int], float]) -> list[int]:
        """Return the peers past their real deadline; those heard of since are looked at again when it falls due."""
        late = []
        while (due := self.next()) is not None and due <= now:
            peer = heapq.heappop(self._heap)[1]
            if (real := real_due(peer)) > now:
                self.set(peer, real)
            else:
                self.forget(peer)
                late.append(peer)
        return late
