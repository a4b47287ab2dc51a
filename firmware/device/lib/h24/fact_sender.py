"""Facts on their way from the outbox: a small window, back to the oldest when nothing moves, freed when acknowledged."""

import asyncio

from h24 import envelope
from h24.compact_json import dump

WINDOW = 16
PATIENCE, LONGEST_PATIENCE = 2, 60


def pack(fact_id, ms, quality, kind, body_json):
    """Return a fact as the outbox keeps it: all of its envelope that the segment and the device do not know."""
    return ("%s %d %s %s %s" % (fact_id, ms, quality, kind, body_json)).encode()


def unpack(payload):
    """Return id, ms, clock quality, type and body JSON of a kept fact."""
    fact_id, ms, quality, kind, body = payload.decode().split(" ", 4)
    return fact_id, int(ms), quality, kind, body


class FactSender:
    """`send(data)` puts bytes on the link and says whether it did; `new_id()` and `now()` serve a rotten row only."""

    def __init__(self, outbox, name, send, new_id, now):
        self._outbox, self._name, self._send = outbox, name, send
        self._new_id, self._now = new_id, now
        self._wake = asyncio.Event()
        self._is_up, self._is_first = False, True
        self._sent, self._patience = outbox.acked, PATIENCE
        self.foreign_acks = 0
        self.beat = self.on_acknowledged = lambda: None

    def on_up(self):
        """Start again at the oldest fact that waits."""
        self._is_up = True
        self._go_back()

    def on_down(self):
        """Stop sending."""
        self._is_up = False

    def notify(self):
        """Look for new facts."""
        self._wake.set()

    def on_ack(self, body):
        """Take an acknowledgement; one that is not of what we hold is counted."""
        dev = envelope.need(body, "dev", str)
        inc, seq = envelope.need(body, "inc", str), envelope.need(body, "seq", int)
        if dev != self._name or inc != self._outbox.inc or not 0 <= seq <= self._outbox.last:
            self.foreign_acks += 1
        elif seq > self._outbox.acked:
            self._outbox.acknowledge(seq)
            self._sent, self._patience = max(self._sent, seq), PATIENCE
            self.on_acknowledged()
            self._wake.set()

    async def run(self):
        """Send until cancelled."""
        while True:
            self._wake.clear()
            await self._send_window()
            before = self._outbox.acked
            waits = self._is_up and self._sent > before
            try:
                await asyncio.wait_for(self._wake.wait(), self._patience if waits else 5)
            except asyncio.TimeoutError:
                self._stand(waits and before == self._outbox.acked)
            self.beat()

    def _stand(self, is_stuck):
        if is_stuck:
            self._patience = min(self._patience * 2, LONGEST_PATIENCE)
            self._go_back()

    def _go_back(self):
        self._sent, self._is_first = self._outbox.acked, True
        self._wake.set()

    async def _send_window(self):
        while self._is_up and self._sent - self._outbox.acked < WINDOW:
            rows = self._outbox.rows(self._sent, 1)
            if not rows or not await self._send(self._message(rows[0])):
                return
            self._sent, self._is_first = rows[0][0], False

    def _message(self, row):
        seq, boot, payload = row
        head = {"dev": self._name, "boot": boot, "inc": self._outbox.inc, "seq": seq}
        if payload is None:
            head["id"], head["ts"], head["type"] = self._new_id(), self._now(), "FactDamaged"
            body = dump((("raw", ""), ("length", 0)))
        else:
            head["id"], head["ts"], head["clk"], head["type"], body = unpack(payload)
        if self._is_first:
            head["low"] = self._outbox.acked + 1
        return envelope.write(head, body)
