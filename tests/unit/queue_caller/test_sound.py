import struct

import numpy as np
import pytest

from queue_caller.wire.sound import RATE, Sound, SoundFormatError, alarm, from_wav, joined, silence, to_wav


def tone(seconds: float, height: int = 10_000) -> Sound:
    waves = np.sin(np.arange(round(seconds * RATE)) / 20) * height
    return Sound(waves.astype("<i2").tobytes())


def test_a_wav_file_is_read_back_as_it_was_written() -> None:
    assert from_wav(to_wav(tone(0.3))) == tone(0.3)


def test_a_streamed_wav_whose_lengths_are_not_filled_in_is_read_whole() -> None:
    data = bytearray(to_wav(tone(0.1)))
    data[4:8] = data[40:44] = struct.pack("<I", 0x7FFFF000)
    assert from_wav(bytes(data)) == tone(0.1)


def test_other_chunks_before_the_sound_are_passed_over() -> None:
    data = to_wav(tone(0.1))
    extra = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    assert from_wav(data[:12] + extra + data[12:]) == tone(0.1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"ID3 and something longer",
        to_wav(tone(0.1))[:36],
        to_wav(tone(0.1)).replace(struct.pack("<I", RATE), struct.pack("<I", 44_100)),
        b"RIFF\0\0\0\0WAVEdata\4\0\0\0abcd",
    ],
)
def test_what_is_not_our_kind_of_wav_is_refused(data: bytes) -> None:
    with pytest.raises(SoundFormatError):
        from_wav(data)


def test_trimming_takes_silence_off_both_ends_and_leaves_no_click() -> None:
    trimmed = joined([silence(0.5), tone(0.4), silence(0.7)]).trimmed()
    waves = np.frombuffer(trimmed.samples, "<i2")
    assert 0.4 <= trimmed.seconds <= 0.43
    assert waves[0] == waves[-1] == 0
    assert silence(1.0).trimmed() == Sound()


def test_volume_scales_and_never_clips() -> None:
    assert np.frombuffer(tone(0.1).at_volume(50).samples, "<i2").max() == pytest.approx(5_000, abs=5)
    assert tone(0.1, 32_000).at_volume(300) == tone(0.1, 32_000)


def test_the_alarm_is_loud_and_as_long_as_asked() -> None:
    waves = np.frombuffer(alarm(2.0).samples, "<i2")
    assert alarm(2.0).seconds == 2.0
    assert np.abs(waves).max() > 20_000
