"""Sound as the hall plays it: mono, 16 bit, 22,050 samples a second (the WAV format of RIFF, IBM/Microsoft 1991)."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE = 22_050
BYTES = 2
SILENT_BELOW = 160
MARGIN = 0.012
FADE = 0.006


class SoundError(Exception):
    """The hall cannot be spoken to; never raised itself."""


class SoundFormatError(SoundError):
    """A WAV file is not mono, 16 bit, 22,050 Hz PCM: convert it."""


class SpeakerError(SoundError):
    """The loudspeaker did not sound: check the sound card, the amplifier and its cable."""


class SynthesisError(SoundError):
    """A sentence could not be turned into sound: check that espeak-ng is installed."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A stretch of sound: little-endian signed 16-bit samples."""

    samples: bytes = b""

    @property
    def seconds(self) -> float:
        """Return how long it sounds."""
        return len(self.samples) / BYTES / RATE

    def first(self, seconds: float) -> "Sound":
        """Return its first `seconds`."""
        return Sound(self.samples[: max(round(seconds * RATE), 0) * BYTES])

    def at_volume(self, percent: int) -> "Sound":
        """Return it at `percent` of its amplitude, never clipped."""
        return self if percent == 100 else _sound(_waves(self) * (max(min(percent, 100), 0) / 100))

    def trimmed(self) -> "Sound":
        """Return it without silence at both ends, faded in and out so that joining makes no click."""
        waves = _waves(self)
        loud = np.flatnonzero(np.abs(waves) > SILENT_BELOW)
        if not len(loud):
            return Sound()
        margin, fade = round(MARGIN * RATE), round(FADE * RATE)
        kept = waves[max(int(loud[0]) - margin, 0) : int(loud[-1]) + margin + 1].copy()
        ramp = np.linspace(0.0, 1.0, min(fade, len(kept)))
        kept[: len(ramp)] *= ramp
        kept[len(kept) - len(ramp) :] *= ramp[::-1]
        return _sound(kept)


def silence(seconds: float) -> Sound:
    """Return quiet of `seconds`."""
    return Sound(bytes(round(seconds * RATE) * BYTES))


def joined(sounds: Iterable[Sound], pause: float = 0.0) -> Sound:
    """Return sounds one after the other, `pause` seconds apart."""
    return Sound(silence(pause).samples.join(sound.samples for sound in sounds))


def alarm(seconds: float = 4.0) -> Sound:
    """Return a two-tone alarm, 800 and 1000 Hz changing twice a second."""
    times = np.arange(round(seconds * RATE)) / RATE
    pitch = np.where((times * 2).astype(np.int64) % 2 == 0, 800.0, 1000.0)
    phase = np.cumsum(2 * np.pi * pitch / RATE)
    return _sound(np.sin(phase) * 24_000.0)


def to_wav(sound: Sound) -> bytes:
    """Return a WAV file."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE * BYTES, BYTES, BYTES * 8)
    data = struct.pack("<4sI", b"data", len(sound.samples)) + sound.samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


def from_wav(data: bytes) -> Sound:
    """Return the sound of a WAV file, whole or streamed (its lengths not filled in); SoundFormatError else."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise SoundFormatError("not a WAV file")
    at, form = 12, b""
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            _check(form)
            samples = data[at + 8 : at + 8 + length]
            return Sound(samples[: len(samples) // BYTES * BYTES])
        if name == b"fmt ":
            form = data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    raise SoundFormatError("a WAV file without sound")


def _check(form: bytes) -> None:
    if len(form) < 16:
        raise SoundFormatError("a WAV file without a format")
    coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", form)
    if (coding, channels, rate, bits) != (1, 1, RATE, 16):
        raise SoundFormatError(f"coding {coding}, {channels} channels, {rate} Hz, {bits} bit; make it mono 22,050 Hz")


def _waves(sound: Sound) -> NDArray[np.float64]:
    return np.frombuffer(sound.samples, "<i2").astype(np.float64)


def _sound(waves: NDArray[np.float64]) -> Sound:
    return Sound(np.rint(waves).astype("<i2").tobytes())
