"""The boot window: for some seconds after a start the technician's tool may ask in, with keys held and a nonce signed.

The board holds a public key only: reading its flash opens no door. The nonce is used once, every attempt is recorded.
"""

from h24.ed25519 import verify

SECONDS = 8
ATTEMPTS = 3
_DOMAIN = b"hall24 service door 1\n"


class ServiceDoor:
    """`key` is the service's public key, `nonce` fresh random bytes, `record(text)` the tamper record."""

    def __init__(self, name, key, nonce, record, now):
        self._name, self._key, self._record = name, key, record
        self._nonce, self._left = nonce, ATTEMPTS
        self._until = now + SECONDS * 1000
        self.is_open = False

    def challenge(self, keys_held, now):
        """Return what the technician's tool has to sign, or None: too late, no keys held, or asked too often."""
        if not keys_held or now > self._until or self._nonce is None:
            return None
        return _DOMAIN + self._name.encode() + b"\n" + self._nonce

    def answer(self, signature, now):
        """Open for a right signature given in time; a wrong one is recorded, and the third closes until the next start."""
        if self._nonce is None or now > self._until:
            return False
        asked = _DOMAIN + self._name.encode() + b"\n" + self._nonce
        if verify(self._key, signature, asked):
            self._nonce, self.is_open = None, True
            self._record("service door opened")
            return True
        self._left -= 1
        self._record("service door: wrong signature")
        if not self._left:
            self._nonce = None
        return False
