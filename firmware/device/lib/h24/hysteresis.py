"""Readings that count only when they last: two thresholds for a level, a settling time for both. Pure."""


class Contact:
    """A door or presence contact: a change counts once it has lasted `settle` milliseconds."""

    def __init__(self, settle):
        self._settle, self._since = settle, None
        self.active = None

    def due(self, now):
        """Return the milliseconds until a change that has begun may count, or None while none has."""
        return None if self._since is None else max(self._since + self._settle - now, 1)

    def read(self, is_closed, now):
        """Take a reading; return True if the settled state changed just now."""
        if is_closed == self.active:
            self._since = None
            return False
        if self._since is None:
            self._since = now
        if self.active is not None and now - self._since < self._settle:
            return False
        self.active, self._since = is_closed, None
        return True


class Level:
    """A level between two thresholds: active from `high` upwards, not any more from `low` downwards."""

    def __init__(self, low, high, settle):
        if low >= high:
            raise ValueError("low %s is not below high %s" % (low, high))
        self._low, self._high, self._contact = low, high, Contact(settle)

    @property
    def active(self):
        """Say whether the level is high; None before the first reading."""
        return self._contact.active

    def due(self, now):
        """Return the milliseconds until a change that has begun may count, or None while none has."""
        return self._contact.due(now)

    def read(self, value, now):
        """Take a reading; return True if the settled state changed just now."""
        was = bool(self._contact.active)
        wanted = value > self._low if was else value >= self._high
        return self._contact.read(wanted, now)
