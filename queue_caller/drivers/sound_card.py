"""The machine's sound card through pygame's mixer."""

import asyncio

import pygame

from hallkit.runtime.clock import Clock
from queue_caller.wire.sound import BYTES, RATE, Sound, SpeakerError

OVERRUN = 0.5
"""Seconds a card may need beyond the sound's own length before it counts as stuck."""

LOOK = 0.05


class SoundCard:
    """Plays on one mixer channel; nothing is looked at between sentences."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        try:
            pygame.mixer.init(RATE, -8 * BYTES, 1, 1024, allowedchanges=0)
        except pygame.error as error:
            raise SpeakerError(f"the sound card cannot be opened ({error}); check it and its driver") from error
        self._stopped = asyncio.Event()

    async def say(self, sound: Sound) -> bool:
        """Return once the card has played the sound; raise SpeakerError if it does not finish in time."""
        self._stopped.clear()
        channel = pygame.mixer.Sound(buffer=sound.samples).play()
        if channel is None:
            raise SpeakerError("the sound card takes no more sound; restart the voice program")
        try:
            return not await self._stopped_within(sound.seconds) and await self._played(channel)
        finally:
            channel.stop()

    def stop(self) -> None:
        """Be quiet at once."""
        self._stopped.set()
        pygame.mixer.stop()

    def close(self) -> None:
        """Give the card back."""
        pygame.mixer.quit()

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._stopped.wait()
        except TimeoutError:
            return False

    async def _played(self, channel: pygame.mixer.Channel) -> bool:
        deadline = self._clock.monotonic() + OVERRUN
        while channel.get_busy():
            if self._clock.monotonic() > deadline:
                raise SpeakerError("the sound card stands still; check it and its driver")
            if await self._stopped_within(LOOK):
                return False
        return True
