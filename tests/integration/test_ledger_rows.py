import sqlalchemy as sa
from msgspec.inspect import RawType, StructType, type_info
from sqlalchemy.dialects import postgresql

from intake_server.core.kinds import FACTS, PERSONAL
from intake_server.store.bulk import MOST, _statement, insert_rows
from intake_server.store.schema import PLACE


def holds_raw(shape: object) -> bool:
    parts = [field.type for field in shape.fields] if isinstance(shape, StructType) else []
    parts += [*getattr(shape, "types", ()), *([shape.item_type] if hasattr(shape, "item_type") else [])]
    return isinstance(shape, RawType) or any(map(holds_raw, parts))


def test_a_fact_that_is_kept_as_it_was_encoded_holds_no_text_in_its_senders_own_order():
    assert [name for name, fact in FACTS.items() if name not in PERSONAL and holds_raw(type_info(fact))] == []
    assert holds_raw(type_info(FACTS["RequestAnswered"]))


def test_every_number_of_rows_arrives_whole_and_in_order():
    engine = sa.create_engine("sqlite://")
    PLACE.create(engine)
    first = 1
    for count in (0, 1, 3, MOST - 1, MOST, 2 * MOST + 7):
        rows = [(7, number, 2 * number) for number in range(first, first + count)]
        with engine.begin() as connection:
            insert_rows(connection, PLACE, rows)
            found = connection.execute(sa.select(PLACE).where(PLACE.c.seq >= first).order_by(PLACE.c.seq)).all()
        assert [tuple(one) for one in found] == rows
        first += count
    engine.dispose()


def test_a_statement_is_written_in_the_words_of_its_database():
    quoted = sa.Table("user", sa.MetaData(), sa.Column("row", sa.Text), sa.Column("order", sa.Text))
    dialect = postgresql.dialect(paramstyle="pyformat")
    assert _statement(dialect, quoted, 2) == 'INSERT INTO "user" (row, "order") VALUES (%s, %s), (%s, %s)'
