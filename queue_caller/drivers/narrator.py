"""Sentences into sound: recorded clauses where the hall has them, kept renderings, then the synthesizer."""

import hashlib
import logging
from collections import OrderedDict
from pathlib import Path

from queue_caller.core.phrase import Clause, Phrase
from queue_caller.drivers.synthesizer import Synthesizer
from queue_caller.wire.sound import Sound, SoundError, from_wav, joined, silence, to_wav

_LOGGER = logging.getLogger(__name__)

KEPT = 64
BETWEEN_CLAUSES = 0.12
AFTER_SENTENCE = 0.35


class Narrator:
    """Puts sentences together from clauses.

    `recordings/<language>/<text>.wav`, spoken by a person, is preferred to synthesis. Lasting clauses are kept in
    `cache`, one WAV each; the last 64 clauses also in memory.
    """

    def __init__(self, synthesizer: Synthesizer, *, cache: Path | None = None, recordings: Path | None = None) -> None:
        self._synthesizer, self._cache, self._recordings = synthesizer, cache, recordings
        self._kept: OrderedDict[Clause, Sound] = OrderedDict()
        self.rendered = 0

    async def sound_of(self, phrase: Phrase) -> Sound:
        """Return the sentence, ready to play and followed by a short silence; raise SynthesisError."""
        clauses = [await self._clause(clause) for clause in phrase.clauses]
        return joined([joined(clauses, BETWEEN_CLAUSES), silence(AFTER_SENTENCE)])

    async def _clause(self, clause: Clause) -> Sound:
        sound = self._kept.get(clause) or self._from_disk(clause) or await self._render(clause)
        self._kept[clause] = sound
        self._kept.move_to_end(clause)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return sound

    async def _render(self, clause: Clause) -> Sound:
        sound = await self._synthesizer.render(clause)
        self.rendered += 1
        if clause.lasting and self._cache is not None:
            _keep(self._rendering(self._cache, clause), sound)
        return sound

    def _from_disk(self, clause: Clause) -> Sound | None:
        paths = []
        if self._recordings is not None:
            paths.append(self._recordings / clause.language.value / f"{clause.text.strip('，')}.wav")
        if self._cache is not None and clause.lasting:
            paths.append(self._rendering(self._cache, clause))
        return next((sound for path in paths if (sound := _read(path)) is not None), None)

    def _rendering(self, cache: Path, clause: Clause) -> Path:
        key = f"{self._synthesizer.name}\n{clause.language.value}\n{clause.spoken}"
        return cache / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.wav"


def _read(path: Path) -> Sound | None:
    """Return a kept clause; a damaged file is as good as none."""
    try:
        return from_wav(path.read_bytes()).trimmed()
    except FileNotFoundError:
        return None
    except (OSError, SoundError) as error:
        _LOGGER.warning("%s cannot be used: %s", path, error)
        return None


def _keep(path: Path, sound: Sound) -> None:
    """Write a rendering; losing one costs only its rendering again."""
    half = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(to_wav(sound))
        half.replace(path)
    except OSError as error:
        _LOGGER.warning("%s cannot be kept: %s", path, error)
