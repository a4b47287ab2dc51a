"""A loudspeaker line that remembers what it sounded and when; `silent` is a dead amplifier."""

import asyncio
from collections import deque
from datetime import datetime
from typing import NamedTuple

from hallkit.runtime.clock import Clock
from queue_caller.wire.sound import Sound, SpeakerError

REMEMBERED = 200


class Heard(NamedTuple):
    """One sentence that came out: when it began, how many seconds of it, and whether to its end."""

    at: datetime
    sound: Sound
    whole: bool


class SimulatedSpeaker:
    """Sounds in the hall's own time; the last 200 sentences are in `heard`."""

    def __init__(self, clock: Clock, *, silent: bool = False) -> None:
        self._clock = clock
        self._stopped = asyncio.Event()
        self.silent = silent
        self.heard: deque[Heard] = deque(maxlen=REMEMBERED)

    async def say(self, sound: Sound) -> bool:
        """Return once the sound is out; raise SpeakerError while the line is silent."""
        if self.silent:
            raise SpeakerError("the loudspeaker does not answer; check the amplifier and its cable")
        self._stopped.clear()
        at, start = self._clock.now(), self._clock.monotonic()
        whole = False
        try:
            async with asyncio.timeout(sound.seconds):
                await self._stopped.wait()
        except TimeoutError:
            whole = True
        finally:
            heard = sound if whole else sound.first(self._clock.monotonic() - start)
            self.heard.append(Heard(at, heard, whole))
        return whole

    def stop(self) -> None:
        """Be quiet at once."""
        self._stopped.set()

    def close(self) -> None:
        """Nothing to give back."""
