"""Checksums that more than one wire format uses."""

from functools import lru_cache
from struct import unpack_from

CRC16_ARC_POLYNOMIAL = 0xA001


@lru_cache(maxsize=1)
def _arc_tables() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the table for one byte and, for speed, the table for two bytes (low byte first)."""
    single = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (CRC16_ARC_POLYNOMIAL if value & 1 else 0)
        single.append(value)
    double = [single[single[pair & 0xFF] & 0xFF ^ pair >> 8] ^ single[pair & 0xFF] >> 8 for pair in range(65_536)]
    return tuple(single), tuple(double)


def crc16_arc(data: bytes) -> int:
    """Return CRC-16/ARC of `data` (polynomial 0x8005 reflected, start 0; "123456789" gives 0xBB3D)."""
    single, double = _arc_tables()
    crc = 0
    for pair in unpack_from(f"<{len(data) // 2}H", data):
        crc = double[crc ^ pair]
    return crc >> 8 ^ single[(crc ^ data[-1]) & 0xFF] if len(data) % 2 else crc
