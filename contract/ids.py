"""Identifiers, made of a time and random bits that the caller brings."""

from datetime import datetime

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _base32(number: int, length: int) -> str:
    return "".join(_CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(length)))


def ulid(now: datetime, random80: int) -> str:
    """Return a 26-character ULID: 48 bits of milliseconds, 80 bits of chance."""
    return _base32(int(now.timestamp() * 1000), 10) + _base32(random80, 16)


def token(random128: int) -> str:
    """Return a 26-character token of 128 bits, unguessable if its bits are."""
    return _base32(random128, 26)
