"""Puts a book's rows into temporary tables, one for each file, and completes them there.

A staged row keeps its line. `is_bad` rows stay as well, for the sake of the rows that refer to them.
"""

from collections.abc import Iterable, Sequence

from django.db import connection

from clients.exchange.reading import ParsedRow
from clients.exchange.spec import Column
from clients.exchange.tables import Table, quote


def create_stage(table: Table) -> None:
    """An empty staging table, gone with the transaction."""
    columns = ", ".join(f"{quote(column.name)} {column.type.storage}" for column in table.spec.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table.stage}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE {table.stage} "
            f"(line integer NOT NULL, is_bad boolean NOT NULL, action text, {columns}) ON COMMIT DROP"
        )


def fill_stage(table: Table, rows: Iterable[ParsedRow]) -> int:
    """Copy rows into the stage as they are read; returns how many there were."""
    names = [column.name for column in table.spec.columns]
    listed = ", ".join(["line", "is_bad", *map(quote, names)])
    statement = f"COPY {table.stage} ({listed}) FROM STDIN"
    count = 0
    with connection.cursor() as cursor:
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in rows:
                values = row.values
                copy.write_row((row.line, row.is_bad, *(values.get(name) for name in names)))
                count += 1
        cursor.execute(f"ANALYZE {table.stage}")
    return count


def complete_stage(table: Table, columns: Sequence[Column]) -> None:
    """Give the columns that the file does not have what the agency's rows have, and new rows the defaults."""
    absent = [column for column in table.spec.columns if column not in columns]
    if not absent:
        return
    taken = ", ".join(f"{quote(column.name)} = e.{quote(column.name)}" for column in absent)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table.stage} s SET {taken} FROM {table.existing} e "
            f"WHERE NOT s.is_bad AND {table.same_key('s', 'e')}"
        )
        for column in absent:
            if column.default is not None:
                name = quote(column.name)
                cursor.execute(f"UPDATE {table.stage} SET {name} = %s WHERE {name} IS NULL", [column.blank])
