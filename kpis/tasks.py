from datetime import date

from django.utils import timezone

from agencyam.jobs.registry import job_kind
from agencyam.periods import Period
from kpis import services


@job_kind("kpis.compute_nightly", queue="scheduled", time_limit=600)
def compute_nightly(*, day: str, **_future: object) -> None:
    """All stored KPIs as of the agency's business day `day`."""
    services.compute_nightly(today=date.fromisoformat(day), now=timezone.now())


@job_kind("kpis.compute_on_demand", queue="interactive", time_limit=120)
def compute_on_demand(*, start: str, end: str, as_of: str, by: str = "agency", **_future: object) -> None:
    """One period (half-open) in one kind of slice, as somebody asked for it."""
    services.compute_and_store(
        period=Period(date.fromisoformat(start), date.fromisoformat(end)),
        as_of=date.fromisoformat(as_of),
        by=by,
        now=timezone.now(),
    )
