"""A release's manifest: signed with Ed25519 (RFC 8032), names every file by SHA-256. Boards read the same bytes.

The signed text is `hall24 release 1` and a newline, then the manifest's bytes.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from firmware.updates.errors import ReleaseError

DOMAIN = b"hall24 release 1\n"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FORMAT = 1
HOST_CHIP = "host"
"""The chip of releases for the hall's own machines."""
_BOARD_NAME = re.compile(r"[a-z0-9_./-]{1,40}")
_HOST_NAME = re.compile(r"[A-Za-z0-9_.+ /-]{1,160}")
_WORD = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


class Limits(msgspec.Struct, frozen=True):
    """How long a manifest, how many files and how large a file the receiver takes."""

    manifest: int
    files: int
    size: int


BOARD = Limits(8_192, 64, 262_144)
HOST = Limits(4_000_000, 20_000, 64_000_000)


class File(msgspec.Struct, frozen=True):
    """One file of a release; `sha256` in hexadecimal."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a release is: `counter` grows with every release, `until` (UNIX seconds) ends its installation.

    `allows_from` names the one newer counter from which going back to this release is permitted.
    """

    format: int = msgspec.field(default_factory=lambda: FORMAT)
    kind: str
    chip: str
    version: str
    counter: int
    until: int
    files: tuple[File, ...]
    allows_from: int | None = None


def limits_of(chip: str) -> Limits:
    """Return what receivers on a chip take."""
    return HOST if chip == HOST_CHIP else BOARD


def files_of(found: Mapping[str, bytes]) -> tuple[File, ...]:
    """Return the manifest's lines for files by name, in the order of their names."""
    return tuple(File(name, len(data), digest(data)) for name, data in sorted(found.items()))


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def encode(manifest: Manifest) -> bytes:
    """Return a manifest's bytes; raise ReleaseError for one its receivers would refuse."""
    _check_words(manifest)
    _check_files(manifest)
    data = msgspec.json.encode(manifest)
    if len(data) > limits_of(manifest.chip).manifest:
        raise ReleaseError(f"the manifest has {len(data)} bytes, more than its receivers take: leave files out")
    return data


def sign(data: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the 64 bytes that vouch for a manifest."""
    return key.sign(DOMAIN + data)


def open_signed(data: bytes, signature: bytes, keys: Iterable[Ed25519PublicKey]) -> Manifest:
    """Return the manifest in `data` if one of `keys` signed it; raise ReleaseError for anything else."""
    if len(data) > HOST.manifest or not any(_is_signed(data, signature, key) for key in keys):
        raise ReleaseError("nobody this hall trusts signed the release: build it with the hall's own key")
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except msgspec.DecodeError as error:
        raise ReleaseError(f"the manifest is damaged: {error}; build the release again") from error
    if found.format != FORMAT:
        raise ReleaseError(f"the manifest has format {found.format}: update this program first")
    encode(found)
    return found


def check_file(line: File, data: bytes) -> None:
    """Raise ReleaseError unless `data` is the file its manifest names."""
    if len(data) != line.size or digest(data) != line.sha256:
        raise ReleaseError(f"{line.name} is not the file its manifest names: build the release again")


def check_for(manifest: Manifest, kind: str, chip: str, counter: int, now: datetime) -> None:
    """Raise ReleaseError unless a release is for this place, still valid, and newer than `counter`."""
    if (manifest.kind, manifest.chip) != (kind, chip):
        raise ReleaseError(f"a release for a {manifest.kind} on {manifest.chip}: pick one for {kind} on {chip}")
    if now.timestamp() > manifest.until:
        raise ReleaseError(f"release {manifest.version} may not be installed any more: build it again")
    if manifest.counter <= counter and manifest.allows_from != counter:
        raise ReleaseError(
            f"release {manifest.counter} is not newer than {counter}: build it with --allow-from {counter} to go back"
        )


def next_counter(known: Sequence[Manifest]) -> int:
    """Return the counter of the next release of a kind."""
    return max((one.counter for one in known), default=0) + 1


def _is_signed(data: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature, DOMAIN + data)
    except InvalidSignature:
        return False
    return True


def _check_words(manifest: Manifest) -> None:
    for name in ("kind", "chip", "version"):
        if not _WORD.fullmatch(getattr(manifest, name)):
            raise ReleaseError(
                f"a release's {name} is a-z, 0-9, '.', '-', '_', at most 40: {getattr(manifest, name)!r}"
            )
    if not 0 < manifest.counter < 1 << 30 or not 0 < manifest.until < 1 << 40:
        raise ReleaseError("a release's counter or last day is out of range")


def _check_files(manifest: Manifest) -> None:
    limits, names = limits_of(manifest.chip), [one.name for one in manifest.files]
    if not 0 < len(names) <= limits.files or len(set(names)) != len(names):
        raise ReleaseError(f"a release names 1 to {limits.files} files, each once; this one names {len(names)}")
    for one in manifest.files:
        if not is_name(one.name, manifest.chip):
            raise ReleaseError(f"a file of a release may not be called {one.name!r}")
        if not 0 <= one.size <= limits.size or not re.fullmatch(r"[0-9a-f]{64}", one.sha256):
            raise ReleaseError(f"size or digest of {one.name} cannot be")


def is_name(name: str, chip: str) -> bool:
    """Return whether a file of a release may be called so: relative, no way upwards, not the manifest's own names."""
    pattern = _HOST_NAME if chip == HOST_CHIP else _BOARD_NAME
    parts = name.split("/")
    return bool(pattern.fullmatch(name)) and not {"", ".", ".."} & {*parts} and name not in (MANIFEST, SIGNATURE)
