"""What was restated of a closed month, as its page shows it: old and new, which rows, who."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.urls import reverse

from clients.book import selectors as book_selectors
from kpis.asked import Asked
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Definition
from kpis.frozen import selectors
from kpis.frozen.changed_rows import ChangedRow, list_changed_rows
from kpis.frozen.marks import Mark
from kpis.frozen.models import FrozenMonth, Restatement
from kpis.frozen.told import Cause, count_rows, read_cause


@dataclass(frozen=True)
class Restated:
    """A KPI of a slice whose reported figure or rows became others; `earlier` are what was noticed before."""

    definition: Definition
    latest: Restatement
    earlier: list[Restatement]
    mark: Mark
    url: str
    rows: list[ChangedRow]
    causes: list[Cause]

    @property
    def anchor(self) -> str:
        return f"restated-{self.definition.key}"

    @property
    def n_rows(self) -> int:
        return self.latest.rows_added + self.latest.rows_removed + self.latest.rows_altered

    @property
    def n_hidden(self) -> int:
        """How many changed rows are kept as a count alone."""
        return self.n_rows - len(self.rows)

    @property
    def rows_in_words(self) -> str:
        return count_rows(self.latest)

    @property
    def state(self) -> str:
        if self.latest.is_back:
            return "As reported again"
        if not self.latest.is_other_figure:
            return "Same number, other rows"
        return "Came later" if self.latest.is_matured else "Restated"

    @property
    def tone(self) -> str:
        if self.latest.is_back:
            return "good"
        if not self.latest.is_other_figure:
            return "neutral"
        return "info" if self.latest.is_matured else "warn"


def list_restated(*, month: FrozenMonth, asked: Asked) -> list[Restated]:
    """Everything noticed about a slice of a frozen month: other numbers first, each in the catalogue's order."""
    noticed = selectors.list_restatements(month=month, by=asked.by, key=asked.key)
    by_kpi: dict[str, list[Restatement]] = {}
    for row in noticed:
        by_kpi.setdefault(row.kpi, []).append(row)
    restated = [_restated(month, asked, rows) for kpi in DEFINITIONS if (rows := by_kpi.get(kpi))]
    return _linked(sorted(restated, key=lambda each: not each.latest.is_other_figure))


def find_restated(*, kpi: str, mark: Mark, asked: Asked) -> Restated | None:
    """What was noticed about one figure of a frozen month; None for a figure that is as it was reported."""
    if mark.restatement is None:
        return None
    rows = selectors.list_restatements(month=mark.month, by=asked.by, key=asked.key, kpi=kpi)
    return next(iter(_linked([_restated(mark.month, asked, rows)])), None)


def _restated(month: FrozenMonth, asked: Asked, rows: Sequence[Restatement]) -> Restated:
    latest, *earlier = rows
    return Restated(
        definition=DEFINITIONS[latest.kpi],
        latest=latest,
        earlier=earlier,
        mark=Mark(month, latest.figure, latest),
        url=reverse("kpis:kpi-detail", args=[latest.kpi]) + asked.query,
        rows=list_changed_rows(latest.kpi, latest.rows),
        causes=[read_cause(cause) for cause in latest.causes],
    )


def _linked(restated: Sequence[Restated]) -> list[Restated]:
    """The same with the page of the client at every row: one query."""
    ids = book_selectors.map_book_ids({row.client for each in restated for row in each.rows if row.client})
    urls = {book_id: reverse("clients:client-detail", args=[pk]) for book_id, pk in ids.items()}
    return [
        replace(each, rows=[replace(row, url=urls.get(row.client, "")) for row in each.rows])
        for each in restated
    ]
