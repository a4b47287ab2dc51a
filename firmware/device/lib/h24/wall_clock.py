"""What time it is, and how far that may be trusted: a counter that wraps, and an offset somebody brings."""

from h24.envelope import NONE


class WallClock:
    """`ticks` counts milliseconds modulo `period`; the wall's time is unknown until `set`."""

    def __init__(self, ticks, period=1 << 30):
        self._ticks, self._period = ticks, period
        self._last = ticks()
        self._passed = 0
        self._offset = 0
        self.quality = NONE

    def monotonic(self):
        """Return milliseconds since the start; called at least once a period."""
        ticks = self._ticks()
        self._passed += (ticks - self._last) % self._period
        self._last = ticks
        return self._passed

    def now(self):
        """Return milliseconds since 1970; without a set clock, since a start in 1970."""
        return self.monotonic() + self._offset

    def set(self, now, quality):
        """Take the time in milliseconds and how far it is trusted: `ntp` or `rtc`."""
        self._offset = now - self.monotonic()
        self.quality = quality
