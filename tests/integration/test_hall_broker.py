"""The broker of a real hall, started from the hall's file alone."""

import asyncio
import json
import signal
import sys
from pathlib import Path

from hall24.presets import one_window
from hallkit.inventory.schema import Hall
from hallkit.inventory.start import start
from hallkit.runtime.config import load
from hallkit.transports.ports import free_port


def _hall_file(folder: Path) -> Path:
    path = folder / "hall.toml"
    text = one_window(port=free_port(), run=str(folder / "run"))
    path.write_text(text.replace("[broker]\n", '[broker]\nmode = "embedded"\n'), "utf-8")
    return path


async def test_a_hall_starts_its_broker_with_passwords_of_its_own_that_stay(tmp_path: Path) -> None:
    config = _hall_file(tmp_path)
    seen = []
    for _ in range(2):
        program = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hall24", "broker", "--config", str(config), stdout=asyncio.subprocess.PIPE
        )
        assert program.stdout is not None
        line = (await asyncio.wait_for(program.stdout.readline(), 60)).decode()
        assert line == f"embedded broker of demo: 127.0.0.1:{load(config, Hall).broker.port}\n"
        seen.append(start(config).passwords)
        program.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(program.wait(), 60) == 0

    secrets = tmp_path / "run" / "secrets.json"
    assert seen[0] == seen[1] == json.loads(secrets.read_text("utf-8"))
    assert secrets.stat().st_mode & 0o077 == 0
    assert len(set(seen[0].values())) == len(seen[0])


async def test_a_wrong_file_ends_with_status_2_and_every_fault(tmp_path: Path) -> None:
    config = tmp_path / "hall.toml"
    config.write_text('[hall]\nname = "demo"\ncolour = "red"\n', "utf-8")
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hall24", "broker", "--config", str(config), stderr=asyncio.subprocess.PIPE
    )
    _, told = await asyncio.wait_for(program.communicate(), 60)

    assert program.returncode == 2
    assert {line.split(":")[0] for line in told.decode().splitlines()} >= {"hall.title", "hall.colour", "zones"}
