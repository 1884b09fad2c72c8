from datetime import date

from django.utils import timezone

from accounts.selectors import get_settings
from accounts.services.schedules import add_missing_schedules
from agencyam.jobs.registry import job_kind
from agencyam.periods import local_day
from kpis import freshness, services
from kpis.alerts import tasks as alert_tasks
from kpis.frozen import restating
from kpis.frozen import selectors as frozen_selectors
from kpis.frozen import tasks as frozen_tasks


@job_kind("kpis.compute_nightly", queue="scheduled", time_limit=600)
def compute_nightly(*, day: str, **_future: object) -> None:
    """All stored KPIs as of the agency's business day `day`, and what became of the months that are frozen."""
    now = timezone.now()
    services.compute_nightly(today=date.fromisoformat(day), now=now)
    settings = get_settings()
    restating.notice_overnight(today=date.fromisoformat(day), now=now, settings=settings)
    add_missing_schedules(time_zone=settings.time_zone, now=now)
    alert_tasks.look(now=now)


@job_kind("kpis.refresh", queue="interactive", time_limit=600)
def refresh(**_future: object) -> None:
    """Everything that was written since the last time, in facts and stored numbers."""
    now = timezone.now()
    since = frozen_selectors.find_unnoticed_since()
    done = freshness.refresh(today=local_day(now, get_settings().time_zone), now=now)
    if since is not None:
        frozen_tasks.ask_for_notice(since=since)
    # With nothing to tell this may be the second attempt of a run that died before it came to the alerts.
    alert_tasks.look(now=now, clients=done.clients if done.changes else None)


@job_kind("kpis.recompute_since", queue="scheduled", time_limit=600)
def recompute_since(*, since: str, **_future: object) -> None:
    """What is stored about the days from `since` on, after a choice or a target changed."""
    now = timezone.now()
    services.recompute_since(since=date.fromisoformat(since), now=now)
    alert_tasks.look(now=now)


__all__ = ["compute_nightly", "frozen_tasks"]
