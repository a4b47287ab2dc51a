"""Key presses that are meant: a second NEXT within the blink of an eye is a slip of the finger."""

from mqtt_bridge.core.field_exchange import KeyPress

SLIP_SECONDS = 0.4


class KeyGuard:
    """Passes key presses on in the order they came; drops a second fresh press of a pad's same key within a slip."""

    def __init__(self, slip_seconds: float = SLIP_SECONDS) -> None:
        self._slip = slip_seconds
        self._last: dict[int, tuple[KeyPress, float]] = {}
        self.dropped = 0

    def admits(self, press: KeyPress, now: float) -> bool:
        """Say whether `press`, heard at `now` (steady seconds), is one the clerk meant; the same press always is."""
        if press.held or press.age > 0:
            return True
        last, at = self._last.get(press.address, (press, now))
        if last.key is press.key and last.name != press.name and now - at < self._slip:
            self.dropped += 1
            return False
        self._last[press.address] = (press, now)
        return True
