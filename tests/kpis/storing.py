"""Storing numbers in a test: one period and kind of slice, read from the book itself."""

from collections.abc import Collection
from datetime import date, datetime

from accounts.models import AgencySettings
from agencyam.periods import Period
from kpis.choices.selectors import query_for
from kpis.engine import Result, evaluate
from kpis.storing import store


def compute_and_store(
    *,
    period: Period,
    as_of: date,
    by: str,
    now: datetime,
    keys: Collection[str] = (),
    settings: AgencySettings | None = None,
) -> list[Result]:
    """The KPIs (all without `keys`) as the engine tells them; they replace what is stored of period and slice."""
    results = evaluate(query_for(period=period, as_of=as_of, by=by, settings=settings), keys)
    store(results, now=now)
    return results
