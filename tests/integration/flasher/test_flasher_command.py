"""`hall24 flash` as a technician runs it."""

import asyncio
import hashlib
import json
import sys
from pathlib import Path

import esp32_rig as rig

from simulators import esp32_rom


async def hall24(*words: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hall24", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(rig.PATIENCE):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_two_boards_are_flashed_and_one_that_started_its_program_shows_what_to_press(tmp_path: Path) -> None:
    image, report = tmp_path / "interpreter.bin", tmp_path / "report.json"
    image.write_bytes(rig.image())
    sha256 = hashlib.sha256(rig.image()).hexdigest()
    boards = [esp32_rom.build(), esp32_rom.build("wrong_strap")]
    async with rig.all_on_ptys(boards, [tmp_path / "0", tmp_path / "1"]) as ports:
        code, said = await hall24(
            "flash", *ports, "--image", str(image), "--sha256", sha256, "--by-hand", "--no-programs",
            "--report", str(report),
        )  # fmt: skip
        found = json.loads(report.read_text())

    assert code == 1, said
    assert "Traceback" not in said
    assert "hold BOOT" in said
    assert "tap    RST" in said
    assert found["ok"] is False
    assert found["boards"][ports[0]] == {"ok": True, "place": ports[0], "mac": "a0:b1:c2:d3:e4:f5", "files": 0}
    assert found["boards"][ports[1]]["fault"] == "BootModeError"


async def test_an_image_without_its_hash_or_with_another_one_touches_no_board(tmp_path: Path) -> None:
    image = tmp_path / "interpreter.bin"
    image.write_bytes(rig.image())
    without = await hall24("flash", "/dev/none", "--image", str(image))
    wrong = await hall24("flash", "/dev/none", "--image", str(image), "--sha256", "0" * 64)

    assert without[0] == 2
    assert "--sha256 is missing" in without[1]
    assert wrong[0] == 1
    assert "nothing was written" in wrong[1]
