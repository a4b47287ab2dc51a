"""esptool as a process: write an image and verify it, erase, look at a chip."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from firmware.flasher.core import esptool_words
from firmware.flasher.core.image import ESP_CHIPS
from firmware.flasher.drivers import tool
from firmware.flasher.errors import DamagedError

SLACK = 3.0
START_LIMIT, ERASE_LIMIT = 60.0, 120.0
ERASE_RATE = 40_000
"""Bytes a second that a slow flash chip erases."""


@dataclass(frozen=True, slots=True)
class Esptool:
    """One board's port; `by_hand` means its buttons were pressed and no reset line is touched."""

    port: str
    chip: str
    baud: int = 460_800
    by_hand: bool = False
    connect_attempts: int = 7

    async def write(self, image: Path, size: int, on_progress: Callable[[float], None]) -> str:
        """Write an image of `size` bytes, have the chip hash it, start it; return the chip's address.

        FlasherError with the cause.
        """
        limit = START_LIMIT + SLACK * size * 10 / self.baud + size / ERASE_RATE

        def hear(line: str) -> None:
            if (done := esptool_words.progress(line)) is not None:
                on_progress(done)

        words = ("write-flash", "--flash-mode", "keep", "--flash-size", "keep")
        text = await self._run((*words, hex(ESP_CHIPS[self.chip].place), str(image)), limit, hear)
        if esptool_words.VERIFIED not in text:
            raise DamagedError(f"{self.port}: esptool did not verify what it wrote: run the same command again")
        on_progress(1.0)
        return esptool_words.mac(text)

    async def erase(self) -> None:
        """Erase the whole flash; FlasherError with the cause."""
        await self._run(("erase-flash",), START_LIMIT + ERASE_LIMIT, lambda _: None)

    async def _run(self, words: tuple[str, ...], limit: float, hear: Callable[[str], None]) -> str:
        resets = ("no-reset", "no-reset") if self.by_hand else ("default-reset", "hard-reset")
        place = ("--chip", self.chip, "--port", self.port, "--baud", str(self.baud))
        attempts = ("--connect-attempts", str(self.connect_attempts))
        command = (*place, *attempts, "--before", resets[0], "--after", resets[1], *words)
        done = await tool.run("esptool", command, limit, hear)
        if done.code:
            raise esptool_words.fault(done.text, self.port)
        return done.text
