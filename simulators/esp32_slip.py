"""SLIP (RFC 1055), the frames an ESP32's serial loader speaks in."""

END, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE = b"\xc0", b"\xdb", b"\xdb\xdc", b"\xdb\xdd"
LONGEST = 0x10000
"""Bytes of one frame on the line; a longer one is noise."""


def encode(payload: bytes) -> bytes:
    """Return the frame around `payload`."""
    return END + payload.replace(ESCAPE, ESCAPED_ESCAPE).replace(END, ESCAPED_END) + END


class Decoder:
    """Turns bytes, cut anyhow, into payloads; what is too long or wrongly escaped is counted in `discarded`."""

    def __init__(self) -> None:
        self._open = bytearray()
        self._is_inside = False
        self.discarded = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Return the payloads that ended within `data`."""
        *ended, rest = data.split(END)
        payloads = [found for part in ended if (found := self._end(part))]
        if self._is_inside:
            self._open += rest
        else:
            self.discarded += len(rest)
        if len(self._open) > LONGEST:
            self.discarded += len(self._open)
            self._open.clear()
            self._is_inside = False
        return payloads

    def _end(self, part: bytes) -> bytes:
        if not self._is_inside:
            self._is_inside = True
            self.discarded += len(part)
            return b""
        frame = bytes(self._open) + part
        self._open.clear()
        if not frame:
            return b""
        self._is_inside = False
        return self._unescaped(frame)

    def _unescaped(self, frame: bytes) -> bytes:
        marks = frame.count(ESCAPE)
        if marks == 0:
            return frame
        if marks != frame.count(ESCAPED_END) + frame.count(ESCAPED_ESCAPE):
            self.discarded += len(frame)
            return b""
        return frame.replace(ESCAPED_END, END).replace(ESCAPED_ESCAPE, ESCAPE)
