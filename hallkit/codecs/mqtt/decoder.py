"""A stream of bytes, cut anywhere, to whole MQTT packets."""

from typing import Final

from hallkit.codecs.mqtt.decode import check_first, decode
from hallkit.codecs.mqtt.errors import PacketTooLargeError, ProtocolError
from hallkit.codecs.mqtt.packets import Packet

DEFAULT_MAX_PACKET: Final = 1 << 20
_HEADER_BYTES: Final = 5
_CONTINUES: Final = 0x80


class Decoder:
    """Collects reads and returns packets; holds at most one packet of `max_packet` bytes and one read.

    After a ProtocolError the stream has no more meaning: `feed` raises the same error again.
    """

    def __init__(self, max_packet: int = DEFAULT_MAX_PACKET) -> None:
        self._max_packet = max_packet
        self._held = bytearray()
        self._fault: ProtocolError | None = None

    def feed(self, data: bytes) -> list[Packet]:
        """Return the packets `data` completes; raise ProtocolError, with those before the fault in `packets`."""
        if self._fault is not None:
            raise self._fault
        source: bytes | bytearray = data
        if self._held:
            self._held += data
            source = self._held
        packets: list[Packet] = []
        try:
            used = self._cut(source, packets)
        except ProtocolError as error:
            self._held.clear()
            error.packets = tuple(packets)
            self._fault = type(error)(error.rule, error.fault)
            raise
        if source is self._held:
            del self._held[:used]
        elif used < len(data):
            self._held += data[used:]
        return packets

    def _cut(self, source: bytes | bytearray, packets: list[Packet]) -> int:
        """Append every whole packet of `source` and return how many bytes they took."""
        position, end = 0, len(source)
        while end - position > 1:
            check_first(source[position])
            length, start = source[position + 1], position + 2
            if length >= _CONTINUES:
                found = self._long_length(source[position : position + _HEADER_BYTES])
                if found is None:
                    break
                length, start = found[0], position + found[1]
            if length > self._max_packet:
                raise PacketTooLargeError("section 2.2.3", f"a packet of {length} bytes; {self._max_packet} are taken")
            if start + length > end:
                break
            packets.append(decode(source[position], bytes(source[start : start + length])))
            position = start + length
        return position

    @staticmethod
    def _long_length(head: bytes | bytearray) -> tuple[int, int] | None:
        """Return (remaining length, header bytes) from a packet's first bytes, or None while it is incomplete."""
        length = 0
        for index, digit in enumerate(head[1:]):
            length |= (digit & 0x7F) << 7 * index
            if digit < _CONTINUES:
                return length, index + 2
        if len(head) == _HEADER_BYTES:
            raise ProtocolError("section 2.2.3", "a remaining length is longer than four bytes")
        return None
