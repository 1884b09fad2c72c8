"""The SQL names of a file's two tables: the agency's own, and the temporary one in which a book is checked.

Everything put into SQL text here comes from the specs and the models, never from a book.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, Model

from clients.exchange import derived_files
from clients.exchange.book_format import FILES
from clients.exchange.spec import Column, FileSpec

# In the order of writing: parents before children.
ALL_SPECS = derived_files.with_derived(FILES)
_SPECS = {spec.name: spec for spec in ALL_SPECS}


def quote(name: str) -> str:
    return connection.ops.quote_name(name)


@dataclass(frozen=True)
class Table:
    """One file's spec with its model."""

    spec: FileSpec

    @cached_property
    def model(self) -> type[Model]:
        return apps.get_model(self.spec.model)

    @cached_property
    def name(self) -> str:
        """The agency's table, quoted."""
        return quote(self.model._meta.db_table)

    @cached_property
    def stage(self) -> str:
        """The temporary table, quoted; its columns are `line`, `is_bad`, `action` and the file's own."""
        return quote(f"book_{self.spec.title}")

    @cached_property
    def is_self_referring(self) -> bool:
        return any(column.type.file == self.spec.name for column in self.spec.references)

    def field(self, column: Column) -> "Field[Any, Any]":
        field = self.model._meta.get_field(column.target)
        assert isinstance(field, Field), f"{self.spec.model}.{column.target} is no column"
        return field

    def db_column(self, column: Column) -> str:
        return quote(str(self.field(column).column))

    @cached_property
    def key(self) -> str:
        """The single key column of a file that others refer to."""
        (name,) = self.spec.key
        return name

    @cached_property
    def key_db_column(self) -> str:
        return self.db_column(self.spec.column(self.key))

    def joins(self, alias: str) -> list[tuple[Column, "Table", str]]:
        """The file's references with their tables and an alias for each."""
        return [
            (column, table_of(column.type.file), f"{alias}{number}")
            for number, column in enumerate(self.spec.references)
        ]

    @cached_property
    def existing(self) -> str:
        """A subquery: the agency's rows in the columns of the file (references as the book's ids), and `pk`."""
        aliases = {column.name: alias for column, _parent, alias in self.joins("p")}
        columns = ['t."id" AS pk']
        for column in self.spec.columns:
            parent = aliases.get(column.name)
            source = (
                f"{parent}.{table_of(column.type.file).key_db_column}"
                if parent
                else f"t.{self.db_column(column)}"
            )
            columns.append(f"{source}::{column.type.storage} AS {quote(column.name)}")
        joins = [
            f'LEFT JOIN {parent.name} {alias} ON {alias}."id" = t.{self.db_column(column)}'
            for column, parent, alias in self.joins("p")
        ]
        return f"(SELECT {', '.join(columns)} FROM {self.name} t {' '.join(joins)})"

    @cached_property
    def effective(self) -> str:
        """A subquery: the rows as the import would leave them, staged ones and untouched existing ones."""
        names = ", ".join(quote(column.name) for column in self.spec.columns)
        return (
            f"(SELECT line, {names} FROM {self.stage} WHERE NOT is_bad UNION ALL "
            f"SELECT NULL, {names} FROM {self.existing} e WHERE NOT EXISTS "
            f"(SELECT 1 FROM {self.stage} s WHERE NOT s.is_bad AND {self.same_key('s', 'e')}))"
        )

    def same_key(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{quote(name)} = {other}.{quote(name)}" for name in self.spec.key)


_TABLES: dict[str, Table] = {}


def table_of(name: str) -> Table:
    """The table of a file of the book."""
    if name not in _TABLES:
        _TABLES[name] = Table(_SPECS[name])
    return _TABLES[name]
