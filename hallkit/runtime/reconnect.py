"""When to try again: jittered exponential back-off, its chance brought by the caller."""

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Backoff:
    """Seconds to wait before the next try: from `first`, doubling to `longest`, each between half and whole."""

    chance: random.Random
    first: float = 0.2
    longest: float = 5.0
    _tries: int = field(default=0, init=False)

    def next(self) -> float:
        """Return the wait before the next try and count it."""
        whole = min(self.longest, self.first * 2.0 ** min(self._tries, 30))
        self._tries += 1
        return whole * (0.5 + self.chance.random() / 2)

    def reset(self) -> None:
        """Start over after a success that lasted."""
        self._tries = 0
