"""Signed manifests: what the host writes, and every kind of wrong one."""

import json
from datetime import datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware.updates.core import manifest as manifests
from firmware.updates.core.manifest import File, Manifest
from firmware.updates.errors import ReleaseError
from hallkit.runtime.clock import SHANGHAI

NOW = datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI)
KEY = Ed25519PrivateKey.from_private_bytes(b"7" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"8" * 32)
FILES = {"main.mpy": b"main", "h24/outbox.mpy": b"outbox"}
GOOD = Manifest(
    kind="rating-pad", chip="esp32", version="0.2.0", counter=5, until=2_000_000_000, files=manifests.files_of(FILES)
)


def test_a_manifest_comes_back_as_it_was_signed() -> None:
    data = manifests.encode(GOOD)
    assert manifests.open_signed(data, manifests.sign(data, KEY), (OTHER.public_key(), KEY.public_key())) == GOOD
    assert json.loads(data)["files"][0] == {
        "name": "h24/outbox.mpy", "size": 6, "sha256": manifests.digest(b"outbox"),
    }  # fmt: skip


def test_every_flipped_byte_is_noticed() -> None:
    data = manifests.encode(GOOD)
    signature = manifests.sign(data, KEY)
    for place in range(len(data)):
        wrong = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(ReleaseError):
            manifests.open_signed(wrong, signature, (KEY.public_key(),))
    for wrong in (b"", signature[:-1], bytes(64)):
        with pytest.raises(ReleaseError):
            manifests.open_signed(data, wrong, (KEY.public_key(),))
    with pytest.raises(ReleaseError):
        manifests.open_signed(data, signature, (OTHER.public_key(),))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"nonsense", b'{"format":2}'])
def test_signed_nonsense_is_still_refused(data: bytes) -> None:
    with pytest.raises(ReleaseError):
        manifests.open_signed(data, manifests.sign(data, KEY), (KEY.public_key(),))


@pytest.mark.parametrize("wrong", [
    {"kind": "Rating Pad"}, {"kind": ".."}, {"version": ""}, {"version": "a/b"}, {"chip": "x" * 41}, {"counter": 0},
    {"until": 0}, {"files": ()}, {"files": (File("a", 1, "0" * 64),) * 2}, {"files": (File("../a", 1, "0" * 64),)},
    {"files": (File("/a", 1, "0" * 64),)}, {"files": (File("A.mpy", 1, "0" * 64),)},
    {"files": (File("manifest.json", 1, "0" * 64),)}, {"files": (File("a", 262_145, "0" * 64),)},
    {"files": (File("a", 1, "0" * 63),)}, {"files": tuple(File(f"f{one}", 1, "0" * 64) for one in range(65))},
])  # fmt: skip
def test_what_a_board_would_refuse_is_never_signed(wrong: dict[str, object]) -> None:
    with pytest.raises(ReleaseError):
        manifests.encode(msgspec.structs.replace(GOOD, **wrong))


def test_a_program_may_have_more_and_longer_names_than_a_board() -> None:
    files = tuple(File(f"kiosk/Screens/{one}.PNG", 1, "0" * 64) for one in range(500))
    assert manifests.encode(msgspec.structs.replace(GOOD, chip=manifests.HOST_CHIP, files=files))


def test_a_release_goes_where_it_belongs_and_not_backwards() -> None:
    manifests.check_for(GOOD, "rating-pad", "esp32", 4, NOW)
    for kind, chip, counter, now in (
        ("sensor", "esp32", 4, NOW), ("rating-pad", "rp2", 4, NOW), ("rating-pad", "esp32", 5, NOW),
        ("rating-pad", "esp32", 4, NOW + timedelta(days=3650)),
    ):  # fmt: skip
        with pytest.raises(ReleaseError):
            manifests.check_for(GOOD, kind, chip, counter, now)
    back = msgspec.structs.replace(GOOD, counter=3, allows_from=5)
    manifests.check_for(back, "rating-pad", "esp32", 5, NOW)
    with pytest.raises(ReleaseError):
        manifests.check_for(back, "rating-pad", "esp32", 6, NOW)


def test_a_file_is_the_one_its_manifest_names_or_none() -> None:
    (_, line) = GOOD.files
    manifests.check_file(line, b"main")
    for wrong in (b"mainx", b"mai", b"maim", b""):
        with pytest.raises(ReleaseError, match=r"main\.mpy"):
            manifests.check_file(line, wrong)


def test_counters_grow() -> None:
    assert manifests.next_counter([]) == 1
    assert manifests.next_counter([GOOD, msgspec.structs.replace(GOOD, counter=3)]) == 6
