"""Where sound comes out: the sound card, a WAV file with its timeline, or nowhere."""

import asyncio
import json
import wave
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hallkit.runtime.clock import Clock
from queue_caller.wire.sound import BYTES, RATE, Sound, SpeakerError, silence

LONGEST_GAP = 5.0
"""Seconds of silence a recording keeps between two sentences; the timeline has the true times."""


class Speaker(Protocol):
    """One loudspeaker line."""

    async def say(self, sound: Sound) -> bool:
        """Return once `sound` is out, True if it was heard to its end; raise SpeakerError if nothing sounds."""

    def stop(self) -> None:
        """Be quiet at once; a running `say` returns False."""

    def close(self) -> None:
        """Give the output back."""


class _Playing:
    """A sound's time on the loop; ends early when stopped."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._stopped = asyncio.Event()

    async def wait(self, seconds: float) -> float:
        """Return how many seconds it sounded: `seconds`, or fewer when it was stopped."""
        self._stopped.clear()
        start = self._clock.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            return seconds
        return min(self._clock.monotonic() - start, seconds)

    def stop(self) -> None:
        """End the wait."""
        self._stopped.set()


class NullSpeaker:
    """Takes as long as the sound and makes none."""

    def __init__(self, clock: Clock) -> None:
        self._playing = _Playing(clock)

    async def say(self, sound: Sound) -> bool:
        """Return once the sound would be out."""
        return await self._playing.wait(sound.seconds) >= sound.seconds

    def stop(self) -> None:
        """End a running `say`."""
        self._playing.stop()

    def close(self) -> None:
        """Nothing to give back."""


class WavSpeaker:
    """Records what a hall would hear, in its own time, to a WAV file; `PATH.jsonl` tells when each sentence began."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._playing, self._clock = _Playing(clock), clock
        self._ended: float | None = None
        self._written = 0.0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = wave.open(str(path), "wb")  # noqa: SIM115 - open for the speaker's life
            self._timeline = path.with_name(path.name + ".jsonl").open("w", encoding="utf-8")
        except OSError as error:
            raise SpeakerError(f"cannot record to {path}: {error}; check the directory") from error
        self._file.setparams((1, BYTES, RATE, 0, "NONE", ""))
        self._file.writeframes(b"")

    async def say(self, sound: Sound) -> bool:
        """Return once the sound would be out; exactly what was heard is on the record, also when stopped."""
        start, at = self._clock.monotonic(), self._clock.now()
        gap = 0.0 if self._ended is None else min(start - self._ended, LONGEST_GAP)
        heard = 0.0
        try:
            heard = await self._playing.wait(sound.seconds)
        finally:
            self._ended = self._clock.monotonic()
            self._record(silence(gap), sound.first(heard or self._ended - start), at)
        return heard >= sound.seconds

    def stop(self) -> None:
        """End a running `say`."""
        self._playing.stop()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
        self._timeline.close()

    def _record(self, gap: Sound, heard: Sound, at: datetime) -> None:
        try:
            self._file.writeframes(gap.samples + heard.samples)
            line = {"at": at.isoformat(), "offset": round(self._written + gap.seconds, 6), "seconds": heard.seconds}
            self._timeline.write(json.dumps(line) + "\n")
            self._timeline.flush()
        except OSError as error:
            raise SpeakerError(f"the recording cannot be written: {error}; check the disk") from error
        self._written += gap.seconds + heard.seconds


def open_speaker(url: str, clock: Clock) -> Speaker:
    """Return the speaker `pygame` (the sound card), `wav:PATH` or `null`; raise SpeakerError if it cannot be opened."""
    kind, _, path = url.partition(":")
    if kind == "wav" and path:
        return WavSpeaker(Path(path), clock)
    if kind == "null":
        return NullSpeaker(clock)
    if kind == "pygame":
        from queue_caller.drivers.sound_card import SoundCard

        return SoundCard(clock)
    raise SpeakerError(f"{url!r} is no speaker; use pygame, wav:PATH or null")
