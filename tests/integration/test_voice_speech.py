"""Real speech: what espeak-ng says, heard by its own phonemes and measured in the file."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hallkit.runtime.clock import SystemClock
from queue_caller.core.phrase import Clause, Language, call_phrase, evacuation_phrase
from queue_caller.drivers.narrator import Narrator
from queue_caller.drivers.sound_card import SoundCard
from queue_caller.drivers.speaker import open_speaker
from queue_caller.drivers.synthesizer import (
    LOADER,
    EspeakSynthesizer,
    SilentSynthesizer,
    Synthesizer,
    open_synthesizer,
)
from queue_caller.wire.sound import Sound, SpeakerError, SynthesisError, from_wav, silence, to_wav

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")

SYLLABLES = {
    "ling2": "l'i35N",
    "yao1": "j'Au55",
    "san1": "s'a55n",
    "hao4": "X'Au51",
    "dao4": "t'Au51",
    "ban4": "p'a51n",
}
"""Mandarin syllables in espeak-ng's own phonemes: tone 1 is high (55), tone 2 rises (35), tone 4 falls (51)."""


def phonemes(voice: str, text: str) -> str:
    command = ["espeak-ng", "-q", "-x", "-v", voice, text]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class CountingSynthesizer:
    """A hum, and how often it was asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def render(self, clause: Clause) -> Sound:
        self.asked.append(clause.text)
        return Sound(b"\x10\x27" * 2_205)


@needs_espeak
def test_espeak_pronounces_the_call_as_a_mandarin_speaker_would() -> None:
    clauses = call_phrase("A001", 3, Language.MANDARIN).clauses
    said = phonemes("cmn-latn-pinyin", clauses[0].spoken).split("_|")
    expected = ["tS;h'i21N", "'ei51", SYLLABLES["ling2"], SYLLABLES["ling2"], SYLLABLES["yao1"], SYLLABLES["hao4"]]
    assert [syllable.strip() for syllable in said[:-1]] == expected
    window = phonemes("cmn-latn-pinyin", clauses[1].spoken)
    for syllable in ("dao4", "san1", "hao4", "ban4"):
        assert SYLLABLES[syllable] in window


@needs_espeak
def test_espeak_reads_the_written_characters_and_our_pinyin_alike() -> None:
    for ticket, window in (("A001", 3), ("K2345", 12), ("H6789", 26)):
        for clause in call_phrase(ticket, window, Language.MANDARIN).clauses:
            assert phonemes("cmn-latn-pinyin", clause.text) == phonemes("cmn-latn-pinyin", clause.spoken)


@needs_espeak
def test_espeak_names_the_letter_in_english() -> None:
    assert "'eI\n" in phonemes("en", call_phrase("A001", 3, Language.ENGLISH).clauses[0].spoken)


@needs_espeak
async def test_a_call_lasts_as_long_as_its_syllables() -> None:
    narrator = Narrator(EspeakSynthesizer())
    for language, low, high in ((Language.MANDARIN, 3.0, 4.6), (Language.ENGLISH, 2.6, 4.6)):
        sound = await narrator.sound_of(call_phrase("A001", 3, language))
        assert low < sound.seconds < high


@needs_espeak
@pytest.mark.parametrize("language", list(Language))
async def test_clauses_begin_and_end_so_softly_that_joining_them_makes_no_click(language: Language) -> None:
    phrases = (call_phrase("A001", 3, language), call_phrase("K987", 26, language), evacuation_phrase(language))
    for clause in (clause for phrase in phrases for clause in phrase.clauses):
        waves = np.frombuffer((await EspeakSynthesizer().render(clause)).samples, "<i2")
        assert waves[0] == waves[-1] == 0
        assert np.abs(waves).max() > 5_000
        assert np.abs(waves[:20]).max() < 300
        assert np.abs(waves[-20:]).max() < 300


@needs_espeak
async def test_the_longest_call_is_short_enough_for_five_to_be_begun_in_thirty_seconds() -> None:
    narrator = Narrator(EspeakSynthesizer())
    for ticket, window in (("K777", 77), ("H999", 26), ("W999", 99)):
        for language in Language:
            assert (await narrator.sound_of(call_phrase(ticket, window, language))).seconds <= 4.9


async def test_a_missing_espeak_is_named_with_what_to_do() -> None:
    with pytest.raises(SynthesisError, match="install espeak-ng"):
        await open_synthesizer("espeak:/nonexistent/espeak-ng").render(
            call_phrase("A001", 3, Language.ENGLISH).clauses[0]
        )


async def test_an_espeak_that_hangs_is_ended_in_time() -> None:
    hanging = EspeakSynthesizer((sys.executable, "-c", "import time; time.sleep(60)"), limit=0.3)
    with pytest.raises(SynthesisError, match=r"more than 0\.3 s"):
        await hanging.render(call_phrase("A001", 3, Language.ENGLISH).clauses[0])


@pytest.mark.parametrize("program, complaint", [("print('no wav')", "wrote no sound"), ("exit(3)", "failed")])
async def test_an_espeak_that_breaks_is_an_error_not_a_silence(program: str, complaint: str) -> None:
    with pytest.raises(SynthesisError, match=complaint):
        await EspeakSynthesizer((sys.executable, "-c", program)).render(evacuation_phrase(Language.ENGLISH).clauses[0])


async def test_the_pip_loader_speaks_both_languages() -> None:
    pytest.importorskip("espeakng_loader", reason="espeakng-loader is not installed: pip install hall24[voice]")
    synthesizer = EspeakSynthesizer(LOADER, limit=20.0)
    for language in Language:
        assert (await synthesizer.render(call_phrase("A001", 3, language).clauses[1])).seconds > 1.0


@pytest.mark.parametrize("name", ["", "gtts", "espeak-ng"])
def test_an_unknown_synthesizer_is_refused(name: str) -> None:
    with pytest.raises(SynthesisError, match="use espeak"):
        open_synthesizer(name)


def test_the_silent_synthesizer_is_one() -> None:
    assert isinstance(open_synthesizer("silent"), SilentSynthesizer)


def kept_in(directory: Path) -> int:
    return len(list(directory.iterdir()))


async def test_clauses_are_rendered_once_and_windows_are_kept_on_disk(tmp_path: Path) -> None:
    first, second = CountingSynthesizer(), CountingSynthesizer()
    narrator = Narrator(first, cache=tmp_path)
    for ticket in ("A001", "A002", "A001"):
        await narrator.sound_of(call_phrase(ticket, 3, Language.MANDARIN))
    assert first.asked == ["请A零零幺号", "到三号窗口办理", "请A零零二号"]
    synthesizer: Synthesizer = second
    await Narrator(synthesizer, cache=tmp_path).sound_of(call_phrase("A003", 3, Language.MANDARIN))
    assert second.asked == ["请A零零三号"]
    assert kept_in(tmp_path) == 1


async def test_a_recorded_clause_is_preferred_and_a_damaged_one_is_not(tmp_path: Path) -> None:
    recorded = Sound(b"\x10\x27" * 22_050)
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "到三号窗口办理.wav").write_bytes(to_wav(recorded))
    (tmp_path / "zh" / "到四号窗口办理.wav").write_bytes(b"damaged")
    synthesizer = CountingSynthesizer()
    narrator = Narrator(synthesizer, recordings=tmp_path)
    assert (await narrator.sound_of(call_phrase("A001", 3, Language.MANDARIN))).seconds > 1.0
    await narrator.sound_of(call_phrase("A001", 4, Language.MANDARIN))
    assert synthesizer.asked == ["请A零零幺号", "到四号窗口办理"]


async def test_a_stopped_recording_holds_exactly_what_was_heard(tmp_path: Path) -> None:
    speaker = open_speaker(f"wav:{tmp_path / 'hall.wav'}", SystemClock())
    saying = asyncio.ensure_future(speaker.say(silence(30.0)))
    await asyncio.sleep(0.2)
    speaker.stop()
    assert await saying is False
    speaker.close()
    assert 0.15 < from_wav((tmp_path / "hall.wav").read_bytes()).seconds < 1.0


async def test_the_sound_card_plays_to_the_end_and_stops_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    card = SoundCard(SystemClock())
    try:
        assert await card.say(silence(0.3)) is True
        saying = asyncio.ensure_future(card.say(silence(30.0)))
        await asyncio.sleep(0.1)
        card.stop()
        assert await asyncio.wait_for(saying, 25) is False
    finally:
        card.close()


def test_a_missing_sound_card_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "none-such")
    with pytest.raises(SpeakerError, match="check it"):
        open_speaker("pygame", SystemClock())


@pytest.mark.parametrize("url", ["", "wav:", "jack"])
def test_an_unknown_speaker_is_refused(url: str) -> None:
    with pytest.raises(SpeakerError, match="use pygame"):
        open_speaker(url, SystemClock())
