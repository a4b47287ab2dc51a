"""The arithmetic of the call pad line: what an exchange, a cycle and the answer to a key take at most."""

from dataclasses import dataclass

BITS_PER_BYTE = 10
SHORT_FRAME = 3
KEY_FRAME = 4
LONG_FRAME = 6
REPLY_SLOTS = 8


@dataclass(frozen=True, slots=True)
class LineTiming:
    """Seconds of one line: a pad answers within `turnaround`, the master leaves `gap` before it asks again.

    `patience` is what the master's adapter and system may add before an answer counts as missing.
    """

    baud: int = 38_400
    turnaround: float = 0.001
    gap: float = 0.001
    patience: float = 0.003
    probe_interval: float = 2.0

    def frames(self, size: int) -> float:
        """Return the seconds `size` bytes take."""
        return size * BITS_PER_BYTE / self.baud

    @property
    def idle_exchange(self) -> float:
        """Return the seconds from one poll to the next when the pad has nothing to say."""
        return self.exchange(SHORT_FRAME, SHORT_FRAME)

    def exchange(self, asked: int, answered: int) -> float:
        """Return the seconds from one ask to the next, for frames of these sizes."""
        return self.frames(asked + answered) + self.turnaround + self.gap

    def answer_window(self, asked: int) -> float:
        """Return how long after the ask is written an answer counts as missing."""
        return self.frames(asked + LONG_FRAME) + self.turnaround + self.patience

    @property
    def reply_slot(self) -> float:
        """Return the seconds of one reply slot: an identity, and a turnaround of silence."""
        return self.frames(LONG_FRAME) + self.turnaround

    @property
    def census_window(self) -> float:
        """Return how long the master listens after a census is written."""
        return self.frames(SHORT_FRAME) + self.turnaround + REPLY_SLOTS * self.reply_slot + self.patience

    def cycle(self, pads: int) -> float:
        """Return the seconds one round of `pads` takes when none has anything to say."""
        return pads * self.idle_exchange

    def longest_cycle(self, pads: int) -> float:
        """Return the longest round: every pad is shown a new ticket and one address is counted."""
        return pads * self.exchange(LONG_FRAME, SHORT_FRAME) + self.census_window + self.gap

    def longest_key(self, pads: int) -> float:
        """Return the longest time from a key press to its last byte at the master, on a line without faults."""
        return self.longest_cycle(pads) + self.exchange(SHORT_FRAME, KEY_FRAME)
