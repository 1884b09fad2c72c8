"""When alerts are looked for: after writes, each night, and at the minute at which the clock makes a cause."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.addresses import site_address
from accounts.selectors import get_settings
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from agencyam.jobs.registry import job_kind
from agencyam.periods import local_day
from kpis.alerts import digests, services
from kpis.alerts.cause import Asking
from kpis.alerts.deadlines import find_next_change
from kpis.alerts.rules import Rule

WATCH = "kpis.watch_alerts"
# All other causes come with a write, or with a new day.
OF_THE_CLOCK = frozenset({Rule.LATE_REPLY})


@job_kind(WATCH, queue="scheduled", time_limit=300)
def watch(*, at: str = "", **_future: object) -> None:
    """What only the clock makes, and the morning mails, at the minute `at` (ISO 8601) or later."""
    now = timezone.now()
    # The database's clock, which starts jobs, may be a little ahead of ours.
    look(now=max(now, datetime.fromisoformat(at)) if at else now, rules=OF_THE_CLOCK)


def look(
    *, now: datetime, clients: Collection[int] | None = None, rules: Collection[Rule] = tuple(Rule)
) -> None:
    """Alerts of these clients (None: all), morning mails that are due, and when to look again."""
    settings, site = get_settings(), site_address()
    today = local_day(now, settings.time_zone)
    services.evaluate(today=today, now=now, site=site, clients=clients, rules=rules)
    digests.send_due(today=today, now=now, site=site)
    plan_next(now=now)


@transaction.atomic
def plan_next(*, now: datetime) -> Job | None:
    """The job for the next minute in which there is something to see; None if nothing is to come.

    Planned at every look and each night, so that one that was lost is planned again.
    """
    settings = get_settings()
    today = local_day(now, settings.time_zone)
    moments = (
        find_next_change(Asking(today, now, settings)),
        digests.find_next(today=today, now=now),
    )
    known = [moment for moment in moments if moment is not None]
    if not known:
        return None
    at = min(known)
    minute = at.replace(second=0, microsecond=0)
    minute += timedelta(minutes=1) if at > minute else timedelta(0)
    return job_services.enqueue(
        kind=WATCH,
        period_key=minute.isoformat(),
        payload={"at": minute.isoformat()},
        available_at=minute,
    )
