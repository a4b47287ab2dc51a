"""The seven families a message body belongs to; a body's type name is its class name."""

import msgspec


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says; unknown fields are ignored, missing ones refused."""


class Fact(Body, frozen=True, kw_only=True):
    """Something that happened; past tense, travels on `ev`, is stored for ever."""


class Request(Body, frozen=True, kw_only=True):
    """Something a device asks of a service; imperative, travels on `req` with an idempotency key."""


class Reply(Body, frozen=True, kw_only=True):
    """A service's answer to a request, on `rep`."""


class Command(Body, frozen=True, kw_only=True):
    """Something a service tells a device to do; imperative, on `cmd` with a deadline."""


class Result(Body, frozen=True, kw_only=True):
    """A device's answer to a command, on `res`."""


class State(Body, frozen=True, kw_only=True):
    """What a device is now; retained on `st`."""


class Board(Body, frozen=True, kw_only=True):
    """What a zone shows everybody; retained on the zone's board."""
