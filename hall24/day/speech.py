"""The hall's loudspeakers in virtual time: sound that carries its own words, and an ear that reads them back."""

import asyncio
from collections.abc import Callable

import numpy as np

from hallkit.runtime.clock import Clock
from queue_caller.core.phrase import Clause
from queue_caller.drivers.synthesizer import SilentSynthesizer
from queue_caller.wire.sound import Sound, SpeakerError

LOUD = 20_000
"""Amplitude of a bit: its sign is the bit, so that it is read at any volume."""


class CodedSynthesizer:
    """Clauses as long as speech whose first samples spell their text, a bit a sample."""

    name = "coded"

    def __init__(self) -> None:
        self._silent = SilentSynthesizer()

    async def render(self, clause: Clause) -> Sound:
        """Return the clause: its text in UTF-8, then silence for the time the words take."""
        quiet = await self._silent.render(clause)
        bits = np.unpackbits(np.frombuffer(clause.text.encode(), np.uint8)).astype(np.int32)
        samples = ((bits * 2 - 1) * LOUD).astype("<i2").tobytes()
        return Sound(samples + quiet.samples[len(samples) :])


def words_of(sound: Sound) -> tuple[str, ...]:
    """Return the clauses a sound spells, in order; one that was cut off is left out."""
    samples = np.frombuffer(sound.samples, "<i2")
    loud = np.flatnonzero(samples)
    if not len(loud):
        return ()
    runs = np.split(loud, np.flatnonzero(np.diff(loud) > 1) + 1)
    return tuple(np.packbits(samples[run] > 0).tobytes().decode() for run in runs if len(run) % 8 == 0)


class Ear:
    """A loudspeaker line somebody listens to: `on_begin` hears the words of every sound as it begins.

    `silent` is a dead amplifier; `on_end` hears whether the sound was heard to its end.
    """

    def __init__(
        self, clock: Clock, on_begin: Callable[[tuple[str, ...]], None], on_end: Callable[[bool], None]
    ) -> None:
        self._clock, self._on_begin, self._on_end = clock, on_begin, on_end
        self._stopped = asyncio.Event()
        self.silent = False

    async def say(self, sound: Sound) -> bool:
        """Return once the sound is out, True if heard to its end; raise SpeakerError while the line is silent."""
        if self.silent:
            raise SpeakerError("the loudspeaker does not answer; check the amplifier and its cable")
        self._stopped.clear()
        self._on_begin(words_of(sound))
        is_whole = False
        try:
            async with asyncio.timeout(sound.seconds):
                await self._stopped.wait()
        except TimeoutError:
            is_whole = True
        finally:
            self._on_end(is_whole)
        return is_whole

    def stop(self) -> None:
        """Be quiet at once."""
        self._stopped.set()

    def close(self) -> None:
        """Nothing to give back."""
