"""ESC/POS commands: bytes of the Epson reference, whole, cut, in noise, damaged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallkit.codecs.escpos import (
    Align,
    Alignment,
    AskStatus,
    AutoStatus,
    Bold,
    Chinese,
    ChineseStyle,
    ClearBuffers,
    CodePage,
    Command,
    CommandDecoder,
    Cut,
    FeedDots,
    FeedLines,
    Init,
    Inverse,
    LineFeed,
    LineSpacing,
    Other,
    PrintMode,
    ProcessId,
    QrErrorLevel,
    QrLevel,
    QrModel,
    QrPrint,
    QrSize,
    QrStore,
    Raster,
    Recover,
    SendStatus,
    Size,
    Text,
    encode,
    raster_bands,
)

MANUAL: list[tuple[Command, str]] = [
    (Init(), "1B 40"),
    (Text.gb18030("取号"), "C8 A1 BA C5"),
    (Text.gb18030("㛃"), "82 30 B7 31"),
    (LineFeed(), "0A"),
    (FeedLines(6), "1B 64 06"),
    (FeedDots(24), "1B 4A 18"),
    (LineSpacing(40), "1B 33 28"),
    (LineSpacing(), "1B 32"),
    (CodePage(0), "1B 74 00"),
    (Chinese(), "1C 26"),
    (Chinese(on=False), "1C 2E"),
    (ChineseStyle(wide=True, high=True), "1C 21 0C"),
    (Size(2, 3), "1D 21 12"),
    (PrintMode(bold=True, high=True, wide=True), "1B 21 38"),
    (Bold(), "1B 45 01"),
    (Inverse(), "1D 42 01"),
    (Align(Alignment.CENTRE), "1B 61 01"),
    (Raster(2, b"\x00\x00\x00\x80"), "1D 76 30 00 02 00 02 00 00 00 00 80"),
    (Cut(), "1D 56 00"),
    (Cut(partial=True), "1D 56 01"),
    (Cut(partial=True, feed=0), "1D 56 42 00"),
    (AutoStatus(0x0E), "1D 61 0E"),
    (SendStatus(1), "1D 72 01"),
    (ProcessId(b"0001"), "1D 28 48 06 00 30 30 30 30 30 31"),
    (QrModel(2), "1D 28 6B 04 00 31 41 32 00"),
    (QrSize(6), "1D 28 6B 03 00 31 43 06"),
    (QrLevel(QrErrorLevel.L), "1D 28 6B 03 00 31 45 30"),
    (QrStore(b"A042"), "1D 28 6B 07 00 31 50 30 41 30 34 32"),
    (QrPrint(), "1D 28 6B 03 00 31 51 30"),
    (AskStatus(4), "10 04 04"),
    (Recover(), "10 05 01"),
    (Recover(clear=True), "10 05 02"),
    (ClearBuffers(), "10 14 08 01 03 14 01 06 02 08"),
]
REAL_TIME = (AskStatus, Recover, ClearBuffers)
ORDINARY = [command for command, _ in MANUAL if not isinstance(command, REAL_TIME)]


def in_pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def joined(commands: list[Command]) -> list[Command]:
    """Return `commands` with runs of text made one, as the paper shows them."""
    merged: list[Command] = []
    for command in commands:
        if isinstance(command, Text) and merged and isinstance(merged[-1], Text):
            merged[-1] = Text(merged[-1].data + command.data)
        else:
            merged.append(command)
    return merged


def heard(data: bytes, piece: int = 65_536) -> list[Command]:
    decoder = CommandDecoder()
    return joined([command for part in in_pieces(data, piece) for command in decoder.feed(part)])


@pytest.mark.parametrize(("command", "manual"), MANUAL)
def test_a_command_is_the_bytes_of_the_manual(command: Command, manual: str) -> None:
    assert command.encode() == bytes.fromhex(manual)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 4096])
def test_the_manuals_bytes_cut_anyhow_are_that_command(piece: int) -> None:
    assert [heard(bytes.fromhex(manual), piece) for _, manual in MANUAL] == [[command] for command, _ in MANUAL]


@pytest.mark.parametrize("piece", [1, 5, 4096])
def test_a_whole_slip_in_one_read_or_many_is_the_same_commands(piece: int) -> None:
    assert heard(encode(ORDINARY), piece) == joined(ORDINARY)


@pytest.mark.parametrize("piece", [1, 4, 4096])
def test_status_is_asked_in_the_middle_of_a_picture_and_the_picture_keeps_the_bytes(piece: int) -> None:
    picture = Raster(4, b"\xff\x10\x04\x01" * 2)
    commands = heard(picture.encode(), piece)
    assert [c for c in commands if isinstance(c, AskStatus)] == [AskStatus(1), AskStatus(1)]
    assert [c for c in commands if isinstance(c, Raster)] == [picture]


def test_status_asked_between_commands_leaves_no_trace() -> None:
    assert heard(Bold().encode() + AskStatus(2).encode() + LineFeed().encode()) == [
        AskStatus(2),
        Bold(),
        LineFeed(),
    ]


@pytest.mark.parametrize("piece", [1, 3, 4096])
def test_clearing_forgets_the_half_command_before_it_and_nothing_after(piece: int) -> None:
    half = Raster(72, bytes(72 * 24)).encode()[:900]
    decoder = CommandDecoder()
    data = half + ClearBuffers().encode() + Init().encode()
    commands = [c for part in in_pieces(data, piece) for c in decoder.feed(part)]
    assert commands == [ClearBuffers(), Init()]
    assert (decoder.pending, decoder.unknown) == (0, 0)


@pytest.mark.parametrize("noise", [b"\x01", b"\x1b\x7f", b"\x1d\x03\x05", b"\x10\x99"])
def test_unknown_bytes_are_counted_and_cost_no_command(noise: bytes) -> None:
    decoder = CommandDecoder()
    commands = joined(decoder.feed(noise + Cut().encode() + noise + Init().encode()))
    assert [c for c in commands if not isinstance(c, Text)] == [Cut(), Init()]
    assert decoder.unknown >= 2


def test_a_picture_larger_than_any_printer_is_noise_and_is_not_waited_for() -> None:
    decoder = CommandDecoder()
    decoder.feed(b"\x1dv0\x00\xff\xff\xff\xff")
    assert decoder.unknown > 0
    assert decoder.feed(Cut().encode())[-1] == Cut()


@pytest.mark.parametrize(
    "manual",
    ["1B 2A 21 02 00 01 02 03 04 05 06", "1D 6B 04 31 32 33 00", "1D 6B 49 03 41 42 43", "1B 44 08 10 00",
     "1D 28 4C 02 00 30 32", "1D 38 4C 02 00 00 00 30 32", "1B 70 00 32 32", "10 14 01 00 01", "1D 56 61 03"],
)  # fmt: skip
def test_commands_that_draw_nothing_we_know_are_passed_over_whole(manual: str) -> None:
    data = bytes.fromhex(manual)
    decoder = CommandDecoder()
    assert [c for part in in_pieces(data, 1) for c in decoder.feed(part)] == [Other(data)]
    assert decoder.unknown == 0


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_at_all_leave_little_behind_and_raise_nothing(data: bytes, piece: int) -> None:
    decoder = CommandDecoder()
    for part in in_pieces(data, piece):
        decoder.feed(part)
    assert decoder.pending <= len(data)


@given(st.lists(st.sampled_from(ORDINARY), max_size=12), st.integers(1, 40))
def test_what_was_encoded_is_what_is_decoded(commands: list[Command], piece: int) -> None:
    assert heard(encode(commands), piece) == joined(commands)


def test_pictures_are_sent_dot_for_dot_and_white_costs_almost_nothing() -> None:
    rows = [bytes(72)] * 100 + [b"\x80" + bytes(71)] * 30 + [b"\xff" * 72] * 3
    bands = raster_bands(b"".join(rows))
    assert [row.ljust(72, b"\x00") for band in bands for row in in_pieces(band.data, band.width_bytes)] == rows
    assert len(encode(bands)) < 1000 < len(b"".join(rows))
