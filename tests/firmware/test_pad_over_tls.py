"""The rating pad's firmware under mutual TLS: certificates of the hall's own authority at both ends, rights by name."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from firmware.bytecode import DEVICE
from hall24.bench.pad import pad_of, rate
from hall24.bench.pad_hall import ENGINE, HOST, PAD, Certificates, PadHall, pad_hall
from hallkit.broker.mosquitto import find_mosquitto

pytestmark = [pytest.mark.network, pytest.mark.mosquitto]
PATIENCE = 60.0


@pytest.fixture(params=["cpython", "micropython"])
def python(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def command(python: str, request: pytest.FixtureRequest) -> list[str]:
    main = str(DEVICE / "main.py")
    if python == "cpython":
        return [sys.executable, "-B", main]
    return [str(request.getfixturevalue("micropython")), "-X", "heapsize=512k", main]


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path / "tls", (HOST, PAD.name, ENGINE.name, "store", "stranger"))


@pytest.fixture
async def hall(tmp_path: Path, certificates: Certificates) -> AsyncIterator[PadHall]:
    if not find_mosquitto():
        pytest.skip("mosquitto is not on PATH: apt-get install mosquitto")
    async with pad_hall(tmp_path, certificates) as made:
        yield made


async def test_a_press_reaches_the_store_and_comes_back_acknowledged(
    hall: PadHall, certificates: Certificates, command: list[str], python: str, tmp_path: Path
) -> None:
    tls = certificates.board(PAD.name, is_der=python == "micropython")
    async with pad_of(command, tmp_path, broker_port=hall.broker.port, tls=tls) as panel:
        async with asyncio.timeout(PATIENCE):
            await hall.online.wait()
        for number in range(3):
            await rate(hall, panel, number)
        assert len(hall.store.rows(0, 9)) == 3


@pytest.mark.parametrize("wrong", ["authority", "certificate", "server_name"])
async def test_a_pad_or_a_broker_of_another_hall_is_not_spoken_with(
    wrong: str, hall: PadHall, certificates: Certificates, command: list[str], python: str, tmp_path: Path
) -> None:
    is_der = python == "micropython"
    tls = certificates.board(PAD.name, is_der=is_der)
    other = Certificates(tmp_path / "other", (HOST, PAD.name)).board(PAD.name, is_der=is_der)
    tls |= {"server_name": "another.hall"} if wrong == "server_name" else {wrong: other[wrong]}
    tls |= {"key": other["key"]} if wrong == "certificate" else {}
    async with pad_of(command, tmp_path, broker_port=hall.broker.port, tls=tls) as panel:
        await panel.tells("idle", 0)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(hall.online.wait(), 4)
    shutil.rmtree(tmp_path / "outbox")
