"""The cohort table of the bound agency, for pages, documents and the command."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from accounts.models import AgencySettings
from agencyam.periods import BadPeriod, month_of
from kpis.choices.selectors import query_for
from kpis.direct.cohort_table import Cohort, list_cohorts
from kpis.engine import as_text

_MONTH = re.compile(r"(\d{4})-(\d{2})")


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
    match = _MONTH.fullmatch(to.strip())
    try:
        if match is None:
            raise ValueError("write it like 2026-04")
        period = month_of(date(int(match[1]), int(match[2]), 1))
    except (ValueError, OverflowError) as error:
        raise BadPeriod(f"'{to}' is not a month: {error}.") from error
    last_day = period.end - timedelta(days=1)
    query = query_for(period=period, as_of=last_day, by="agency", settings=settings)
    return CohortTable(period.start, settings.currency, list_cohorts(query))
