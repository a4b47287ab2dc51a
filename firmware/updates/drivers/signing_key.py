"""The hall's key for releases, readable by its owner only, and the keys a machine trusts."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from firmware.updates.drivers import durable
from firmware.updates.errors import ReleaseError

KEY, TRUSTED = "release.key", "release.trusted"


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """Return the hall's key, made at its first use; raise ReleaseError if its file is damaged."""
    path = folder / KEY
    if not path.exists():
        made = Ed25519PrivateKey.generate()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        durable.write(path, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
        durable.write(folder / TRUSTED, made.public_key().public_bytes_raw().hex().encode() + b"\n")
    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, OSError) as error:
        raise ReleaseError(f"{path} cannot be read: {error}; restore it from its backup") from error
    if not isinstance(found, Ed25519PrivateKey):
        raise ReleaseError(f"{path} is no Ed25519 key: restore it from its backup")
    return found


def trusted(folder: Path) -> tuple[Ed25519PublicKey, ...]:
    """Return the public keys in `release.trusted`, one in hexadecimal a line; ReleaseError if there is none."""
    path = folder / TRUSTED
    try:
        lines = path.read_text("ascii").split()
        found = tuple(Ed25519PublicKey.from_public_bytes(bytes.fromhex(line)) for line in lines)
    except (ValueError, OSError) as error:
        raise ReleaseError(f"{path} cannot be read: {error}; copy it from the machine that builds releases") from error
    if not found:
        raise ReleaseError(f"{path} names no key: copy it from the machine that builds releases")
    return found
