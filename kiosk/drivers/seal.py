"""What must wait on the disk, sealed with a key that is not there (AES-256-GCM, key by HKDF from the secret)."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.errors import KioskError

NONCE = 12
_PURPOSE = b"hall24 kiosk sealed applications"


class SealError(KioskError):
    """What was kept cannot be opened: the kiosk's secret was changed, or the disk damaged it."""


class Seal:
    """Seals and opens with the device's own secret."""

    def __init__(self, secret: str, salt: bytes) -> None:
        key = HKDF(SHA256(), 32, salt, _PURPOSE).derive(secret.encode())
        self._cipher = AESGCM(key)

    def close(self, plain: bytes, name: str, nonce: bytes) -> bytes:
        """Return `plain` sealed under `name`; `nonce` has 12 random bytes, never the same twice."""
        return nonce + self._cipher.encrypt(nonce, plain, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """Return what was sealed under `name`; raise SealError if it is not that."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
        except InvalidTag as error:
            raise SealError("a kept application cannot be opened; was the kiosk's password changed?") from error
