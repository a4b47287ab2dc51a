"""Which board stands at which place of a hall, as the technician's tool said it last."""

from dataclasses import asdict

import sqlalchemy as sa

from intake_server.core.board import Board
from intake_server.store.schema import METADATA

BOARD = sa.Table(
    "board",
    METADATA,
    sa.Column("hall", sa.Text, primary_key=True),
    sa.Column("device", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("kind", "board", "serial", "version", "issued", "expires")),
    sa.Column("window", sa.BigInteger),
)


class BoardInventory:
    """One hall's boards; every method belongs on the writer."""

    def __init__(self, engine: sa.Engine, hall: str) -> None:
        self._engine, self._hall = engine, hall

    def put(self, board: Board) -> None:
        """Keep a board in the place of the one before."""
        here = sa.and_(BOARD.c.hall == self._hall, BOARD.c.device == board.device)
        with self._engine.begin() as connection:
            connection.execute(BOARD.delete().where(here))
            connection.execute(BOARD.insert(), {"hall": self._hall, **asdict(board)})

    def all(self) -> list[Board]:
        """Return the boards by device name."""
        wanted = [column for column in BOARD.c if column.name != "hall"]
        query = sa.select(*wanted).where(BOARD.c.hall == self._hall).order_by(BOARD.c.device)
        with self._engine.connect() as connection:
            return [Board(**row._mapping) for row in connection.execute(query)]
