"""The tenth of April 2026, on which March is the last closed month: what the tests of the pages share."""

from datetime import UTC, date, datetime

from agencyam.periods import Period, month_of
from tests.kpis.storing import compute_and_store

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
MARCH = month_of(date(2026, 3, 1))


def compute(period: Period = MARCH, by: str = "agency") -> None:
    """Store all numbers of the period as they were known on its last day."""
    as_of = min(NOW.date(), date.fromordinal(period.end.toordinal() - 1))
    compute_and_store(period=period, as_of=as_of, by=by, now=NOW)


def shown(response) -> dict[str, str]:
    """KPI and its number on the scorecard."""
    rows = [row for _, rows in response.context["page"].groups for row in rows]
    return {row.definition.key: row.display for row in rows}
