"""What a hall tells its centre: rows of the hall store, in order, in batches."""

import msgspec

from contract.body import Body, Fact, Reply, Request


class UplinkRow(Body, frozen=True, kw_only=True):
    """One device fact as the hall store committed it: its place there, its topic and its envelope."""

    row: int
    topic: str
    message: msgspec.Raw


class UplinkBatch(Fact, frozen=True, kw_only=True):
    """Consecutive rows of one hall store; the envelope's `inc` names the store and its `seq` is the last row."""

    first: int
    rows: tuple[UplinkRow, ...]


class RelayedRequest(Request, frozen=True, kw_only=True):
    """A device's request for a service of the centre, as the hall received it."""

    topic: str
    message: msgspec.Raw


class RelayedReply(Reply, frozen=True, kw_only=True):
    """The centre's answer, to be handed to the device on `topic`."""

    topic: str
    message: msgspec.Raw
