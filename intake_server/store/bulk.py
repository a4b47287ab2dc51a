"""Many rows into one table: statements of many rows each, so that SQLite runs beside Python instead of row by row."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa

Row = tuple[Any, ...]

MOST: Final = 100
"""Rows of one statement, a full batch of an uplink; times a table's columns they stay far below what can be bound."""


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows whose values stand in the order of the table's columns."""
    for first, count in _pieces(len(rows)):
        values = tuple(chain.from_iterable(rows[first : first + count]))
        connection.exec_driver_sql(_statement(connection.dialect, table, count), values)


def _pieces(total: int) -> Iterator[tuple[int, int]]:
    """Cut into full statements and powers of two, so that few statements serve every number of rows."""
    first = 0
    while first < total:
        left = total - first
        count = MOST if left >= MOST else 1 << (left.bit_length() - 1)
        yield first, count
        first += count


@lru_cache(maxsize=64)
def _statement(dialect: sa.Dialect, table: sa.Table, rows: int) -> str:
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in table.columns)
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    row = f"({', '.join([mark] * len(table.columns))})"
    return f"INSERT INTO {quote(table.name)} ({columns}) VALUES {', '.join([row] * rows)}"
