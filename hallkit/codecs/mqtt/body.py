"""Read the fields of one packet's body, in order, each within its bounds."""

from hallkit.codecs.mqtt.errors import ProtocolError


class Body:
    """A cursor over a packet's bytes after the fixed header."""

    __slots__ = ("_data", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def byte(self) -> int:
        """Take one byte."""
        return self._take(1)[0]

    def number(self) -> int:
        """Take a 16-bit number, most significant byte first."""
        return int.from_bytes(self._take(2), "big")

    def packet_id(self) -> int:
        """Take a packet identifier, which is never 0."""
        if (number := self.number()) == 0:
            raise ProtocolError("MQTT-2.3.1-1", "a packet identifier is 0")
        return number

    def binary(self) -> bytes:
        """Take bytes that announce their own length."""
        return self._take(self.number())

    def text(self) -> str:
        """Take a UTF-8 string that announces its own length."""
        return utf8(self.binary())

    def has_more(self) -> bool:
        """Whether bytes are left."""
        return self._position < len(self._data)

    def rest(self) -> bytes:
        """Take all that is left."""
        return self._take(len(self._data) - self._position)

    def end(self) -> None:
        """Raise ProtocolError if bytes are left."""
        if self.has_more():
            raise ProtocolError("section 2.2.3", "a packet is longer than its fields")

    def _take(self, size: int) -> bytes:
        start, self._position = self._position, self._position + size
        if self._position > len(self._data):
            raise ProtocolError("section 2.2.3", "a packet ends inside a field")
        return self._data[start : self._position]


def utf8(data: bytes) -> str:
    """Return `data` as text; raise ProtocolError for ill-formed UTF-8, surrogates and U+0000."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ProtocolError("MQTT-1.5.3-1", "a text is not well-formed UTF-8") from error
    if "\0" in text:
        raise ProtocolError("MQTT-1.5.3-2", "a text holds U+0000")
    return text
