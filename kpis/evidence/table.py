"""The rows behind a number as a table for people: sorted, searched, paged, with links to the clients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse

from accounts.models import User
from clients.book import selectors as book_selectors
from kpis.asked import Asked
from kpis.direct.slices import find_names
from kpis.evidence.columns import (
    Column,
    cell_words,
    columns_of,
    number_words,
    shared_places,
    sort_key,
    totalled,
)
from kpis.evidence.rows import Evidence
from kpis.evidence.rules import sum_of

ROWS_A_PAGE = 50
EXCLUDED = "excluded"
# Columns of book ids that have names of their own.
_NAMED = {"service": "service", "services": "service", "member": "am"}


@dataclass(frozen=True)
class Cell:
    """One cell: its words, how they are set (see `Column.look`), where it leads, and the words of its column."""

    words: str
    look: str = ""
    url: str = ""
    head: str = ""


@dataclass(frozen=True)
class EvidenceTable:
    """One page of rows. `n_counted`, `n_excluded` are all rows, `n_found` those that the search leaves.

    `foot` is under each column what all counted rows add up to.
    """

    columns: list[Column]
    rows: list[list[Cell]]
    foot: list[str]
    page: "Page[dict[str, Any]]"
    is_excluded: bool
    words: str
    n_counted: int
    n_excluded: int
    n_found: int

    @property
    def foot_cells(self) -> list[Cell]:
        """The foot with the heads of its columns."""
        return [
            Cell(words, column.look, head=column.words)
            for column, words in zip(self.columns, self.foot, strict=bool(self.foot))
        ]


def make_table(
    evidence: Evidence, *, kpi: str, asked: Asked, user: User, wishes: Mapping[str, str]
) -> EvidenceTable:
    """The part of the evidence that the address wishes for: `rows`, `q`, `sort`, `page`."""
    is_excluded = wishes.get("rows") == EXCLUDED
    listed = evidence.excluded if is_excluded else evidence.counted
    listed = name_ids(listed)
    columns = columns_of(kpi, listed)
    words = wishes.get("q", "").strip()[:200]
    found = _search(listed, words)
    page = Paginator(_sort(found, columns, wishes.get("sort", "")), ROWS_A_PAGE).get_page(wishes.get("page"))
    zone = asked.moment.settings.time_zone
    shown = list(page.object_list)
    urls = _client_urls(shown, user, asked)
    totals = {} if is_excluded else {name: sum_of(name, listed) for name in totalled(kpi)}
    places = {column.name: _places(column.name, shown, totals) for column in columns if column.is_number}
    rows = [
        [_cell(column, row, urls, zone, places.get(column.name, 0)) for column in columns] for row in shown
    ]
    foot = [
        number_words(totals[column.name], places.get(column.name, 0)) if column.name in totals else ""
        for column in columns
    ]
    return EvidenceTable(
        columns,
        rows,
        foot if any(foot) else [],
        page,
        is_excluded,
        words,
        n_counted=len(evidence.counted),
        n_excluded=len(evidence.excluded),
        n_found=len(found),
    )


def name_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with names in place of the ids of services and members. One query for each kind."""
    names: dict[str, dict[str | None, str]] = {}
    for column, kind in _NAMED.items():
        ids: set[str | None] = {each for row in rows for each in _ids(row.get(column))}
        if ids:
            names[column] = find_names(kind, ids)
    if not names:
        return rows
    return [
        row | {column: _named(row[column], names[column]) for column in names if column in row}
        for row in rows
    ]


def _ids(value: Any) -> Sequence[str]:
    if isinstance(value, list):
        return value
    return [value] if value else []


def _named(value: Any, names: Mapping[str | None, str]) -> Any:
    if isinstance(value, list):
        return [names.get(each, each) for each in value]
    return names.get(value, value)


def _search(rows: list[dict[str, Any]], words: str) -> list[dict[str, Any]]:
    """Rows that hold the words in any text; all for no words."""
    if not words:
        return rows
    wanted = words.casefold()
    return [row for row in rows if any(wanted in text.casefold() for text in _texts(row))]


def _texts(row: Mapping[str, Any]) -> list[str]:
    texts = [value for value in row.values() if isinstance(value, str)]
    return texts + [each for value in row.values() if isinstance(value, list) for each in value]


def _sort(rows: list[dict[str, Any]], columns: list[Column], wish: str) -> list[dict[str, Any]]:
    """By a column, `-` before it for the other way round; rows without a value last. Else as they came."""
    column = next((each for each in columns if each.name == wish.removeprefix("-")), None)
    if column is None:
        return rows
    name = column.name
    known = [row for row in rows if not sort_key(column, row.get(name))[0]]
    unknown = [row for row in rows if sort_key(column, row.get(name))[0]]
    is_backwards = wish.startswith("-")
    return sorted(known, key=lambda row: sort_key(column, row.get(name)), reverse=is_backwards) + unknown


def _client_urls(rows: Sequence[Mapping[str, Any]], user: User, asked: Asked) -> dict[str, str]:
    """Addresses of the clients of these rows, as far as the member may see them. One query."""
    ids = {row["client"] for row in rows if row.get("client")}
    clients = book_selectors.visible_clients(user=user, today=asked.moment.today)
    found = clients.filter(book_id__in=ids).values_list("book_id", "pk")
    return {book_id: reverse("clients:client-detail", args=[pk]) for book_id, pk in found}


def _places(name: str, rows: Sequence[Mapping[str, Any]], totals: Mapping[str, Decimal]) -> int:
    """The decimals of a column's numbers and of their sum."""
    numbers = [Decimal(row[name]) for row in rows if row.get(name) not in (None, "")]
    return shared_places([*numbers, *([totals[name]] if name in totals else [])])


def _cell(column: Column, row: Mapping[str, Any], urls: Mapping[str, str], zone: str, places: int) -> Cell:
    words = cell_words(column, row.get(column.name), zone=zone, places=places)
    url = urls.get(row.get("client", ""), "") if column.name == "name" else ""
    return Cell(words, column.look, url, column.words)
