"""Halls for tests: a folder of their own, a broker that is there, and nothing left over afterwards."""

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from hallkit.broker.mosquitto import find_mosquitto
from hallkit.runtime.commit_points import ORDER

HERE = Path(__file__).parent
for place in (HERE.parent / "firmware", HERE):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from unix_port import PortMissingError, obtain  # noqa: E402 - found on the path set above

MARK = "HALL24_TEST_MARK"


@pytest.fixture(params=[pytest.param("mosquitto", marks=pytest.mark.mosquitto), "embedded"])
def broker(request: pytest.FixtureRequest) -> str:
    """Return which broker the hall uses; skip loudly, or fail where everything is required, without mosquitto."""
    return require(request.param)


@pytest.fixture(scope="session")
def micropython() -> str:
    """Return the command that starts MicroPython; skip loudly without it, fail where everything is required."""
    try:
        return obtain()
    except PortMissingError as error:
        pytest.skip(f"no MicroPython: {error}")


@pytest.fixture
def mosquitto() -> str:
    """Return mosquitto as the hall's broker."""
    return require("mosquitto")


def require(broker: str) -> str:
    """Return the broker; skip loudly, or fail where everything is required, if it is not installed."""
    if broker == "mosquitto" and find_mosquitto() is None:
        reason = "MOSQUITTO IS NOT INSTALLED: the hall is not tested on its real broker (apt install mosquitto)"
        pytest.skip(reason)
    return broker


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the test a temporary folder everybody can reach; afterwards no process, port or file may be left."""
    tmp_path_factory.getbasetemp()  # pytest's own folder stays where it is
    mark = secrets.token_hex(8)
    monkeypatch.setenv(MARK, mark)
    scratch = Path(tempfile.mkdtemp(prefix="hall24-test-", dir="/tmp"))
    scratch.chmod(0o755)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    ports = _listening()
    yield scratch
    left = [f"file {path.name}" for path in scratch.iterdir() if path.name != "hall"]
    left += [f"process {name}" for name in _marked(mark)] + [f"port {port}" for port in _listening() - ports]
    shutil.rmtree(scratch)
    assert left == []


@pytest.fixture
def folder(nothing_left: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of one hall, whose programs obey orders to be killed."""
    folder = nothing_left / "hall"
    folder.mkdir()
    monkeypatch.setenv(ORDER, str(folder / "order"))
    return folder


def _marked(mark: str) -> list[str]:
    """Return the command of every other process that was started by this test, orphans too."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _listening() -> set[int]:
    connections = psutil.Process().net_connections("inet")
    return {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN or (one.laddr and not one.raddr)}
