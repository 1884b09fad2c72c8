"""Thousands of rows into a table in a few statements: by COPY beside it, and from there at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

# What was merged last in this transaction, for statements that compare with it.
FRESH = "pg_temp.fresh_rows"


def merge_rows(
    model: type[models.Model], rows: Iterable[Sequence[Any]], *, columns: Sequence[str], key: Sequence[str]
) -> int:
    """Insert the rows, or let them replace these columns of the row with the same `key`. Returns how many.

    In the caller's transaction. JSON is given as text.
    """
    quote = connection.ops.quote_name
    table, names, keys = (
        quote(model._meta.db_table),
        ", ".join(map(quote, columns)),
        ", ".join(map(quote, key)),
    )
    changes = ", ".join(f"{quote(name)} = EXCLUDED.{quote(name)}" for name in columns if name not in key)
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {FRESH}")
        cursor.execute(
            f"CREATE TEMPORARY TABLE fresh_rows ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"  # noqa: S608
        )
        with connection.wrap_database_errors, cursor.copy(f"COPY {FRESH} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        # Rows without statistics would be joined one by one.
        cursor.execute(f"ANALYZE {FRESH}")
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {names} FROM {FRESH} "  # noqa: S608 – our own words
            f"ON CONFLICT ({keys}) DO UPDATE SET {changes}"
        )
    return count
