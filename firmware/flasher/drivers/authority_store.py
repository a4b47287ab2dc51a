"""The authority's folder on the hall's machine: its key, the register of boards, the list of revoked certificates."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from cryptography.x509 import load_der_x509_certificate

from firmware.flasher.core import register
from firmware.flasher.core.authority import (
    SERIAL_BITS,
    Authority,
    issue,
    new_authority,
    read_authority,
    revocation_list,
)
from firmware.flasher.core.register import Entry
from firmware.flasher.errors import AuthorityError

BROKER, BROKER_KEY = "broker.pem", "broker.key"
CERTIFICATE, KEY, REGISTER, REVOKED, LOCK = "authority.pem", "authority.key", "boards.json", "revoked.pem", "lock"


def new_serial() -> int:
    """Return an unguessable serial number that is never zero."""
    return secrets.randbits(SERIAL_BITS) | 1


class AuthorityStore:
    """One folder, readable by its owner only; every change is written beside the old file and then takes its name."""

    def __init__(self, folder: Path, hall: str, now: Callable[[], datetime]) -> None:
        self._folder, self._hall, self._now = folder, hall, now

    def authority(self) -> Authority:
        """Return the hall's authority, made at its first use; raise AuthorityError if its files are damaged."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._locked():
            if not (self._folder / CERTIFICATE).exists():
                made = new_authority(self._hall, self._now(), new_serial())
                self._write(KEY, made.key_pem())
                self._write(CERTIFICATE, made.pem())
        return read_authority(self._read(CERTIFICATE), self._read(KEY))

    def entries(self) -> tuple[Entry, ...]:
        """Return the register; AuthorityError if it is damaged."""
        path = self._folder / REGISTER
        return register.decode(path.read_bytes()) if path.exists() else ()

    def change(self, edit: Callable[[Sequence[Entry]], tuple[Entry, ...]]) -> None:
        """Edit the register and write the list of revoked certificates that follows from it."""
        authority = self.authority()
        with self._locked():
            entries = edit(self.entries())
            now = self._now()
            self._write(REGISTER, register.encode(entries))
            self._write(REVOKED, revocation_list(authority, register.revoked(entries), now, int(now.timestamp())))

    def certify_server(self, host: str) -> tuple[Path, Path]:
        """Write a certificate and key (PEM) for the broker at `host`; return their paths."""
        authority = self.authority()
        given = issue(authority, self._hall, host, self._now(), new_serial(), is_server=True)
        certificate = load_der_x509_certificate(given.certificate).public_bytes(Encoding.PEM)
        key = load_der_private_key(given.key, None)
        with self._locked():
            self._write(BROKER_KEY, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            self._write(BROKER, certificate)
        return self._folder / BROKER, self._folder / BROKER_KEY

    @property
    def revoked_path(self) -> Path:
        """Where the list of revoked certificates is, for the broker's `crlfile`."""
        return self._folder / REVOKED

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise AuthorityError(f"{self._folder / name}: {error.strerror}; restore it from its backup") from error

    def _write(self, name: str, data: bytes) -> None:
        fresh = self._folder / f"{name}.new"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._folder / name)
