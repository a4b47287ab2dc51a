"""Device and service passwords in mosquitto's own form, so that either broker reads the same file.

A line is `user:$7$iterations$salt$hash`: PBKDF2-HMAC-SHA512, salt and hash in base 64 (mosquitto 2.0, password_mosq).
The passwords of a hall are machine-made and long; the iterations need not slow down a guesser of words.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Final

from hallkit.broker.errors import PasswordFormatError
from hallkit.codecs.mqtt import Connect

SALT_BYTES: Final = 12
ITERATIONS: Final = 1_000
_HASH_BYTES: Final = 64
_MOST_ITERATIONS: Final = 1_000_000
_FORM: Final = re.compile(r"\$7\$([1-9][0-9]{0,6})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)")


def hash_password(password: bytes, salt: bytes, iterations: int = ITERATIONS) -> str:
    """Return `$7$iterations$salt$hash`; `salt` is SALT_BYTES of randomness."""
    digest = hashlib.pbkdf2_hmac("sha512", password, salt, iterations, _HASH_BYTES)
    return f"$7${iterations}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def password_file(hashes: Mapping[str, str]) -> str:
    """Return the lines of a password file."""
    return "".join(f"{user}:{hashed}\n" for user, hashed in hashes.items())


def parse_password_file(text: str) -> dict[str, str]:
    """Return user to hash; raise PasswordFormatError with the line that is wrong."""
    hashes = {}
    for number, line in enumerate(text.splitlines(), 1):
        user, colon, hashed = line.partition(":")
        if not colon or not user:
            raise PasswordFormatError(f"password file, line {number}: not user:hash")
        hashes[user] = hashed
    return hashes


class Passwords:
    """Knows who presents the right password; a password once proven is recognised without hashing it slowly again."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self._known = {user: _parse(user, hashed) for user, hashed in hashes.items()}
        self._nobody = (1_000, bytes(SALT_BYTES), bytes(_HASH_BYTES))
        self._key = secrets.token_bytes(32)
        self._proven: dict[str, bytes] = {}

    def identify(self, connect: Connect) -> str | None:
        """Return the user name of `connect` if its password is right, else None."""
        if connect.user_name is None or connect.password is None:
            return None
        return connect.user_name if self.verify(connect.user_name, connect.password) else None

    def verify(self, user: str, password: bytes) -> bool:
        """Whether `password` is that of `user`; an unknown user takes as long as a known one."""
        mark = hmac.digest(self._key, password, "sha256")
        if hmac.compare_digest(self._proven.get(user, b""), mark):
            return True
        iterations, salt, expected = self._known.get(user, self._nobody)
        digest = hashlib.pbkdf2_hmac("sha512", password, salt, iterations, _HASH_BYTES)
        if user not in self._known or not hmac.compare_digest(digest, expected):
            return False
        self._proven[user] = mark
        return True


def _parse(user: str, hashed: str) -> tuple[int, bytes, bytes]:
    try:
        if (found := _FORM.fullmatch(hashed)) is None or int(found[1]) > _MOST_ITERATIONS:
            raise PasswordFormatError(f"{user}: the password hash is not $7$iterations$salt$hash")
        salt, digest = (base64.b64decode(part, validate=True) for part in found.group(2, 3))
    except binascii.Error as error:
        raise PasswordFormatError(f"{user}: the password hash is not base 64") from error
    if len(digest) != _HASH_BYTES:
        raise PasswordFormatError(f"{user}: the password hash is not {_HASH_BYTES} bytes long")
    return int(found[1]), salt, digest
