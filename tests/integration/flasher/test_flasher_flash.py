"""Boards are flashed by our tool, through the real esptool and mpremote; a second run mends whatever went wrong."""

import asyncio
import hashlib
from functools import partial
from pathlib import Path

import esp32_rig as rig
import pytest
import serial

from firmware.flasher.app import flash as flashing
from firmware.flasher.app.flash import Interpreter, Way
from firmware.flasher.app.fleet import together
from firmware.flasher.drivers import port_lock, tool
from firmware.flasher.drivers.esptool import Esptool
from firmware.flasher.drivers.mpremote import Mpremote
from firmware.flasher.errors import (
    BoardTakenError,
    BootModeError,
    DamagedError,
    FlasherError,
    NoAnswerError,
    PortBusyError,
    PortGoneError,
    PortMissingError,
    TimeLimitError,
    WrongChipError,
)
from hallkit.transports.serve import serve
from simulators import esp32_rom, raw_repl_board
from simulators.esp32_rom import SimulatedEsp32
from simulators.raw_repl_board import SimulatedBoard

IMAGE = rig.image()


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    (tmp_path / "interpreter.bin").write_bytes(IMAGE)
    return flashing.read(tmp_path / "interpreter.bin", "esp32", hashlib.sha256(IMAGE).hexdigest())


@pytest.fixture
def way(tmp_path: Path) -> Way:
    return Way(by_hand=True, locks=tmp_path / "locks")


def holds(board: SimulatedEsp32) -> bool:
    return bytes(board.chip.flash[rig.PLACE : rig.PLACE + len(IMAGE)]) == IMAGE


async def test_a_board_is_flashed_and_its_progress_told(tmp_path: Path, interpreter: Interpreter, way: Way) -> None:
    board, told = esp32_rom.build(), []
    async with rig.on_pty(board, tmp_path) as port:
        done = await flashing.flash(port, interpreter, {}, way, lambda step, part: told.append((step, part)))

    assert (holds(board), done.mac) == (True, "a0:b1:c2:d3:e4:f5")
    assert told[0] == ("interpreter", 0.0)
    assert told[-1] == ("interpreter", 1.0)
    assert len(told) > 3


@pytest.mark.parametrize(
    ("setup", "error"),
    [
        ("bit_flip", DamagedError),
        ("wrong_strap", BootModeError),
        ("silent", BootModeError),
        ("other_chip", WrongChipError),
    ],
)
async def test_a_fault_is_one_sentence(
    tmp_path: Path, interpreter: Interpreter, setup: str, error: type[FlasherError]
) -> None:
    board = esp32_rom.build(setup)
    board.chip.flip_at = 0x2000 if setup == "bit_flip" else None
    async with rig.on_pty(board, tmp_path) as port:
        with pytest.raises(error) as caught:
            await Esptool(port, "esp32", by_hand=True, connect_attempts=1).write(
                interpreter.path, len(IMAGE), lambda _: None
            )

    assert "\n" not in str(caught.value)


async def test_power_cut_or_cable_pulled_in_the_middle_is_mended_by_the_same_call(
    tmp_path: Path, interpreter: Interpreter, way: Way
) -> None:
    board = esp32_rom.build()
    board.cut_after = 50_000
    async with rig.on_pty(board, tmp_path) as port:
        with pytest.raises(NoAnswerError):
            await flashing.flash(port, interpreter, {}, way)
        assert not holds(board)
        board.hold_boot_and_reset()
        await flashing.flash(port, interpreter, {}, way)

    assert holds(board)


async def test_a_port_that_vanishes_is_told(tmp_path: Path, interpreter: Interpreter, way: Way) -> None:
    board = esp32_rom.build()

    async def serve_for_a_while(stream) -> None:
        serving = asyncio.create_task(esp32_rom.serve(board, stream))
        await rig.until(lambda: board.loader is not None and board.loader.written > 0)
        stream.close()
        await serving

    async with serve(f"pty:{tmp_path / 'board'}", serve_for_a_while):
        with pytest.raises(PortGoneError):
            await flashing.flash(str(tmp_path / "board"), interpreter, {}, way)


async def test_a_port_in_use_or_missing_is_told(tmp_path: Path, interpreter: Interpreter, way: Way) -> None:
    with pytest.raises(PortMissingError):
        await flashing.flash(str(tmp_path / "none"), interpreter, {}, way)
    async with rig.on_pty(esp32_rom.build(), tmp_path) as port:
        with serial.Serial(port, exclusive=True), pytest.raises(PortBusyError):
            await flashing.flash(port, interpreter, {}, way)


