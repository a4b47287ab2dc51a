"""An ESP32's insides as its loader sees them: registers, fuses, and NOR flash that outlives the power."""

import hashlib
from dataclasses import dataclass, field

SECTOR = 0x1000
FLASH_SIZE = 0x400000
FLASH_ID = 0x164020
MAGIC_ADDRESS, MAGIC = 0x40001000, 0x00F01D83
CRYSTAL_HZ = 40_000_000
CLOCK_DIVIDER = 0x3FF40014
FUSES = 0x3FF5A000
SPI = 0x3FF42000
SPI_COMMAND, SPI_COMMAND2, SPI_WORD0 = SPI, SPI + 0x24, SPI + 0x80
REVISION3 = (0x3FF6607C, 1 << 31)
SPI_GO = 1 << 18
READ_ID, READ_STATUS = 0x9F, 0x05
CHIPS = {"esp32": MAGIC, "esp32s2": 0x000007C6}


@dataclass(slots=True)
class Chip:
    """State without bytes on a line; `flip_at` is the flash address where the next write loses a bit."""

    mac: bytes = bytes.fromhex("a0b1c2d3e4f5")
    magic: int = MAGIC
    flash: bytearray = field(default_factory=lambda: bytearray(b"\xff" * FLASH_SIZE))
    flip_at: int | None = None
    erased_sectors: int = 0
    _registers: dict[int, int] = field(default_factory=lambda: dict([REVISION3]))

    def read_register(self, address: int) -> int:
        """Return a register's 32 bits; unknown ones read what was written last, or zero."""
        if address == MAGIC_ADDRESS:
            return self.magic
        if FUSES <= address < FUSES + 0x80:
            return self._fuse(address - FUSES)
        return self._registers.get(address, 0)

    def write_register(self, address: int, value: int, mask: int = 0xFFFFFFFF) -> None:
        """Change a register's bits in `mask`; a SPI command is carried out at once."""
        known = self._registers.get(address, 0)
        self._registers[address] = (known & ~mask | value & mask) & 0xFFFFFFFF
        if address == SPI_COMMAND and value & SPI_GO:
            self._run_spi()

    def run_at(self, baud: int) -> None:
        """Set the serial clock's divider, from which a host reads the crystal."""
        self._registers[CLOCK_DIVIDER] = CRYSTAL_HZ // baud

    def erase(self, address: int, size: int) -> bool:
        """Erase every sector that is touched; False for a place outside the flash."""
        start, end = address // SECTOR * SECTOR, -(-(address + size) // SECTOR) * SECTOR
        if end > len(self.flash):
            return False
        self.flash[start:end] = b"\xff" * (end - start)
        self.erased_sectors += (end - start) // SECTOR
        return True

    def program(self, address: int, data: bytes) -> bool:
        """Clear bits as NOR flash does; False for a place outside the flash."""
        end = address + len(data)
        if end > len(self.flash):
            return False
        known = self.flash[address:end]
        if known.count(0xFF) == len(known):
            self.flash[address:end] = data
        else:
            both = int.from_bytes(known, "little") & int.from_bytes(data, "little")
            self.flash[address:end] = both.to_bytes(len(data), "little")
        if self.flip_at is not None and address <= self.flip_at < end:
            self.flash[self.flip_at] ^= 1
            self.flip_at = None
        return True

    def digest(self, address: int, size: int) -> bytes:
        """Return the MD5 of a part of the flash, 16 bytes."""
        with memoryview(self.flash) as view:
            return hashlib.md5(view[address : address + size], usedforsecurity=False).digest()

    def _fuse(self, offset: int) -> int:
        """Return a word of BLK0: the MAC with its CRC-8, and a D0WD of revision 3."""
        words = {
            0x04: int.from_bytes(self.mac[2:], "big"),
            0x08: int.from_bytes(self.mac[:2], "big") | _crc8(self.mac) << 16,
            0x0C: 1 << 15 | 1 << 9,
            0x14: 1 << 20 | 1 << 24,
        }
        return words.get(offset, 0)

    def _run_spi(self) -> None:
        command = self._registers.get(SPI_COMMAND2, 0) & 0xFF
        self._registers[SPI_COMMAND] &= ~SPI_GO
        if command == READ_ID:
            self._registers[SPI_WORD0] = FLASH_ID
        elif command == READ_STATUS:
            self._registers[SPI_WORD0] = 0


def _crc8(data: bytes) -> int:
    """Return the CRC-8 (Maxim) that guards a factory MAC."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x8C if crc & 1 else crc >> 1
    return crc
