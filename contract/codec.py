"""The one JSON codec of the product."""

from functools import lru_cache
from typing import TypeVar

import msgspec

from contract.body import Body
from contract.envelope import MAX_MESSAGE, VERSION, Envelope
from contract.errors import LocalContractError, RemoteContractError
from contract.registry import BODIES

B = TypeVar("B", bound=Body)

_ENCODER = msgspec.json.Encoder()
_ENVELOPES = msgspec.json.Decoder(Envelope)


@lru_cache(maxsize=256)
def _decoder(kind: type[Body]) -> msgspec.json.Decoder[Body]:
    return msgspec.json.Decoder(kind)


def encode_body(body: Body) -> bytes:
    """Return a body's JSON; raise LocalContractError for a body the registry does not know."""
    if BODIES.get(type(body).__name__) is not type(body):
        raise LocalContractError(f"{type(body).__name__} is not registered in contract.registry")
    return _ENCODER.encode(body)


def encode(envelope: Envelope) -> bytes:
    """Return an envelope's JSON; raise LocalContractError if it is longer than a receiver accepts."""
    data = _ENCODER.encode(envelope)
    if len(data) > MAX_MESSAGE:
        raise LocalContractError(f"{envelope.type} is {len(data)} bytes, more than {MAX_MESSAGE}")
    return data


def decode(data: bytes) -> Envelope:
    """Return the envelope in `data`, its body still raw; raise RemoteContractError for anything else."""
    if len(data) > MAX_MESSAGE:
        raise RemoteContractError("oversize", f"{len(data)} bytes")
    try:
        envelope = _ENVELOPES.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RemoteContractError("envelope", str(error)) from error
    if envelope.v != VERSION:
        raise RemoteContractError("version", f"{envelope.v}, we speak {VERSION}")
    return envelope


def decode_body(kind: str, data: bytes | msgspec.Raw) -> Body:
    """Return the body of a message of type `kind`; raise RemoteContractError if unknown or incomplete."""
    known = BODIES.get(kind)
    if known is None:
        raise RemoteContractError("type", kind[:60])
    try:
        return _decoder(known).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RemoteContractError("body", f"{kind}: {error}") from error


def body_of(envelope: Envelope, expected: type[B]) -> B:
    """Return the envelope's body if it is of the `expected` family or type; raise RemoteContractError else."""
    body = decode_body(envelope.type, envelope.body)
    if not isinstance(body, expected):
        raise RemoteContractError("family", f"{envelope.type} is not a {expected.__name__}")
    return body
