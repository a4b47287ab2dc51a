"""The real esptool flashes, reads and erases the simulated ESP32, and meets its faults."""

from pathlib import Path

import esp32_rig as rig
import pytest

from simulators import esp32_rom
from simulators.esp32_chip import FLASH_SIZE


@pytest.fixture
def firmware(tmp_path: Path) -> Path:
    path = tmp_path / "firmware.bin"
    path.write_bytes(rig.image())
    return path


def stored(board: esp32_rom.SimulatedEsp32, firmware: Path) -> bool:
    data = firmware.read_bytes()
    return bytes(board.chip.flash[rig.PLACE : rig.PLACE + len(data)]) == data


@pytest.mark.parametrize("stub", [("--no-stub",), ()], ids=["rom", "stub"])
@pytest.mark.parametrize("packed", ["--compress", "--no-compress"])
async def test_a_flash_is_written_and_its_hash_verified(
    tmp_path: Path, firmware: Path, stub: tuple[str, ...], packed: str
) -> None:
    board = esp32_rom.build()
    async with rig.on_pty(board, tmp_path) as port:
        baud = () if stub else ("--baud", "460800")
        code, said = await rig.esptool(port, *stub, *baud, "write-flash", packed, hex(rig.PLACE), str(firmware))

    assert (code, "Hash of data verified" in said, stored(board, firmware)) == (0, True, True), said
    assert board.loader is not None
    assert ("MEM_END" in board.loader.seen) is not bool(stub)
    assert ("FLASH_DEFL_DATA" in board.loader.seen) is (packed == "--compress")


async def test_the_chip_its_revision_its_address_and_its_flash_are_told(tmp_path: Path) -> None:
    async with rig.on_pty(esp32_rom.build(), tmp_path) as port:
        code, said = await rig.esptool(port, "flash-id")

    assert code == 0, said
    for fact in ("ESP32-D0WD-V3 (revision v3.1)", "40MHz", "a0:b1:c2:d3:e4:f5", "4MB"):
        assert fact in said


@pytest.mark.parametrize("stub", [("--no-stub",), ()], ids=["rom", "stub"])
async def test_what_was_written_is_read_back(tmp_path: Path, stub: tuple[str, ...]) -> None:
    board = esp32_rom.build()
    board.chip.program(rig.PLACE, rig.image(10_000))
    async with rig.on_pty(board, tmp_path) as port:
        code, said = await rig.esptool(port, *stub, "read-flash", hex(rig.PLACE), "10000", str(tmp_path / "back"))

    assert code == 0, said
    assert (tmp_path / "back").read_bytes() == rig.image(10_000)


async def test_a_region_or_everything_is_erased(tmp_path: Path) -> None:
    board = esp32_rom.build()
    board.chip.program(0, b"\0" * 0x4000)
    async with rig.on_pty(board, tmp_path) as port:
        await rig.esptool(port, "erase-region", "0x1000", "0x1000")
        assert bytes(board.chip.flash[0x0FFF:0x2001]) == b"\0" + b"\xff" * 0x1000 + b"\0"
        board.hold_boot_and_reset()
        await rig.esptool(port, "erase-flash")

    assert board.chip.flash.count(0xFF) == FLASH_SIZE


async def test_a_flipped_bit_is_found_by_the_hash(tmp_path: Path, firmware: Path) -> None:
    board = esp32_rom.build()
    board.chip.flip_at = rig.PLACE + 5_000
    async with rig.on_pty(board, tmp_path) as port:
        code, said = await rig.esptool(port, "write-flash", hex(rig.PLACE), str(firmware))

    assert code
    assert "MD5 of file does not match" in said


async def test_power_cut_in_the_middle_is_mended_by_the_same_command(tmp_path: Path, firmware: Path) -> None:
    board = esp32_rom.build()
    board.cut_after = 60_000
    async with rig.on_pty(board, tmp_path) as port:
        write = ("--baud", "460800", "write-flash", hex(rig.PLACE), str(firmware))
        code, _ = await rig.esptool(port, *write)
        assert (bool(code), board.is_powered, stored(board, firmware)) == (True, False, False)
        board.hold_boot_and_reset()
        code, said = await rig.esptool(port, *write)

    assert (code, stored(board, firmware)) == (0, True), said


async def test_a_board_in_its_program_answers_no_loader(tmp_path: Path) -> None:
    async with rig.on_pty(esp32_rom.build("wrong_strap"), tmp_path) as port:
        code, said = await rig.esptool(port, "--connect-attempts", "1", "flash-id")

    assert code
    assert "No serial data received" in said


async def test_reset_lines_lead_into_the_loader_and_out_again() -> None:
    board = esp32_rom.SimulatedEsp32(en_rise=0.08)
    board.start()
    async with rig.on_rfc2217(board) as port:
        code, said = await rig.esptool(port, "--no-stub", "read-mac", resets=True)
        await rig.until(lambda: board.starts == 3)

    assert code == 0, said
    assert board.loader is None


async def test_a_board_without_its_capacitor_starts_its_program_instead() -> None:
    board = esp32_rom.SimulatedEsp32(en_rise=0.0)
    board.start()
    async with rig.on_rfc2217(board) as port:
        code, said = await rig.esptool(port, "--connect-attempts", "1", "flash-id", resets=True)

    assert code
    assert "Wrong boot mode detected (0x13)" in said


async def test_another_chip_is_refused(tmp_path: Path) -> None:
    async with rig.on_pty(esp32_rom.build("other_chip"), tmp_path) as port:
        code, said = await rig.esptool(port, "flash-id")

    assert code
    assert "not ESP32" in said
