"""Framing shared by all Onbon BX cards: A5…, escaped body with CRC-16/ARC, 5A (Onbon dynamic area manuals §2)."""

from display_controller.errors import WireError
from hallkit.codecs.checksum import crc16_arc

HEAD = 0xA5
TAIL = 0x5A
LEAD_IN = bytes([HEAD]) * 8
MAX_BODY = 1 << 20
"""Longest unescaped body either side takes, in bytes; a 1920×128 RGB888 area is 737,280."""


def frame(body: bytes) -> bytes:
    """Return `body` (header and data) as it goes on the line."""
    if len(body) > MAX_BODY:
        raise WireError(f"a body of {len(body)} bytes is longer than a card takes; split the area")
    return LEAD_IN + escape(body + crc16_arc(body).to_bytes(2, "little")) + bytes([TAIL])


def escape(body: bytes) -> bytes:
    """Replace the four reserved bytes by their pairs."""
    for plain, pair in ((b"\xa6", b"\xa6\x01"), (b"\xa5", b"\xa6\x02"), (b"\x5b", b"\x5b\x01"), (b"\x5a", b"\x5b\x02")):
        body = body.replace(plain, pair)
    return body


def unescape(body: bytes) -> bytes:
    """Undo `escape`; raise WireError at a pair that does not exist."""
    for mark in (b"\xa6", b"\x5b"):
        if body.count(mark) != body.count(mark + b"\x01") + body.count(mark + b"\x02"):
            raise WireError(f"a reserved byte {mark.hex()} stands alone")
    for pair, plain in ((b"\xa6\x02", b"\xa5"), (b"\xa6\x01", b"\xa6"), (b"\x5b\x02", b"\x5a"), (b"\x5b\x01", b"\x5b")):
        body = body.replace(pair, plain)
    return body


class Decoder:
    """Cuts a byte stream into bodies; counts noise as `discarded` bytes and broken frames as `damaged`.

    A head byte never occurs inside a body, so the last one before a tail is where a frame starts, whatever came before.
    """

    def __init__(self, longest: int = MAX_BODY) -> None:
        self._longest = 2 * longest + 4
        self._held = bytearray()
        self.discarded = 0
        self.damaged = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the bodies completed by `data`, CRC checked and removed."""
        *segments, rest = data.split(bytes([TAIL]))
        bodies = []
        for segment in segments:
            self._held += segment
            body = self._close(bytes(self._held))
            self._held.clear()
            if body is not None:
                bodies.append(body)
        self._hold(rest)
        return bodies

    def clear(self) -> None:
        """Forget a half-received frame."""
        self._held.clear()

    def _hold(self, rest: bytes) -> None:
        """Keep what may become a frame: nothing, or bytes that begin with a head."""
        noise, head, body = rest.rpartition(bytes([HEAD]))
        if head:
            self._discard(bytes(self._held) + noise)
            self._held[:] = head + body
        elif self._held:
            self._held += rest
        else:
            self._discard(rest)
        if len(self._held) > self._longest:
            self._discard(bytes(self._held))
            self._held.clear()

    def _discard(self, noise: bytes) -> None:
        self.discarded += len(noise.strip(bytes([HEAD])))

    def _close(self, segment: bytes) -> bytes | None:
        before, head, escaped = segment.rpartition(bytes([HEAD]))
        self._discard(before)
        if not head:
            self._discard(escaped + bytes([TAIL]))
            return None
        try:
            body = unescape(escaped)
        except WireError:
            self.damaged += 1
            return None
        if len(body) < 3 or crc16_arc(body[:-2]) != int.from_bytes(body[-2:], "little"):
            self.damaged += 1
            return None
        return body[:-2]
