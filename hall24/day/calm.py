"""Since when the parts of a hall work undisturbed: what must hold at once, and what must hold a while after."""

from collections.abc import Callable

RECOVERY = 5.0
"""Seconds a recovered part may take to show the truth again."""


class Calm:
    """Faults begin and end on parts, by name; several may overlap on one."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._faults: dict[str, int] = {}
        self._ended: dict[str, float] = {}

    def begin(self, *parts: str) -> None:
        """A fault begins."""
        for part in parts:
            self._faults[part] = self._faults.get(part, 0) + 1

    def end(self, *parts: str, after: float = 0.0) -> None:
        """A fault ends, or will have no effect any more `after` seconds."""
        for part in parts:
            self._faults[part] -= 1
            self._ended[part] = max(self._ended.get(part, 0.0), self._time() + after)

    def touch(self, *parts: str, after: float = 0.0) -> None:
        """A momentary fault."""
        self.begin(*parts)
        self.end(*parts, after=after)

    def lasts(self, seconds: float, *parts: str) -> bool:
        """Whether all of the parts have been well for at least so many seconds."""
        return all(
            not self._faults.get(part) and self._time() - self._ended.get(part, -1e9) >= seconds for part in parts
        )
