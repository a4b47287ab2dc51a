"""Releases signed by the host and installed by the device: right ones, and every kind of wrong one."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from h24.flash_files import FlashFiles
from h24.manifest import DOMAIN
from h24.service_door import ServiceDoor
from h24.slots import Slots
from h24.update_error import UpdateError
from h24.updater import Updater

KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
FILES = {"main.mpy": b"main" * 400, "h24/outbox.mpy": b"outbox"}


def manifest(**changes: Any) -> dict[str, Any]:
    files = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in FILES.items()
    ]
    whole = {
        "format": 1,
        "kind": "rating-pad",
        "chip": "esp32",
        "version": "0.2.0",
        "counter": 5,
        "until": 2_000_000_000,
    }
    return whole | {"files": files} | changes


def install(root: Path, found: dict[str, Any], files: dict[str, bytes] | None = None, free: int = 10**6) -> Slots:
    slots = Slots(FlashFiles(str(root / "slots")))
    data = json.dumps(found).encode()
    held = FILES if files is None else files
    who = {"kind": "rating-pad", "chip": "esp32", "keys": [PUBLIC]}
    updater = Updater(str(root), slots, who, lambda: free)

    async def fetch(name: str) -> Held:
        return Held(held[name])

    asyncio.run(updater.install(data, KEY.sign(DOMAIN + data), fetch, 1_800_000_000_000))
    return slots


class Held:
    """An open download of bytes that are here already."""

    def __init__(self, data: bytes) -> None:
        self._left = data

    async def read(self) -> bytes:
        data, self._left = self._left[:512], self._left[512:]
        return data

    async def close(self) -> None:
        self._left = b""


def test_a_signed_release_comes_into_the_spare_slot_and_runs_on_trial(tmp_path: Path) -> None:
    assert install(tmp_path, manifest()).start() == "b"
    assert (tmp_path / "b" / "h24" / "outbox.mpy").read_bytes() == b"outbox"


WRONG: dict[str, dict[str, Any]] = {
    "another kind": {"kind": "sensor"},
    "another chip": {"chip": "rp2"},
    "too late": {"until": 1},
    "no newer": {"counter": 0},
    "another format": {"format": 2},
    "a path upwards": {"files": [{"name": "../boot.py", "size": 1, "sha256": "00" * 32}]},
    "an absolute path": {"files": [{"name": "/boot.py", "size": 1, "sha256": "00" * 32}]},
    "no files": {"files": []},
    "a file twice": {"files": manifest()["files"][:1] * 2},
    "a short digest": {"files": [{"name": "a", "size": 1, "sha256": "00"}]},
    "a huge file": {"files": [{"name": "a", "size": 10**9, "sha256": "00" * 32}]},
    "a counter that is text": {"counter": "5"},
    "a version without end": {"version": "1" * 99},
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_manifest_changes_nothing(name: str, tmp_path: Path) -> None:
    with pytest.raises(UpdateError):
        install(tmp_path, manifest(**WRONG[name]))
    assert Slots(FlashFiles(str(tmp_path / "slots"))).start() == "a"


@pytest.mark.parametrize("data", [b"outboX", b"outbo", b"outbox!"])
def test_a_file_that_is_not_the_manifests_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(UpdateError):
        install(tmp_path, manifest(), FILES | {"h24/outbox.mpy": data})
    assert Slots(FlashFiles(str(tmp_path / "slots"))).start() == "a"


def test_a_full_flash_refuses_before_a_byte_is_written(tmp_path: Path) -> None:
    with pytest.raises(UpdateError):
        install(tmp_path, manifest(), free=100)
    assert not (tmp_path / "b").exists()


def test_an_older_release_needs_a_signed_exception_for_the_one_that_runs(tmp_path: Path) -> None:
    install(tmp_path, manifest()).confirm()
    with pytest.raises(UpdateError):
        install(tmp_path, manifest(counter=4))
    with pytest.raises(UpdateError):
        install(tmp_path, manifest(counter=4, allows_from=6))
    assert install(tmp_path, manifest(counter=4, allows_from=5)).start() == "a"


def test_the_service_door_opens_once_for_a_signed_nonce() -> None:
    record: list[str] = []
    door = ServiceDoor("pad-03", PUBLIC, b"n" * 16, record.append, 0)
    assert door.challenge(False, 0) is None
    asked = door.challenge(True, 0)
    assert asked is not None
    assert not door.answer(KEY.sign(b"else"), 100)
    assert door.answer(KEY.sign(asked), 100)
    assert not door.answer(KEY.sign(asked), 100)
    assert door.challenge(True, 200) is None
    assert record == ["service door: wrong signature", "service door opened"]
