"""Which service events this pad has rated, and which reasons a power cut left open: read back from the outbox."""

import hashlib

from h24.compact_json import load
from h24.fact_sender import unpack

KEPT = 64
_SIZE = 8


class Rated:
    """The last ratings as eight bytes of SHA-256 each: enough to say no to a second press, nothing to read out."""

    def __init__(self):
        self._marks = bytearray(KEPT * _SIZE)
        self._next = 0
        self.open = None

    def read(self, outbox):
        """Fill from what the flash still holds."""
        for payload in outbox.history(KEPT):
            _, _, _, kind, text = unpack(payload)
            if kind in ("RatingGiven", "RatingReasonsGiven"):
                self.note(kind, load(text.encode()))

    def note(self, kind, body):
        """Remember a fact; after a bad grade `open` is its (rating, service event) until reasons follow."""
        if kind == "RatingGiven":
            place = self._next * _SIZE
            self._marks[place : place + _SIZE] = _mark(body["service_event"])
            self._next = (self._next + 1) % KEPT
            self.open = (body["rating"], body["service_event"]) if body["grade"] < 3 else None
        elif self.open and self.open[0] == body["rating"]:
            self.open = None

    def holds(self, service_event):
        """Say whether the service event was rated here."""
        wanted = _mark(service_event)
        return any([self._marks[place : place + _SIZE] == wanted for place in range(0, KEPT * _SIZE, _SIZE)])


def _mark(text):
    return hashlib.sha256(text.encode()).digest()[:_SIZE]
