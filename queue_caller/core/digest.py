"""Digests of what was said, to tell a repeat from a contradiction."""

from hashlib import sha256

import msgspec

from contract.body import Body

_ENCODER = msgspec.json.Encoder()


def digest_of(body: Body) -> str:
    """Return 32 hexadecimal digits that two equal bodies of one type share."""
    said = type(body).__name__.encode() + b"\n" + _ENCODER.encode(body)
    return sha256(said).hexdigest()[:32]
