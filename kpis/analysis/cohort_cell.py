"""The page behind a cell of the cohorts: the clients that began together, kept or lost by a later close."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from accounts.models import User
from agencyam.charts import PERCENT
from agencyam.periods import add_months
from agencyam.way_back import WayBack, with_way_back
from clients.book import selectors as book_selectors
from kpis.analysis.cohorts import cell_url
from kpis.analysis.question import key_of, money
from kpis.asked import Asked
from kpis.direct.cohort_table import CohortClient, list_cohort_clients

# A cohort of an agency that has been going for longer than this is a slip of the hand.
OLDEST_AGE = 600
DEFAULT_SORT = "lost"
_SORTS: dict[str, Callable[[CohortClient], Any]] = {
    "client": lambda row: row.name.casefold(),
    "began": lambda row: row.began_on,
    "lost": lambda row: (row.is_active, row.last_on),
    "first": lambda row: row.first_mrr or Decimal(0),
    "mrr": lambda row: row.mrr or Decimal(0),
}


@dataclass(frozen=True)
class CellRow:
    """A client as the page shows it. `anchor` is its spot on the page, to which the way back leads."""

    anchor: str
    client: CohortClient
    url: str
    first_mrr: str
    mrr: str


@dataclass(frozen=True)
class CellPage:
    """One cell: its two shares with what they are made of, and its clients."""

    month: date
    age: int
    close: date
    rows: list[CellRow]
    kept: int
    share: str
    first_mrr: str
    mrr: str
    mrr_share: str
    cohorts_url: str
    earlier_url: str
    later_url: str

    @property
    def title(self) -> str:
        return f"Cohort of {self.month:%B %Y}"

    @property
    def size(self) -> int:
        return len(self.rows)

    @property
    def when(self) -> str:
        return f"after {self.age} month{'' if self.age == 1 else 's'}" if self.age else "in its first month"


def get_cell_page(
    *, asked: Asked, month: date, age: int, user: User, address: str, sort: str
) -> CellPage | None:
    """The clients of a cell; None if the table has no such cell. `address` is this page's own."""
    found = _read(asked, month, age)
    if not found:
        return None
    first, now = (_sum([row.first_mrr for row in found]), _sum([row.mrr for row in found]))
    kept = sum(row.is_active for row in found)
    ids = [row.pk for row in found]
    visible = book_selectors.visible_clients(user=user, today=asked.moment.today).filter(pk__in=ids)
    way_back = f"the cohort of {month:%B %Y}", address
    return CellPage(
        month=month,
        age=age,
        close=_close(month, age),
        rows=_rows(asked, _sorted(found, sort), set(visible.values_list("pk", flat=True)), way_back),
        kept=kept,
        share=PERCENT.full(Decimal(kept) / len(found)),
        first_mrr=_words(asked, first),
        mrr=_words(asked, now),
        mrr_share=PERCENT.full(now / first) if first and now is not None else "–",
        cohorts_url=reverse("kpis:cohorts") + asked.query,
        earlier_url=cell_url(asked, month, age - 1) if age else "",
        later_url=cell_url(asked, month, age + 1) if _is_known(asked, month, age + 1) else "",
    )


def cell_table(asked: Asked, month: date, age: int) -> tuple[list[str], list[list[object]]]:
    """The clients of a cell, one row each, for a file; no rows for a cell that is not there."""
    currency = asked.moment.settings.currency.lower()
    heads = [
        "client",
        "name",
        "first_paid_on",
        "is_kept",
        "last_day",
        f"first_mrr_{currency}",
        f"mrr_{currency}",
        "known_on",
    ]
    return heads, [
        [
            row.client,
            row.name,
            row.began_on,
            row.is_active,
            _lost_on(row),
            row.first_mrr,
            row.mrr,
            asked.as_of,
        ]
        for row in _read(asked, month, age)
    ]


def _read(asked: Asked, month: date, age: int) -> list[CohortClient]:
    """None by service: a client has none of its own."""
    if asked.by == "service" or age > OLDEST_AGE:
        return []
    return list_cohort_clients(asked.question(), key_of(asked), month=month, age=age)


def _rows(
    asked: Asked, found: Sequence[CohortClient], visible: set[int], way_back: tuple[str, str]
) -> list[CellRow]:
    words, address = way_back
    rows = []
    for row in found:
        anchor = f"client-{row.pk}"
        back = WayBack(words, f"{address}#{anchor}")
        url = reverse("clients:client-detail", args=[row.pk])
        rows.append(
            CellRow(
                anchor=anchor,
                client=row,
                url=with_way_back(url, back) if row.pk in visible else "",
                first_mrr=_words(asked, row.first_mrr),
                mrr=_words(asked, row.mrr),
            )
        )
    return rows


def _sorted(found: list[CohortClient], sort: str) -> list[CohortClient]:
    """By a key of the closed list, with a minus from the largest; otherwise those that were lost first."""
    known = sort if sort.removeprefix("-") in _SORTS else DEFAULT_SORT
    return sorted(found, key=_SORTS[known.removeprefix("-")], reverse=known.startswith("-"))


def _lost_on(row: CohortClient) -> date | None:
    return None if row.is_active else row.last_on


def _close(month: date, age: int) -> date:
    return add_months(month, age + 1) - timedelta(days=1)


def _is_known(asked: Asked, month: date, age: int) -> bool:
    return _close(month, age) <= asked.question().closing_day


def _sum(amounts: list[Decimal | None]) -> Decimal | None:
    """None where one of them cannot be told."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _words(asked: Asked, amount: Decimal | None) -> str:
    return "–" if amount is None else money(asked, amount)
