"""What an ESP32's loader and a Telnet port hear, cut anyhow."""

import struct

import pytest

from simulators import esp32_slip as slip
from simulators.esp32_chip import FLASH_SIZE, Chip
from simulators.esp32_frames import Command, Refusal, Request, checksum, decode, encode_request
from simulators.esp32_loader import GREETING, Loader
from simulators.rfc2217 import TelnetPort

SYNC = b"\x07\x07\x12\x20" + b"\x55" * 32
SYNC_ON_THE_LINE = b"\xc0\x00\x08\x24\x00\x00\x00\x00\x00" + SYNC + b"\xc0"


def block(data: bytes, number: int = 0) -> bytes:
    return struct.pack("<4I", len(data), number, 0, 0) + data


def ask(loader: Loader, op: int, data: bytes = b"", check: int = 0) -> list[bytes]:
    return loader.feed(encode_request(Request(op, data, check)))


@pytest.mark.parametrize("cut", [1, 3, 4096])
def test_a_frame_is_understood_however_it_is_cut(cut: int) -> None:
    decoder, line = slip.Decoder(), SYNC_ON_THE_LINE * 2
    found = [one for at in range(0, len(line), cut) for one in decoder.feed(line[at : at + cut])]

    assert [decode(one) for one in found] == [Request(Command.SYNC, SYNC)] * 2


def test_what_a_frame_holds_comes_back_with_its_marks() -> None:
    payload = b"\xc0\xdb\xdc\xdd\xdb\xc0"

    assert slip.encode(payload) == b"\xc0\xdb\xdc\xdb\xdd\xdc\xdd\xdb\xdd\xdb\xdc\xc0"
    assert slip.Decoder().feed(slip.encode(payload)) == [payload]


def test_noise_before_a_frame_and_a_wrong_escape_cost_themselves() -> None:
    decoder = slip.Decoder()

    assert decoder.feed(b"boot noise" + SYNC_ON_THE_LINE) == [SYNC_ON_THE_LINE[1:-1]]
    assert decoder.feed(b"\xc0\xdb\x00\xc0") == []
    assert decoder.feed(SYNC_ON_THE_LINE) == [SYNC_ON_THE_LINE[1:-1]]
    assert decoder.discarded == len(b"boot noise") + 2


def test_a_frame_that_never_ends_is_given_up() -> None:
    decoder = slip.Decoder()
    decoder.feed(b"\xc0" + bytes(slip.LONGEST + 1))

    assert decoder.discarded == slip.LONGEST + 1
    assert decoder.feed(SYNC_ON_THE_LINE)


def test_the_checksum_is_the_one_of_the_manual() -> None:
    assert checksum(b"") == 0xEF
    assert checksum(bytes(range(100)) * 3) == 0xEF ^ 0


def test_a_rom_answers_a_sync_eight_times_with_four_bytes_of_status() -> None:
    answers = ask(Loader(Chip()), Command.SYNC, SYNC)

    assert answers == [bytes.fromhex("0108040007071220") + bytes(4)] * 8


def test_a_damaged_block_is_refused_and_nothing_is_written() -> None:
    loader = Loader(Chip())
    ask(loader, Command.FLASH_BEGIN, struct.pack("<4I", 4096, 4, 1024, 0x1000))
    (answer,) = ask(loader, Command.FLASH_DATA, block(b"data"), check=1)

    assert answer[-4:-2] == bytes((1, Refusal.WRONG_CHECKSUM))
    assert loader.written == 0


def test_flash_only_loses_bits_until_it_is_erased() -> None:
    chip = Chip()
    chip.program(0, b"\x0f")
    chip.program(0, b"\xf1")
    assert chip.flash[0] == 0x01
    chip.erase(0, 1)
    assert chip.flash[0] == 0xFF
    assert not chip.erase(FLASH_SIZE - 1, 2)
    assert not chip.program(FLASH_SIZE, b"x")


def test_a_stub_greets_and_then_closes_its_answers_with_two_bytes() -> None:
    loader = Loader(Chip())
    assert ask(loader, Command.READ_FLASH, bytes(16))[0][-4:-2] == bytes((1, Refusal.WRONG_MESSAGE))
    assert ask(loader, Command.MEM_END, struct.pack("<2I", 0, 0x400BE4E8))[1] == GREETING
    assert ask(loader, Command.SPI_SET_PARAMS, bytes(24)) == [bytes.fromhex("010b020000000000") + bytes(2)]


def test_flash_is_read_a_packet_at_a_time_and_its_digest_follows() -> None:
    chip = Chip()
    chip.program(0, b"abcdefgh")
    loader = Loader(chip, is_stub=True)
    _, *first = ask(loader, Command.READ_FLASH, struct.pack("<4I", 0, 8, 3, 2))
    second, third = loader.feed(struct.pack("<I", 6)), loader.feed(struct.pack("<I", 8))

    assert (first, second, third) == ([b"abc", b"def"], [b"gh"], [chip.digest(0, 8)])


@pytest.mark.parametrize("cut", [1, 2, 4096])
def test_a_telnet_ports_lines_data_and_options_are_told_apart(cut: int) -> None:
    port = TelnetPort()
    line = b"\xff\xfb\x2c" + b"ab\xff\xffc" + b"\xff\xfa\x2c\x05\x08\xff\xf0" + b"\xff\xfa\x2c\x05\x0b\xff\xf0" + b"d"
    heard = [port.feed(line[at : at + cut]) for at in range(0, len(line), cut)]

    assert b"".join(bytes(one.data) for one in heard) == b"ab\xffcd"
    assert [state for one in heard for state in one.lines] == [(True, False), (True, True)]
    assert b"".join(bytes(one.answer) for one in heard) == (
        b"\xff\xfd\x2c" + b"\xff\xfa\x2c\x69\x08\xff\xf0" + b"\xff\xfa\x2c\x69\x0b\xff\xf0"
    )


def test_an_unknown_telnet_option_is_declined_and_an_agreed_one_not_agreed_again() -> None:
    port = TelnetPort()

    assert port.feed(b"\xff\xfb\x18").answer == b"\xff\xfe\x18"
    assert port.feed(b"\xff\xfd\x18").answer == b"\xff\xfc\x18"
    assert port.feed(b"\xff\xfd\x00\xff\xfd\x00").answer == b"\xff\xfb\x00"
