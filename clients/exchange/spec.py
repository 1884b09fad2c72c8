"""The shape of one file of a book, as data: `book_format` fills these classes, the engine reads them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clients.exchange import types


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the header, its type, its field in the model (same name unless said).

    A blank cell is `default`; a blank in a required column is an error. Columns that are `is_extra` go beyond
    the published format: they are read when there and written on export.
    """

    name: str
    type: Any
    is_required: bool = False
    field: str = ""
    default: Any = None
    is_extra: bool = False

    @property
    def target(self) -> str:
        """The model field this column fills."""
        return self.field or self.name

    @property
    def blank(self) -> Any:
        """The value of a blank cell."""
        return list(self.default) if isinstance(self.default, tuple) else self.default

    @property
    def is_reference(self) -> bool:
        """Whether the cell holds an id of another row."""
        return isinstance(self.type, types.Reference)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check over one parsed row: half a sentence or None, reported at `column`."""

    column: str
    check: Callable[[dict[str, Any]], str | None]


@dataclass(frozen=True, slots=True)
class NoOverlap:
    """Rows of equal `columns` (and matching `when`) must not overlap in `[starts_on, ends_on)`."""

    columns: tuple[str, ...]
    what: str
    when: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One file: its name, model, columns and rules. The `key` columns together name a row.

    `derived_from` marks rows that have no file but are told by another one; `is_extra` a file that goes
    beyond the published format.
    """

    name: str
    model: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    no_overlap: NoOverlap | None = None
    is_required: bool = False
    derived_from: str = ""
    is_extra: bool = False

    @property
    def title(self) -> str:
        """The file's name without its ending; also the name of its sheet in a workbook."""
        return self.name.removesuffix(".csv")

    @property
    def references(self) -> tuple[Column, ...]:
        """The columns that point to rows of other files."""
        return tuple(column for column in self.columns if column.is_reference)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a book: where, what, and the value that was found there (None: nothing to show)."""

    file: str
    line: int
    column: str
    message: str
    value: str | None = None

    def __str__(self) -> str:
        place = ":".join(part for part in (self.file, str(self.line) if self.line else "") if part)
        column = f"{self.column}: " if self.column else ""
        value = "" if self.value is None else f" ({shortened(self.value)})"
        return f"{place}: {column}{self.message}{value}"

    def as_json(self) -> dict[str, Any]:
        """The same as a dict of plain values."""
        return {
            "file": self.file,
            "line": self.line or None,
            "column": self.column or None,
            "message": self.message,
            "value": None if self.value is None else shortened(self.value),
        }


def shortened(value: str, width: int = 80) -> str:
    """A value fit for one line of a terminal: control characters escaped, cut at `width` characters."""
    text = value if len(value) <= width else f"{value[:width]}..."
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
