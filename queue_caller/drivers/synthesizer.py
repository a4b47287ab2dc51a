"""Clauses into sound: espeak-ng in a process of its own, or silence that lasts as long as speech."""

import asyncio
import importlib.util
import sys
from typing import Protocol

from queue_caller.core.phrase import Clause, Language
from queue_caller.wire.sound import Sound, SoundFormatError, SynthesisError, from_wav, silence

VOICES = {Language.MANDARIN: "cmn-latn-pinyin", Language.ENGLISH: "en"}
"""`cmn` of espeak-ng 1.51 reads Chinese as English spelling; the pinyin voice with written tones does not."""

ESPEAK = ("espeak-ng",)
LOADER = (sys.executable, "-m", "queue_caller.drivers.espeak_process")
SECONDS_A_SYLLABLE = 0.24


class Synthesizer(Protocol):
    """Turns one clause into sound."""

    @property
    def name(self) -> str:
        """Return what distinguishes its sound from another synthesizer's, for keeping renderings apart."""

    async def render(self, clause: Clause) -> Sound:
        """Return the clause as sound, without silence at its ends; raise SynthesisError if that fails."""


class EspeakSynthesizer:
    """Runs espeak-ng once a clause, text on its standard input, WAV on its standard output, `limit` seconds at most."""

    def __init__(self, command: tuple[str, ...] = ESPEAK, *, words_a_minute: int = 170, limit: float = 2.0) -> None:
        self._command, self._speed, self._limit = command, words_a_minute, limit
        self.name = f"espeak-ng {words_a_minute}"

    async def render(self, clause: Clause) -> Sound:
        """Return the clause as sound; raise SynthesisError if espeak-ng is missing, slow or says nothing."""
        voice = VOICES[clause.language]
        arguments = ("-v", voice, "-s", str(self._speed), "-b", "1", "--stdin", "--stdout")
        data = await self._run(arguments, clause.spoken.encode())
        try:
            sound = from_wav(data).trimmed()
        except SoundFormatError as error:
            raise SynthesisError(f"espeak-ng wrote no sound ({error}); install espeak-ng 1.51 or later") from error
        if not sound.samples:
            raise SynthesisError(f"espeak-ng said nothing for {clause.text!r}; check that it has the voice {voice}")
        return sound

    async def _run(self, arguments: tuple[str, ...], text: bytes) -> bytes:
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command, *arguments, stdin=pipe, stdout=pipe, stderr=pipe
            )
        except OSError as error:
            raise SynthesisError(f"{self._command[0]} cannot be started ({error}); install espeak-ng") from error
        try:
            async with asyncio.timeout(self._limit):
                out, complaint = await process.communicate(text)
        except TimeoutError as error:
            raise SynthesisError(f"espeak-ng took more than {self._limit:g} s; check the machine's load") from error
        finally:
            await _end(process)
        if process.returncode:
            raise SynthesisError(f"espeak-ng failed: {complaint.decode(errors='replace').strip()[:200]}")
        return out


async def _end(process: asyncio.subprocess.Process) -> None:
    """Leave no process behind, whatever interrupted it."""
    if process.returncode is None:
        process.kill()
        await asyncio.shield(process.communicate())


class SilentSynthesizer:
    """Silence as long as the words would take: for halls without a sound card, and for virtual time."""

    name = "silent"

    async def render(self, clause: Clause) -> Sound:
        """Return silence of 0.24 s a syllable."""
        return silence(SECONDS_A_SYLLABLE * _syllables(clause))


def _syllables(clause: Clause) -> int:
    if clause.language is Language.MANDARIN:
        return len(clause.spoken.split())
    vowels = "".join(letter if letter in "aeiouy" else " " for letter in clause.spoken.lower())
    return len(vowels.split())


def open_synthesizer(name: str) -> Synthesizer:
    """Return the synthesizer `espeak`, `espeak:COMMAND`, `loader` (pip package espeakng-loader) or `silent`."""
    kind, _, command = name.partition(":")
    if kind == "espeak":
        return EspeakSynthesizer((command,) if command else ESPEAK)
    if kind == "loader":
        if importlib.util.find_spec("espeakng_loader") is None:
            raise SynthesisError("espeakng-loader is not installed; run pip install 'hall24[voice]'")
        return EspeakSynthesizer(LOADER)
    if kind == "silent":
        return SilentSynthesizer()
    raise SynthesisError(f"{name!r} is no synthesizer; use espeak, loader or silent")
