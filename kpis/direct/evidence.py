"""Rows behind figures: added up per slice and listed as evidence from one read, so that the two agree."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from django.db import connection

from kpis.direct.lines import parameters
from kpis.direct.query import Figure, Query, SliceKey


class Sliced(Protocol):
    """A row that knows its slice."""

    @property
    def slice_key(self) -> SliceKey: ...


Row = TypeVar("Row")
SlicedRow = TypeVar("SlicedRow", bound=Sliced)


def fetch(query: Query, row_type: Callable[..., Row], sql: str, **more: Any) -> list[Row]:
    """The rows of a statement, each made from its columns by name.

    It may name the borders of the query, the parameters of `kpis.direct.lines` and `more`. It is read once a
    query, so that a figure and its evidence come from the same rows.
    """

    def read() -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(sql, _parameters(query) | more)
            names = [column.name for column in cursor.description]
            return [row_type(**dict(zip(names, values, strict=True))) for values in cursor.fetchall()]

    return remembered(query, repr((sql, sorted(more.items()))), read)


def remembered(query: Query, name: str, read: Callable[[], list[Row]]) -> list[Row]:
    """What `read` answers, worked out once for a query."""
    if name not in query.memo:
        query.memo[name] = read()
    rows: list[Row] = query.memo[name]
    return rows


def _parameters(query: Query) -> dict[str, Any]:
    return parameters(query) | {
        "starts_at": query.starts_at,
        "cut_at": query.cut_at,
        "known_until": query.known_until,
        "as_of": query.as_of,
        "zone": query.time_zone,
        "is_sliced": query.by != "agency",
    }


def by_slice(rows: Iterable[SlicedRow]) -> dict[SliceKey, list[SlicedRow]]:
    """Rows per slice; a slice without rows is absent."""
    groups: dict[SliceKey, list[SlicedRow]] = {}
    for row in rows:
        groups.setdefault(row.slice_key, []).append(row)
    return groups


def figures(
    rows: Iterable[SlicedRow], figure: Callable[[list[SlicedRow]], Figure | None]
) -> dict[SliceKey, Figure]:
    """One figure per slice that has rows; slices for which `figure` answers None are left out."""
    made = {key: figure(group) for key, group in by_slice(rows).items()}
    return {key: answer for key, answer in made.items() if answer is not None}


def as_json(**cells: Any) -> dict[str, Any]:
    """An evidence row with plain values: decimals as exact text, days and instants in ISO 8601."""
    return {name: _plain(value) for name, value in cells.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
