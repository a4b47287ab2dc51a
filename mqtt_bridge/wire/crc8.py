"""CRC-8/AUTOSAR: detects any three wrong bits in a field bus frame (Koopman, "CRC Polynomial Zoo", 0x97)."""

POLYNOMIAL = 0x2F
START = 0xFF
FINISH = 0xFF


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte << 1) ^ (POLYNOMIAL if byte & 0x80 else 0)
    return byte & 0xFF


_TABLE = bytes(_entry(byte) for byte in range(256))


def crc8(data: bytes) -> int:
    """Return the check byte of `data`; `crc8(b"123456789") == 0xDF` (AUTOSAR SWS CRC library)."""
    value = START
    for byte in data:
        value = _TABLE[value ^ byte]
    return value ^ FINISH
