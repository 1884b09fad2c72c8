"""The page behind one bar of the waterfall: its rows, the contract lines behind each, and the ways on and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse

from accounts.models import User
from agencyam.way_back import WayBack, with_way_back
from clients.book import selectors as book_selectors
from clients.models import Client, Service
from kpis.analysis.bridge import BridgeRow, is_same, list_bridge_rows
from kpis.analysis.lines import LineBehind, Lines, lines_behind, list_lines
from kpis.analysis.question import change, key_of, money, place_of
from kpis.analysis.reported_bridge import find_reported
from kpis.analysis.steps import BY_KEY, ENDS, StepWords
from kpis.asked import Asked
from kpis.direct.ledger import NOTHING
from kpis.frozen.marks import reported_on

PER_PAGE = 100
DEFAULT_SORT = "-amount"


@dataclass(frozen=True)
class Names:
    """Of the clients and services in the rows; `visible` are the clients whose page the member may open."""

    clients: dict[int, tuple[str, str]]  # id in the database: id in the book, name
    services: dict[str, tuple[int, str]]  # id in the book: id in the database, name
    visible: frozenset[int]

    def client(self, row: BridgeRow) -> str:
        return self.clients[row.client_id][1]

    def service(self, row: BridgeRow) -> str:
        return self.services[row.service or ""][1]


@dataclass(frozen=True)
class MovementRow:
    """A row as the page shows it. `anchor` is its spot on the page, to which the way back leads."""

    anchor: str
    client: str
    client_url: str
    service: str
    day: date
    amount: str
    lines: list[tuple[LineBehind, str]]


@dataclass(frozen=True)
class MovementsPage:
    """One bar: its rows on this page of the list, and the sum of all of them.

    `rows` and `total` are what is known; `reported` is the bar of a closed month as it was reported, empty where
    there is no report.
    """

    step: StepWords
    is_end: bool
    place: str
    total: str
    reported: str
    reported_on: str
    is_restated: bool
    rows: list[MovementRow]
    page: Page
    waterfall_url: str
    spot_url: str

    @property
    def reported_words(self) -> str:
        return f"a month, as reported on {self.reported_on}"


_SORTS: dict[str, Callable[[BridgeRow, Names], Any]] = {
    "amount": lambda row, names: abs(row.amount),
    "day": lambda row, names: row.day,
    "client": lambda row, names: names.client(row).casefold(),
    "service": lambda row, names: names.service(row).casefold(),
}


def get_movements_page(
    *, asked: Asked, step: str, user: User, address: str, sort: str, number: str
) -> MovementsPage:
    """The rows of a bar; `address` is this page's own, to which the links of its rows lead back."""
    query = asked.question()
    found = list_bridge_rows(query, key_of(asked), step)
    names = read_names(found, user=user, today=asked.moment.today)
    page = Paginator(sort_rows(found, names, sort), PER_PAGE).get_page(number)
    shown: Sequence[BridgeRow] = list(page)
    lines = list_lines(client_ids={row.client_id for row in shown}, until=query.cut_end)
    is_end = step in ENDS
    waterfall_url = reverse("kpis:waterfall") + asked.query
    total = sum((row.amount for row in found), NOTHING)
    clients = len({row.client_id for row in found})
    reported = find_reported(asked)
    bar = reported.bridge.bar(step) if reported else None
    return MovementsPage(
        step=BY_KEY[step],
        is_end=is_end,
        place=place_of(asked),
        total=_amount(asked, total, is_end=is_end),
        reported=_amount(asked, bar[0], is_end=is_end) if bar else "",
        reported_on=reported_on(reported.month) if reported else "",
        is_restated=bar is not None and not (is_same(bar[0], total) and bar[1] == clients),
        rows=[_row(asked, row, names, lines, address, is_end=is_end) for row in shown],
        page=page,
        waterfall_url=waterfall_url,
        spot_url=f"{waterfall_url}#step-{step}",
    )


def read_names(rows: Sequence[BridgeRow], *, user: User, today: date) -> Names:
    """Three queries, and one for the agency's settings, whatever the rows."""
    ids = {row.client_id for row in rows}
    clients = Client.objects.filter(pk__in=ids).values_list("pk", "book_id", "name")
    services = Service.objects.values_list("book_id", "pk", "name")
    visible = book_selectors.visible_clients(user=user, today=today).filter(pk__in=ids)
    return Names(
        clients={pk: (book_id, name) for pk, book_id, name in clients},
        services={book_id: (pk, name) for book_id, pk, name in services},
        visible=frozenset(visible.values_list("pk", flat=True)),
    )


def sort_rows(rows: Sequence[BridgeRow], names: Names, sort: str = DEFAULT_SORT) -> list[BridgeRow]:
    """By a key of the closed list, with a minus from the largest; otherwise the largest amounts first."""
    known = sort if sort.removeprefix("-") in _SORTS else DEFAULT_SORT
    by_name = sorted(rows, key=lambda row: (names.client(row).casefold(), row.day, names.service(row)))
    key = _SORTS[known.removeprefix("-")]
    return sorted(by_name, key=lambda row: key(row, names), reverse=known.startswith("-"))


def _row(
    asked: Asked, row: BridgeRow, names: Names, lines: Lines, address: str, *, is_end: bool
) -> MovementRow:
    anchor = f"row-{row.client_id}-{row.day:%Y%m%d}-{names.services[row.service or ''][0]}"
    way_back = WayBack(f"the waterfall of {place_of(asked)}", f"{address}#{anchor}")
    behind = lines_behind(row, lines)
    is_visible = row.client_id in names.visible
    first = behind[0].line_id if behind else None
    return MovementRow(
        anchor=anchor,
        client=names.client(row),
        client_url=_line_url(row.client_id, first, way_back) if is_visible else "",
        service=names.service(row),
        day=row.day,
        amount=_amount(asked, row.amount, is_end=is_end),
        lines=[
            (line, _line_url(row.client_id, line.line_id, way_back) if is_visible else "") for line in behind
        ],
    )


def _line_url(client_id: int, line_id: int | None, way_back: WayBack) -> str:
    spot = "lines" if line_id is None else f"line-{line_id}"
    return with_way_back(reverse("clients:client-detail", args=[client_id]) + f"#{spot}", way_back)


def _amount(asked: Asked, amount: Fraction, *, is_end: bool) -> str:
    return money(asked, amount) if is_end else change(asked, amount)
