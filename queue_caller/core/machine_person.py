"""Same person, without knowing who: a token out of the day's salt and an identity number."""

import hashlib
from datetime import date

SALT_BYTES = 32


def salt_of(told: str) -> bytes | None:
    """Return the salt a queue engine told in hexadecimal digits; None for anything else, also for none."""
    try:
        salt = bytes.fromhex(told)
    except ValueError:
        return None
    return salt if len(salt) == SALT_BYTES else None


def next_salt(known: bytes, day: date) -> bytes:
    """Return a day's salt made out of the last one known: machines that shared that one share this one too."""
    return hashlib.blake2b(day.isoformat().encode(), key=known, digest_size=SALT_BYTES).digest()


def person_token(salt: bytes, number: str) -> str:
    """Return 32 hexadecimal digits that say nothing about `number` to whoever lacks the salt (BLAKE2b, keyed)."""
    return hashlib.blake2b(number.encode(), key=salt, digest_size=16).hexdigest()
