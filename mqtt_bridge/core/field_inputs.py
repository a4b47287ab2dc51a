"""From a sensor's raw readings to what a hall may rely on: hysteresis for levels, settling for contacts."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level counts as active from `on_at` until it falls to `off_at`; `on_at` below `off_at` turns it round."""

    on_at: int = 1
    off_at: int = 0

    def judge(self, value: int, *, was_active: bool) -> bool:
        """Say whether `value` is active, between the two levels as it was before."""
        if self.on_at > self.off_at:
            return value >= self.on_at or (value > self.off_at and was_active)
        return value <= self.on_at or (value < self.off_at and was_active)


@dataclass(slots=True)
class SettlingInput:
    """One input: the first reading counts at once, a change counts once it has lasted `settle` seconds."""

    threshold: Threshold = field(default_factory=Threshold)
    settle: float = 0.0
    active: bool | None = None
    _raw: bool = False
    _since: float | None = None

    @property
    def unsettled(self) -> bool:
        """Say whether a change has been seen and has not lasted long enough yet."""
        return self._since is not None

    def take(self, value: int, now: float) -> bool | None:
        """Take one reading at `now` (steady seconds); return the new state, None if it is as before."""
        self._raw = self.threshold.judge(value, was_active=self._raw)
        if self.active is None:
            self.active = self._raw
            return self.active
        if self._raw is self.active:
            self._since = None
            return None
        if self._since is None:
            self._since = now
        if now - self._since < self.settle:
            return None
        self.active, self._since = self._raw, None
        return self.active
