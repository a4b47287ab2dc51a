"""Materials' bytes, received in pieces and checked against their own name."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from contract.case_requests import DocumentReply, SendDocument
from contract.cases import CaseRefusal, GivenMaterial
from intake_server.core.cases.errors import RefusedError
from intake_server.core.ledger import microseconds
from intake_server.store.case_tables import DOCUMENT, PIECE


def receive(connection: sa.Connection, request: SendDocument, now: datetime) -> DocumentReply:
    """Keep the next piece of a document; a piece out of turn only tells how many bytes are here.

    A whole document whose bytes do not have its name is thrown away and has to be sent again from the start.
    """
    known = connection.execute(sa.select(DOCUMENT).where(DOCUMENT.c.digest == request.digest)).one_or_none()
    received = known.received if known is not None else 0
    size = known.size if known is not None else request.size
    if request.offset != received or received == size:
        return DocumentReply(digest=request.digest, received=received, is_complete=received == size)
    end = received + len(request.data)
    if end > size or size != request.size:
        raise RefusedError(CaseRefusal.BAD_DOCUMENT, request.digest[:8])
    row = {"digest": request.digest, "start": received, "data": request.data}
    connection.execute(PIECE.insert(), row)
    if known is None:
        fresh = {"digest": request.digest, "size": size, "received": end, "at_us": microseconds(now)}
        connection.execute(DOCUMENT.insert(), fresh)
    else:
        connection.execute(DOCUMENT.update().where(DOCUMENT.c.digest == request.digest).values(received=end))
    if end == size and hashlib.sha256(content(connection, request.digest)).hexdigest() != request.digest:
        for table in (PIECE, DOCUMENT):
            connection.execute(table.delete().where(table.c.digest == request.digest))
        return DocumentReply(digest=request.digest, received=0, is_complete=False)
    return DocumentReply(digest=request.digest, received=end, is_complete=end == size)


def content(connection: sa.Connection, digest: str) -> bytes:
    """Return a document's bytes as far as they are here."""
    wanted = sa.select(PIECE.c.data).where(PIECE.c.digest == digest).order_by(PIECE.c.start)
    return b"".join(bytes(data) for data in connection.execute(wanted).scalars())


def check_here(connection: sa.Connection, materials: Sequence[GivenMaterial]) -> None:
    """Raise RefusedError for a material whose bytes are not all here: send them, then ask again."""
    for material in materials:
        if material.digest is None:
            continue
        whole = sa.and_(DOCUMENT.c.digest == material.digest, DOCUMENT.c.received == DOCUMENT.c.size)
        if connection.execute(sa.select(DOCUMENT.c.digest).where(whole)).one_or_none() is None:
            raise RefusedError(CaseRefusal.BAD_DOCUMENT, material.code)
