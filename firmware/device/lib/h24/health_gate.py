"""Whether a release on trial is kept: decided by what the hall did with it, not by its own opinion. Pure."""


class HealthGate:
    """What a release on trial has to show before it is kept: the hall heard it, and acknowledged a fact of its own."""

    def __init__(self, slots, give_up_after_ms, now):
        self._slots, self._until = slots, now + give_up_after_ms
        self.is_connected = self.is_acknowledged = False

    @property
    def is_open(self):
        """Say whether the release still has to prove itself."""
        return bool(self._slots.state)

    def seen(self, connected=False, acknowledged=False):
        """Take evidence; return whether the release was confirmed just now."""
        self.is_connected |= connected
        self.is_acknowledged |= acknowledged
        if self.is_open and self.is_connected and self.is_acknowledged:
            self._slots.confirm()
            return True
        return False

    def is_over(self, now):
        """Say whether the time to prove it has passed without proof: restart, the start code goes back."""
        return self.is_open and now > self._until
