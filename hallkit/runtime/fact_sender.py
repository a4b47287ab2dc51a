"""Facts on their way to the receiver that commits and acknowledges them."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from functools import partial

from contract import codec
from contract.envelope import Envelope
from contract.errors import RemoteContractError
from contract.field import FactDamaged
from contract.link import Ack
from hallkit.runtime.outbox import FactSource, Row
from hallkit.runtime.postmark import Postmark
from hallkit.runtime.writer import Writer

_LOGGER = logging.getLogger(__name__)

WINDOW = 200
"""Rows on their way at once."""

PROBE = 8
"""Rows sent again while nothing moves: a receiver that is away is not told everything each time."""

PATIENCE = 2.0
"""Seconds without progress after which sending goes back to the oldest unacknowledged row; each time twice as long."""

LONGEST_PATIENCE = 8.0
"""No longer than this, so that a receiver that does not know us hears of us within ten seconds of its return."""


def with_low(payload: bytes, low: int) -> bytes:
    """Return an encoded envelope that also names the oldest number still held."""
    return payload[:-1] + b',"low":%d}' % low


class FactSender:
    """Sends a source's rows in a window, goes back when nothing moves, and frees what is acknowledged."""

    def __init__(
        self,
        source: FactSource,
        writer: Writer,
        postmark: Postmark,
        send: Callable[[bytes], bool],
        window: int = WINDOW,
        longest_patience: float = LONGEST_PATIENCE,
    ) -> None:
        self._source, self._writer, self._postmark, self._send = source, writer, postmark, send
        self._name, self._window, self._room = postmark.name, window, window
        self._wake = asyncio.Event()
        self._up = False
        self._sent = source.acked
        self._first_again = True
        self._moved_at: float | None = None
        self._ack = 0
        self._patience, self._longest = PATIENCE, longest_patience
        self.foreign_acks = 0
        self.on_ahead: Callable[[int], None] = lambda missing: None

    def on_up(self) -> None:
        """Start again from the oldest unacknowledged row."""
        self._up = True
        self._patience, self._room = PATIENCE, self._window
        self._go_back()
        self._wake.set()

    def on_down(self) -> None:
        """Stop sending."""
        self._up = False

    def on_ack(self, envelope: Envelope) -> None:
        """Take an acknowledgement; one that is not ours, or of what we never sent, is counted and ignored."""
        try:
            ack = codec.body_of(envelope, Ack)
        except RemoteContractError as error:
            self._refuse(str(error))
            return
        if ack.dev != self._name or ack.inc != self._source.inc:
            self._refuse(f"for {ack.dev[:40]!r} up to {ack.seq}")
        elif ack.seq > self._source.last:
            self._refuse(f"of {ack.seq}, we only reach {self._source.last}: was this store restored from a copy?")
            self.on_ahead(ack.seq - self._source.last)
        elif ack.seq > self._ack:
            self._ack = ack.seq
            self._patience = PATIENCE
            self._wake.set()
        elif self._patience > PATIENCE:
            self._patience = PATIENCE
            self._go_back()
            self._wake.set()

    def notify(self) -> None:
        """Look for new rows; called after a commit."""
        self._wake.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            self._wake.clear()
            await self._work()
            try:
                async with asyncio.timeout_at(self._give_up_at()):
                    await self._wake.wait()
            except TimeoutError:
                self._room = min(PROBE, self._window)
                self._patience = min(2 * self._patience, self._longest)
                self._go_back()

    def _give_up_at(self) -> float | None:
        """Return when what was sent counts as lost: new rows do not put it off, only progress does."""
        if not self._up or self._sent <= self._source.acked:
            self._moved_at = None
            return None
        if self._moved_at is None:
            self._moved_at = asyncio.get_running_loop().time()
        return self._moved_at + self._patience

    async def _work(self) -> None:
        if self._ack > self._source.acked:
            await self._free(self._ack)
            self._moved_at, self._room = None, self._window
        self._sent = max(self._sent, self._source.acked)
        while self._up and (room := self._room - (self._sent - self._source.acked)) > 0:
            rows = await self._writer.run(partial(self._source.rows, self._sent, min(room, 100)))
            if not rows or not self._send_rows(rows):
                return

    async def _free(self, seq: int) -> None:
        """Free what is acknowledged; on a full disk it waits there and is acknowledged again."""
        try:
            await self._writer.run(partial(self._source.acknowledge, seq))
        except sqlite3.Error as error:
            _LOGGER.error("%s: what the receiver has could not be freed: %s", self._name, error)
            self._ack = self._source.acked

    def _send_rows(self, rows: list[Row]) -> bool:
        for row in rows:
            payload = self._readable(row)
            if not self._send(with_low(payload, self._source.acked + 1) if self._first_again else payload):
                return False
            self._first_again = False
            self._sent = row.seq
        return True

    def _readable(self, row: Row) -> bytes:
        """Return the row's message, or one that says the disk damaged it, so that it stalls nobody."""
        try:
            codec.decode(row.payload)
        except RemoteContractError as error:
            _LOGGER.error("%s: row %d is damaged on disk: %s", self._name, row.seq, error)
            damaged = FactDamaged(raw=row.payload[:4096], length=len(row.payload))
            return self._postmark.stamp(damaged, inc=self._source.inc, seq=row.seq)
        return row.payload

    def _go_back(self) -> None:
        self._sent = self._source.acked
        self._first_again = True
        self._moved_at = None

    def _refuse(self, cause: str) -> None:
        self.foreign_acks += 1
        _LOGGER.warning("%s: an acknowledgement was refused: %s", self._name, cause)
