"""Identifiers in Crockford's base 32, made of a time and random bytes that the caller brings. Pure."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _base32(number, length):
    return "".join([_CROCKFORD[(number >> (5 * place)) & 31] for place in range(length - 1, -1, -1)])


def ulid(ms, random10):
    """Return a 26-character ULID of milliseconds and ten random bytes."""
    return _base32(ms, 10) + _base32(int.from_bytes(random10, "big"), 16)


def token(random16):
    """Return a 26-character token of sixteen random bytes."""
    return _base32(int.from_bytes(random16, "big"), 26)
