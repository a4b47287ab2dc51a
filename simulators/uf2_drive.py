"""The boot drive of an RP2040: a folder that eats UF2 files and vanishes when it took one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from firmware.flasher.errors import ImageError
from firmware.flasher.wire import uf2

INFO = "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: {board}\n"
BOARDS = {"rp2040": "RPI-RP2", "rp2350": "RP2350"}
EVERY = 0.02


@dataclass(slots=True)
class SimulatedDrive:
    """A board in its boot mode; `flash` is what it was given by address. Fault: `cut_after` unplugs it after blocks."""

    folder: Path
    chip: str = "rp2040"
    cut_after: int | None = None
    flash: dict[int, bytes] = field(default_factory=dict)
    refused: str = ""
    is_plugged: bool = False
    on_start: Callable[[], None] = lambda: None

    def plug_in(self) -> None:
        """Show the drive, its BOOTSEL button held."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "INFO_UF2.TXT").write_text(INFO.format(board=BOARDS[self.chip]))
        (self.folder / "INDEX.HTM").write_text("<html></html>\n")
        self.is_plugged = True

    def unplug(self) -> None:
        """Take the drive away with whatever lies on it."""
        for file in sorted(self.folder.iterdir()):
            file.unlink()
        self.folder.rmdir()
        self.is_plugged = False

    def eat(self) -> None:
        """Take whatever UF2 file lies there whole; the board starts when every block of it was its own."""
        for file in sorted(self.folder.glob("*.uf2")) if self.is_plugged else ():
            data = file.read_bytes()
            if data and len(data) % uf2.BLOCK == 0 and self._take(data):
                self.unplug()
                return

    def _take(self, data: bytes) -> bool:
        """Take a file's blocks; True if the drive is to vanish."""
        for at in range(0, len(data), uf2.BLOCK):
            if self.cut_after is not None and at // uf2.BLOCK >= self.cut_after:
                self.cut_after = None
                return True
            try:
                block = uf2.decode(data[at : at + uf2.BLOCK])
            except ImageError as error:
                self.refused = str(error)
                return False
            if block.family != uf2.FAMILIES[self.chip]:
                self.refused = f"family {block.family:#010x}"
                return False
            self.flash[block.address] = block.payload
            if block.number == block.count - 1:
                self.on_start()
                return True
        return False


async def serve(drive: SimulatedDrive) -> None:
    """Look for files until the drive is gone; a folder tells nobody when something is put into it."""
    while drive.is_plugged:
        drive.eat()
        await asyncio.sleep(EVERY)