async def test_two_technicians_do_not_write_one_board(tmp_path: Path, interpreter: Interpreter, way: Way) -> None:
    board = esp32_rom.build()
    async with rig.on_pty(board, tmp_path) as port:
        with port_lock.held(port, way.locks), pytest.raises(BoardTakenError, match="works on this board"):
            await flashing.flash(port, interpreter, {}, way)
        assert board.loader is not None
        assert not board.loader.written
        await flashing.flash(port, interpreter, {}, way)


async def test_a_tool_that_hangs_is_ended_with_all_it_started() -> None:
    with pytest.raises(TimeLimitError, match="http"):
        await tool.run("http.server", ("0",), 1.0)


async def test_three_boards_are_flashed_at_once_and_a_bad_one_stops_no_other(
    tmp_path: Path, interpreter: Interpreter, way: Way
) -> None:
    folders = [tmp_path / str(number) for number in range(3)]
    boards = [esp32_rom.build() for _ in folders]
    boards[1].chip.flip_at = 0x2000
    async with rig.all_on_ptys(boards, folders) as ports:
        done = await together({port: partial(flashing.flash, port, interpreter, {}, way) for port in ports})

    assert [isinstance(done[port], FlasherError) for port in ports] == [False, True, False]
    assert [holds(board) for board in boards] == [True, False, True]


@pytest.fixture
def board(micropython: str, tmp_path: Path) -> SimulatedBoard:
    (tmp_path / "flash").mkdir()
    return SimulatedBoard(tmp_path / "flash", micropython)


async def test_files_reach_a_board_whose_program_runs_and_are_read_back(board: SimulatedBoard, tmp_path: Path) -> None:
    (board.folder / "main.py").write_text("import time\nwhile True:\n    time.sleep(1)\n")
    files = {"/main.py": b"print('new')\n", "/a/lib/one.mpy": bytes(range(256)) * 30}
    told: list[float] = []
    async with serve(f"pty:{tmp_path / 'port'}", partial(raw_repl_board.serve, board)):
        await Mpremote(str(tmp_path / "port")).install(files, told.append)

    assert {name: (board.folder / name[1:]).read_bytes() for name in files} == files
    assert sorted(one.name for one in board.folder.rglob("*") if one.is_file()) == ["main.py", "one.mpy"]
    assert told == sorted(told)
    assert told[-1] == 1.0


async def test_a_file_that_rots_on_the_way_is_found(board: SimulatedBoard, tmp_path: Path) -> None:
    board.rots = "bundle.z"
    async with serve(f"pty:{tmp_path / 'port'}", partial(raw_repl_board.serve, board)):
        with pytest.raises(FlasherError):
            await Mpremote(str(tmp_path / "port")).install({"/one": bytes(2000)}, lambda _: None)
        await Mpremote(str(tmp_path / "port")).install({"/one": bytes(2000)}, lambda _: None)

    assert (board.folder / "one").read_bytes() == bytes(2000)


async def test_a_deaf_board_is_told(tmp_path: Path, micropython: str) -> None:
    board = SimulatedBoard(tmp_path, micropython, deaf=True)
    async with serve(f"pty:{tmp_path / 'port'}", partial(raw_repl_board.serve, board)):
        with pytest.raises(NoAnswerError, match="no interpreter answers"):
            await Mpremote(str(tmp_path / "port"), prompt_limit=1.0).install({"/one": b"1"}, lambda _: None)


async def test_a_blank_board_gets_its_interpreter_and_its_programs_in_one_call(
    tmp_path: Path, board: SimulatedBoard, interpreter: Interpreter, way: Way
) -> None:
    esp32 = SimulatedEsp32(program=board)
    esp32.hold_boot_and_reset()

    def technician(step: str, _: float) -> None:
        if step == "tap RST":
            esp32.start()

    files = {"/boot.py": b"", "/main.py": b"print('at work')\n"}
    async with rig.on_pty(esp32, tmp_path) as port:
        done = await flashing.flash(port, interpreter, files, way, technician)
        await esp32.gone()
        await board.gone()

    assert (holds(esp32), done.files) == (True, 2)
    assert (board.folder / "main.py").read_bytes() == files["/main.py"]
