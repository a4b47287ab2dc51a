"""Releases on disk: built, verified, withdrawn, and read by the device's own code."""

import importlib
import sys
from pathlib import Path

import pytest
from update_rig import CHIP, FILES, KIND, NEW, NIGHT, release, store

from firmware.updates.app.build import board_files, build, program_files
from firmware.updates.drivers.release_store import Withdrawal
from firmware.updates.drivers.signing_key import KEY, signing_key, trusted
from firmware.updates.errors import ReleaseError

ROOT = Path(__file__).parents[3]


def test_a_release_is_built_once_and_found_again(tmp_path: Path) -> None:
    made = release(tmp_path)
    assert made.manifest.counter == 1
    assert release(tmp_path, "0.3.0").manifest.counter == 2
    assert [one.manifest.version for one in store(tmp_path).releases(KIND, CHIP)] == [NEW, "0.3.0"]
    assert store(tmp_path).verify(KIND, CHIP, NEW).read("main.mpy") == FILES["main.mpy"]
    with pytest.raises(ReleaseError, match="another version"):
        release(tmp_path)


@pytest.mark.parametrize("name", ["main.mpy", "manifest.json", "manifest.sig", "stranger.mpy"])
def test_a_folder_that_was_touched_is_noticed(tmp_path: Path, name: str) -> None:
    folder = release(tmp_path).folder
    path = folder / name
    path.write_bytes((path.read_bytes()[:-1] if path.exists() else b"") + b"x")
    with pytest.raises(ReleaseError):
        store(tmp_path).verify(KIND, CHIP, NEW)


def test_a_file_that_is_missing_is_noticed(tmp_path: Path) -> None:
    (release(tmp_path).folder / "main.mpy").unlink()
    with pytest.raises(ReleaseError, match=r"main\.mpy"):
        store(tmp_path).verify(KIND, CHIP, NEW)


def test_a_withdrawn_release_is_listed_and_not_used(tmp_path: Path) -> None:
    release(tmp_path)
    store(tmp_path).withdraw(KIND, CHIP, NEW, Withdrawal(NIGHT, "wrong strings"))
    assert store(tmp_path).verify(KIND, CHIP, NEW).withdrawn == Withdrawal(NIGHT, "wrong strings")
    with pytest.raises(ReleaseError, match="wrong strings"):
        store(tmp_path).usable(KIND, CHIP, NEW)


@pytest.mark.parametrize("version", ["..", "../x", "", ".hidden", "none"])
def test_a_name_leads_nowhere_else(tmp_path: Path, version: str) -> None:
    with pytest.raises(ReleaseError):
        store(tmp_path).get(KIND, CHIP, version)


def test_the_key_is_its_owners_alone_and_the_trusted_file_is_enough_to_check(tmp_path: Path) -> None:
    key = signing_key(tmp_path / "authority")
    assert (tmp_path / "authority" / KEY).stat().st_mode & 0o077 == 0
    assert [one.public_bytes_raw() for one in trusted(tmp_path / "authority")] == [key.public_key().public_bytes_raw()]
    with pytest.raises(ReleaseError, match="copy it"):
        trusted(tmp_path)


def test_a_board_reads_the_whole_firmware_as_the_host_released_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [one for one in sys.modules if one.startswith("h24")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(ROOT / "firmware" / "device" / "lib"))
    on_board = importlib.import_module("h24.manifest")
    made = build(
        store(tmp_path), signing_key(tmp_path / "authority"), KIND, CHIP, "1.0", board_files(KIND, CHIP), NIGHT
    )
    data, signature = ((made.folder / name).read_bytes() for name in ("manifest.json", "manifest.sig"))
    (key,) = trusted(tmp_path / "authority")
    found = on_board.open_manifest(data, signature, [key.public_bytes_raw()])
    on_board.check(found, KIND, CHIP, 0, int(NIGHT.timestamp() * 1000))
    assert (found.version, found.counter) == ("1.0", 1)
    assert {name for name, _, _ in found.files} == {one.name for one in made.manifest.files}
    assert "apps/rating_pad.mpy" in {name for name, _, _ in found.files}


def test_the_halls_own_programs_carry_their_version(tmp_path: Path) -> None:
    files = program_files(ROOT, "0.2.0")
    assert files["RELEASE"] == b"0.2.0\n"
    assert "queue_caller/app/engine.py" in files
    assert not [name for name in files if "__pycache__" in name]
    made = build(store(tmp_path), signing_key(tmp_path / "authority"), "queue-engine", "host", "0.2.0", files, NIGHT)
    assert store(tmp_path).verify("queue-engine", "host", "0.2.0").manifest == made.manifest
    with pytest.raises(ReleaseError, match="holds none"):
        program_files(tmp_path, "0.2.0")
