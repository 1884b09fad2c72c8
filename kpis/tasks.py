from datetime import date

from django.utils import timezone

from accounts.selectors import get_settings
from accounts.services.schedules import add_missing_schedules
from agencyam.jobs.registry import job_kind
from agencyam.periods import local_day
from kpis import freshness, services
from kpis.frozen import restating
from kpis.frozen import tasks as frozen_tasks


@job_kind("kpis.compute_nightly", queue="scheduled", time_limit=600)
def compute_nightly(*, day: str, **_future: object) -> None:
    """All stored KPIs as of the agency's business day `day`, and what became of the months that are frozen."""
    now = timezone.now()
    services.compute_nightly(today=date.fromisoformat(day), now=now)
    settings = get_settings()
    restating.notice_overnight(today=date.fromisoformat(day), now=now, settings=settings)
    add_missing_schedules(time_zone=settings.time_zone, now=now)


@job_kind("kpis.refresh", queue="interactive", time_limit=600)
def refresh(**_future: object) -> None:
    """Everything that was written since the last time, in facts and stored numbers."""
    now = timezone.now()
    freshness.refresh(today=local_day(now, get_settings().time_zone), now=now)


@job_kind("kpis.recompute_since", queue="scheduled", time_limit=600)
def recompute_since(*, since: str, **_future: object) -> None:
    """What is stored about the days from `since` on, after a choice or a target changed."""
    services.recompute_since(since=date.fromisoformat(since), now=timezone.now())


__all__ = ["compute_nightly", "frozen_tasks"]
