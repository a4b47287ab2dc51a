"""Releases in a folder: kind, chip, version; each with its manifest, signature and files."""

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from firmware.updates.core import manifest as manifests
from firmware.updates.core.manifest import MANIFEST, SIGNATURE, Manifest
from firmware.updates.drivers import durable
from firmware.updates.errors import ReleaseError

WITHDRAWN = "withdrawn.json"


class Withdrawal(msgspec.Struct, frozen=True):
    """Why a release may not be installed any more, and since when."""

    at: datetime
    why: str


class Release(msgspec.Struct, frozen=True):
    """A release that was found, checked, in its folder."""

    manifest: Manifest
    folder: Path
    withdrawn: Withdrawal | None = None

    def read(self, name: str) -> bytes:
        """Return one of its files, checked again; raise ReleaseError for a name the manifest does not know."""
        line = next((one for one in self.manifest.files if one.name == name), None)
        if line is None:
            raise ReleaseError(f"release {self.manifest.version} has no file {name!r}")
        data = _read(self.folder / name)
        manifests.check_file(line, data)
        return data


class ReleaseStore:
    """`keys` are those whose releases count here."""

    def __init__(self, root: Path, keys: Sequence[Ed25519PublicKey]) -> None:
        self._root, self._keys = root, tuple(keys)

    def add(self, manifest: Manifest, files: Mapping[str, bytes], key: Ed25519PrivateKey) -> Release:
        """Sign a release and put it in its folder whole; raise ReleaseError if the version is there already."""
        folder = self._folder(manifest.kind, manifest.chip, manifest.version)
        data = manifests.encode(manifest)
        if folder.exists():
            raise ReleaseError(f"{manifest.kind} {manifest.version} for {manifest.chip} is there: take another version")
        fresh = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for name, content in {**files, MANIFEST: data, SIGNATURE: manifests.sign(data, key)}.items():
            durable.write(fresh / name, content)
        os.rename(fresh, folder)  # noqa: PTH104 - Path.rename has no folder semantics of its own
        durable.flush_folder(folder.parent)
        return self.get(manifest.kind, manifest.chip, manifest.version)

    def get(self, kind: str, chip: str, version: str) -> Release:
        """Return a release whose signature holds; its files are checked as they are read. ReleaseError otherwise."""
        folder = self._folder(kind, chip, version)
        if not folder.is_dir():
            raise ReleaseError(f"there is no {kind} {version} for {chip}: build it, or look at `hall24 ota list`")
        found = manifests.open_signed(_read(folder / MANIFEST), _read(folder / SIGNATURE), self._keys)
        if (found.kind, found.chip, found.version) != (kind, chip, version):
            raise ReleaseError(f"{folder} holds another release than its name says: build it again")
        return Release(found, folder, _withdrawal(folder))

    def verify(self, kind: str, chip: str, version: str) -> Release:
        """Return a release after every file was read and compared; raise ReleaseError with the first that differs."""
        found = self.get(kind, chip, version)
        for line in found.manifest.files:
            found.read(line.name)
        names = {path.relative_to(found.folder).as_posix() for path in found.folder.rglob("*") if path.is_file()}
        known = {MANIFEST, SIGNATURE, WITHDRAWN, *(line.name for line in found.manifest.files)}
        if strangers := sorted(names - known):
            raise ReleaseError(f"{strangers[0]} is in the release's folder and not in its manifest: build it again")
        return found

    def usable(self, kind: str, chip: str, version: str) -> Release:
        """Return a release that is not withdrawn; ReleaseError otherwise."""
        found = self.get(kind, chip, version)
        if found.withdrawn is not None:
            raise ReleaseError(f"{kind} {version} was withdrawn: {found.withdrawn.why}")
        return found

    def releases(self, kind: str = "", chip: str = "") -> list[Release]:
        """Return every release of a kind and chip (empty: any) by counter."""
        paths = sorted(self._root.glob(f"{kind or '*'}/{chip or '*'}/[!.]*/{MANIFEST}"))
        found = [self.get(*path.parent.relative_to(self._root).parts) for path in paths]
        return sorted(found, key=lambda one: (one.manifest.kind, one.manifest.chip, one.manifest.counter))

    def withdraw(self, kind: str, chip: str, version: str, withdrawal: Withdrawal) -> None:
        """Let nobody install a release from now on."""
        folder = self.get(kind, chip, version).folder
        durable.write(folder / WITHDRAWN, msgspec.json.encode(withdrawal) + b"\n")

    def _folder(self, kind: str, chip: str, version: str) -> Path:
        if any("/" in part or part.startswith(".") or not part for part in (kind, chip, version)):
            raise ReleaseError(f"{kind!r} {chip!r} {version!r} names no release")
        return self._root / kind / chip / version


def _withdrawal(folder: Path) -> Withdrawal | None:
    path = folder / WITHDRAWN
    return msgspec.json.decode(path.read_bytes(), type=Withdrawal) if path.exists() else None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReleaseError(f"{path}: {error.strerror}; build the release again") from error
