"""Rows in and out of PostgreSQL by COPY."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

WRITTEN_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Rows:
    """Rows of one model. The columns that are not named take the default of their field."""

    model: type[models.Model]
    columns: Sequence[str]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, *values: Any) -> int:
        """Returns the row's id: the ids count from 1."""
        self.rows.append(values)
        return len(self.rows)


def copy_in(tables: Iterable[Rows]) -> dict[str, int]:
    """Write all rows, in order; later inserts get the ids that follow. Returns how many by table."""
    counts = {}
    for table in tables:
        name = table.model._meta.db_table
        others = [each for each in table.model._meta.concrete_fields if _is_left_to_default(each, table)]
        constants = tuple(_default(each) for each in others)
        columns = ["id", *table.columns, *(str(each.column) for each in others)]
        with connection.cursor() as cursor:
            names = ", ".join(connection.ops.quote_name(column) for column in columns)
            with cursor.copy(f"COPY {name} ({names}) FROM STDIN") as copy:
                for number, row in enumerate(table.rows, start=1):
                    copy.write_row((number, *row, *constants))
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [name, max(len(table.rows), 1)]
            )
        counts[name] = len(table.rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return counts


def _is_left_to_default(each: models.Field, table: Rows) -> bool:
    return not each.primary_key and each.column not in table.columns


def _default(each: models.Field) -> Any:
    if getattr(each, "auto_now_add", False):
        return WRITTEN_AT
    return each.get_db_prep_save(each.get_default(), connection)


def copy_out(statement: str) -> int:
    """Read the rows of a table or query as text and drop them. Returns the bytes."""
    size = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {statement} TO STDOUT") as copy:
        for block in copy:
            size += len(block)
    return size
