from datetime import date, datetime

from django.utils import timezone

from accounts.selectors import get_settings
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from agencyam.jobs.registry import job_kind
from agencyam.periods import local_day
from kpis.frozen import restating, services


@job_kind("kpis.freeze_months", queue="scheduled", time_limit=1800)
def freeze_months(*, day: str, **_future: object) -> None:
    """Every month that is due on the agency's business day `day`; none twice."""
    services.freeze_due_months(today=date.fromisoformat(day), now=timezone.now(), settings=get_settings())


@job_kind("kpis.notice_restatements", queue="scheduled", time_limit=900)
def notice_restatements(*, since: str, **_future: object) -> None:
    """Compare the frozen months about which something was written since an instant (ISO 8601)."""
    now, settings = timezone.now(), get_settings()
    restating.notice_changes(
        since=datetime.fromisoformat(since),
        today=local_day(now, settings.time_zone),
        now=now,
        settings=settings,
    )


def ask_for_notice(*, since: datetime) -> Job:
    """The job that compares the frozen months with what was written since an instant."""
    job = job_services.enqueue(
        kind="kpis.notice_restatements",
        period_key=since.isoformat(),
        payload={"since": since.isoformat()},
    )
    job_services.hint_on_commit(job)
    return job
