"""What the hall's map replays: every change of a window or a queue, as small rows."""

from collections import deque

from contract.board import ZoneBoard
from hallkit.runtime.clock import Clock

KEPT = 40_000
"""Rows kept, the newest: some days' worth."""

STATES = ("closed", "free", "calling", "serving", "paused")


class Film:
    """Rows `[second, window, state, ticket]` and `[second, service, waiting]`, each only when it changed."""

    def __init__(self, clock: Clock, begins: float) -> None:
        self._clock, self._begins = clock, begins
        self.windows: deque[tuple[int, int, int, str]] = deque(maxlen=KEPT)
        self.queues: deque[tuple[int, str, int]] = deque(maxlen=KEPT)
        self.marks: list[tuple[int, str, str]] = []
        self._window: dict[int, tuple[int, str]] = {}
        self._queue: dict[str, int] = {}

    def show(self, board: ZoneBoard) -> None:
        """Take one board."""
        at = int(self._clock.monotonic())
        for window in board.windows:
            shown = STATES.index(window.state.value), window.ticket or ""
            if self._window.get(window.window) != shown:
                self._window[window.window] = shown
                self.windows.append((at, window.window, *shown))
        for queue in board.queues:
            if self._queue.get(queue.service) != queue.waiting:
                self._queue[queue.service] = queue.waiting
                self.queues.append((at, queue.service, queue.waiting))

    def mark(self, kind: str, target: str) -> None:
        """Note a fault that begins."""
        self.marks.append((int(self._clock.monotonic()), kind, target))
