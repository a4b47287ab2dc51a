"""Distributed Display Protocol, UDP 4048 (3waylabs.com/ddp; receivers as WLED's kno.wled.ge/interfaces/ddp)."""

from struct import Struct
from typing import NamedTuple

from display_controller.errors import WireError

PORT = 4048
HEADER = Struct(">BBBBIH")
TIMECODE_SIZE = 4
LONGEST_DATA = 1440

VERSION_1 = 0x40
VERSION_MASK = 0xC0
TIME = 0x10
STORAGE = 0x08
REPLY = 0x04
QUERY = 0x02
PUSH = 0x01

RGB24 = 0x0B
"""The type senders in the field use; receivers take any type they do not know as RGB24 too."""

DISPLAY = 0x01
ALL_DEVICES = 0xFF
LAST_SEQUENCE = 15


class Packet(NamedTuple):
    """One datagram: `data` at byte `offset` of the picture, shown by the packet whose `push` is set."""

    offset: int
    data: bytes
    push: bool = False
    sequence: int = 0
    kind: int = RGB24
    destination: int = DISPLAY
    flags: int = VERSION_1

    @property
    def is_pixels(self) -> bool:
        """Tell whether this carries pixels to show, and not a query, an answer or stored data."""
        return not self.flags & (QUERY | REPLY | STORAGE) and self.destination in (DISPLAY, ALL_DEVICES)


def encode(packet: Packet) -> bytes:
    """Return the datagram of `packet`; raise WireError when it is too long for one."""
    if len(packet.data) > LONGEST_DATA:
        raise WireError(f"{len(packet.data)} bytes are more than the {LONGEST_DATA} of one DDP packet")
    return header(packet) + packet.data


def header(packet: Packet) -> bytes:
    """Return the ten header bytes of `packet`."""
    flags = packet.flags | (PUSH if packet.push else 0)
    return HEADER.pack(flags, packet.sequence, packet.kind, packet.destination, packet.offset, len(packet.data))


def decode(datagram: bytes) -> Packet:
    """Read a datagram; raise WireError when it is another version or shorter than its header says."""
    if len(datagram) < HEADER.size:
        raise WireError(f"a DDP packet has at least {HEADER.size} bytes, not {len(datagram)}")
    flags, sequence, kind, destination, offset, length = HEADER.unpack_from(datagram)
    if flags & VERSION_MASK != VERSION_1:
        raise WireError(f"DDP version {flags >> 6} is not known")
    start = HEADER.size + (TIMECODE_SIZE if flags & TIME else 0)
    if len(datagram) < start + length:
        raise WireError(f"a DDP packet says {length} bytes and has {len(datagram) - start}")
    data = datagram[start : start + length]
    return Packet(offset, data, bool(flags & PUSH), sequence & 0x0F, kind, destination, flags & ~PUSH)


def next_sequence(sequence: int) -> int:
    """Return the number after `sequence`; 0 means unused and never comes round."""
    return sequence % LAST_SEQUENCE + 1


def packets(pixels: bytes, sequence: int = 1) -> list[Packet]:
    """Cut a whole picture (RGB, row after row) into packets; the last one pushes."""
    starts = range(0, len(pixels), LONGEST_DATA)
    result = []
    for start in starts:
        data = pixels[start : start + LONGEST_DATA]
        result.append(Packet(start, data, start == starts[-1], sequence))
        sequence = next_sequence(sequence)
    return result
