"""The token of an electronic identity shown as a QR code: who, until when, signed by the identity authority.

`eid1.` and three base64url parts: the holder (JSON), an Ed25519 signature over `eid1.` and the holder. Only whoever
holds the authority's public key can tell; the check of the signature comes in as an argument.
"""

import base64
import json
from collections.abc import Callable
from datetime import datetime

from kiosk.core.session import Person, Proof

PREFIX = "eid1."
LONGEST = 1024

IsSigned = Callable[[bytes, bytes], bool]
"""Tells whether the second is the authority's signature of the first."""


class TokenError(ValueError):
    """A code that is no token, forged or past its time; the message repeats nothing of it."""


def is_token(text: str) -> bool:
    """Return whether a scanned code means to be a token."""
    return text.startswith(PREFIX)


def claim_of(name: str, identity: str, until: datetime, address: str = "") -> bytes:
    """Return what the authority signs."""
    holder = {"name": name, "identity": identity, "address": address, "until": until.isoformat()}
    return PREFIX.encode() + base64.urlsafe_b64encode(json.dumps(holder, ensure_ascii=False).encode()).rstrip(b"=")


def token_of(claim: bytes, signature: bytes) -> str:
    """Return the text of the code."""
    return f"{claim.decode()}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def holder_of(text: str, now: datetime, is_signed: IsSigned) -> Person:
    """Return who shows the token; raise TokenError if it proves nothing."""
    claim, _, tail = text.rpartition(".")
    if len(text) > LONGEST or not is_token(text):
        raise TokenError("this is no identity token")
    try:
        if not is_signed(claim.encode(), _decoded(tail)):
            raise TokenError("the token is not the authority's")
        holder = json.loads(_decoded(claim.removeprefix(PREFIX)))
        until = datetime.fromisoformat(holder["until"])
        person = Person(
            name=str(holder["name"]), identity=str(holder["identity"]), address=str(holder["address"]), proof=Proof.CODE
        )
    except (ValueError, KeyError, TypeError) as error:
        raise error if isinstance(error, TokenError) else TokenError("the token cannot be read") from error
    if until.tzinfo is None or until < now:
        raise TokenError("the token is past its time")
    return person


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
