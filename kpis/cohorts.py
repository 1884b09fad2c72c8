"""The cohort table of the bound agency, for pages, documents and the command."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import AgencySettings
from kpis.choices.selectors import query_for
from kpis.direct.cohort_table import Cohort, list_cohorts
from kpis.engine import as_text
from kpis.frozen.months import parse_month


@dataclass(frozen=True)
class CohortTable:
    """Cohorts with their cells up to the close of the month that begins on `to`."""

    to: date
    currency: str
    cohorts: list[Cohort]

    def as_json(self) -> dict[str, Any]:
        """`logos` are counts at the close of month 0, 1, …; `revenue` the MRR then, as decimal text or
        null.
        """
        return {
            "to": f"{self.to:%Y-%m}",
            "currency": self.currency,
            "cohorts": [
                {
                    "month": f"{cohort.month:%Y-%m}",
                    "size": cohort.size,
                    "logos": cohort.logos,
                    "revenue": [as_text(amount) for amount in cohort.revenue],
                }
                for cohort in self.cohorts
            ],
        }


def get_cohort_table(to: str, *, settings: AgencySettings) -> CohortTable:
    """The table as known at the close of the month `to` (2026-04). Raises BadPeriod."""
    period = parse_month(to)
    last_day = period.end - timedelta(days=1)
    query = query_for(period=period, as_of=last_day, by="agency", settings=settings)
    return CohortTable(period.start, settings.currency, list_cohorts(query))
