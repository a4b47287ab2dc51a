"""One clear sentence for whatever esptool and mpremote say."""

import pytest

from firmware.flasher import errors
from firmware.flasher.core import boot_mode, esptool_words, mpremote_words


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        (0x13, "hold BOOT"),
        (0x17, "hold BOOT"),
        (0x33, "IO12"),
        (0x0B, "IO2 high"),
        (0x03, "change the cable"),
    ],
)
def test_a_boot_mode_is_told_in_one_sentence(mode: int, says: str) -> None:
    told = boot_mode.told(mode)

    assert says in told
    assert f"{mode:#04x}" in told
    assert "\n" not in told


def test_esptools_progress_is_read_off_its_line() -> None:
    line = "Writing at 0x00178c00 ━━━━━━━━━━━━━━━━━━━━━━╸  98.9% 1.47MB/1.49MB [1s] "

    assert esptool_words.progress(line) == pytest.approx(0.989)
    assert esptool_words.progress("Wrote 20000 bytes (100 compressed)") is None
    assert esptool_words.mac("Crystal\nMAC:                a0:b1:c2:d3:e4:f5\n") == "a0:b1:c2:d3:e4:f5"
    assert mpremote_words.progress("cp a :b [##   ]  40%") == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("said", "error", "advice"),
    [
        ("Failed to connect to ESP32: Wrong boot mode detected (0x13)! The chip", errors.BootModeError, "hold BOOT"),
        ("Failed to connect to ESP32: No serial data received.", errors.BootModeError, "--by-hand"),
        ("Download mode successfully detected, but getting no sync reply: The", errors.NoAnswerError, "cable"),
        ("This chip is ESP32-S2, not ESP32. Wrong chip argument?", errors.WrongChipError, "ESP32-S2"),
        ("MD5 of file does not match data in flash!", errors.DamagedError, "run again"),
        (
            "the port is busy or doesn't exist.\n([Errno 11] Could not exclusively lock port",
            errors.PortBusyError,
            "close",
        ),
        ("Hint: Check if the port is correct and ESP connected", errors.PortMissingError, "plug"),
        ("Attempting to use a port that is not open", errors.PortGoneError, "same command again"),
        ("No more data to read from the serial port.", errors.NoAnswerError, "power"),
        ("Serial data stream stopped: Possible serial noise or corruption.", errors.DamagedError, "cable"),
        ("Something nobody saw before\n\n", errors.ToolFailedError, "Something nobody saw before"),
        ("", errors.ToolFailedError, "nothing"),
    ],
)
def test_each_failure_of_esptool_is_one_sentence_that_says_what_to_do(
    said: str, error: type[errors.FlasherError], advice: str
) -> None:
    found = esptool_words.fault(said, "/dev/x")

    assert type(found) is error
    assert str(found).startswith("/dev/x: ")
    assert advice in str(found)
    assert "\n" not in str(found)


def test_a_boot_mode_error_brings_the_picture_of_what_to_press() -> None:
    found = esptool_words.fault("Wrong boot mode detected (0x13)!", "p")

    assert isinstance(found, errors.BootModeError)
    assert "BOOT" in found.picture
    assert "RST" in found.picture


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("mpremote: failed to access /dev/x (it may be in use by another program)", errors.PortBusyError),
        ("mpremote.transport.TransportError: could not enter raw repl", errors.NoAnswerError),
        ("Traceback\nOSError: [Errno 28] ENOSPC", errors.BoardRefusedError),
        ("serial.serialutil.SerialException: device disconnected", errors.PortGoneError),
        ('Traceback (most recent call last):\n  File "<stdin>"\nMemoryError: ', errors.BoardRefusedError),
        ("what", errors.ToolFailedError),
    ],
)
def test_each_failure_of_mpremote_is_one_sentence(said: str, error: type[errors.FlasherError]) -> None:
    found = mpremote_words.fault(said, "/dev/x")

    assert type(found) is error
    assert "\n" not in str(found)
