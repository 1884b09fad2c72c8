"""The verbs of a job's life. The caller passes the time; the database decides every race."""

import logging
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from agencyam.jobs import dispatcher
from agencyam.jobs.localtime import Rule, latest_occurrence, next_occurrence
from agencyam.jobs.models import MAX_ATTEMPTS, Job, Schedule
from agencyam.jobs.registry import get_kind, list_kinds
from agencyam.tenancy.context import current_agency

logger = logging.getLogger(__name__)
LEASE_MARGIN = timedelta(seconds=30)
RETRY_AFTER = timedelta(seconds=20)
BATCH = 500


class LostLease(RuntimeError):
    """Another worker holds the job now; this one must not write."""


def enqueue(
    *,
    kind: str,
    period_key: str,
    payload: dict[str, Any] | None = None,
    queue: str | None = None,
    available_at: datetime | None = None,
) -> Job:
    """The job of this kind and period for the bound agency, made if it is not there yet.

    It waits until `available_at`, if that is told. The row belongs to the caller's transaction: no commit,
    no job. Raises UnknownKind, NoTenant.
    """
    known = get_kind(kind)
    later = {} if available_at is None else {"available_at": available_at}
    job, _ = Job.objects.get_or_create(
        agency_id=current_agency().pk,
        kind=kind,
        period_key=period_key,
        defaults={"payload": payload or {}, "queue": queue or known.queue, **later},
    )
    return job


def hint_on_commit(job: Job) -> None:
    """Wake a worker once the transaction has committed. Without a broker the next tick does it."""
    hint_queue_on_commit(job.queue)


def hint_queue_on_commit(queue: str) -> None:
    """The same for what was enqueued further down, such as a mail."""
    transaction.on_commit(lambda: dispatcher.nudge(queue))


def requeue(*, job: Job, now: datetime) -> bool:
    """Try a failed or dead job again from its first attempt. False if it is not in such a state."""
    changed = Job.objects.filter(pk=job.pk, status__in=[Job.Status.FAILED, Job.Status.DEAD]).update(
        status=Job.Status.QUEUED, attempts=0, error="", available_at=now, hinted_at=None, finished_at=None
    )
    return bool(changed)


def claim(*, job_id: int, now: datetime) -> Job | None:
    """Take a waiting job: attempt counted, fence raised, lease set, committed before any work is done.

    None when another worker was faster or the job is over: a second message for a job does nothing.
    """
    job = Job.objects.filter(pk=job_id).first()
    if job is None:
        return None
    lease = timedelta(seconds=get_kind(job.kind).time_limit) + LEASE_MARGIN
    taken = Job.objects.filter(pk=job_id, status=Job.Status.QUEUED, available_at__lte=now).update(
        status=Job.Status.RUNNING,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        lease_until=now + lease,
        started_at=now,
    )
    if not taken:
        return None
    job.refresh_from_db()
    return job


def hold_fence(job: Job) -> None:
    """Inside the transaction that writes the result: keep the job ours until commit. Raises LostLease."""
    held = (
        Job.objects.select_for_update().filter(pk=job.pk, fence=job.fence, status=Job.Status.RUNNING).exists()
    )
    if not held:
        raise LostLease(f"Job {job.pk} was taken over by another worker.")


def finish(*, job: Job, now: datetime, status: str = Job.Status.DONE, error: str = "") -> bool:
    """Close a running job, if the fence still holds."""
    changed = Job.objects.filter(pk=job.pk, fence=job.fence, status=Job.Status.RUNNING).update(
        status=status, error=error[:2000], finished_at=now, lease_until=None
    )
    return bool(changed)


def fail_attempt(*, job: Job, now: datetime, error: str) -> bool:
    """After an error: wait and try again, or give up after the third attempt."""
    if job.attempts >= MAX_ATTEMPTS:
        logger.error("Job %s %s is dead: %s", job.pk, job, error)
        return finish(job=job, now=now, status=Job.Status.DEAD, error=error)
    changed = Job.objects.filter(pk=job.pk, fence=job.fence, status=Job.Status.RUNNING).update(
        status=Job.Status.QUEUED,
        error=error[:2000],
        lease_until=None,
        hinted_at=None,
        available_at=now + RETRY_AFTER * job.attempts**2,
    )
    return bool(changed)


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Take back the jobs whose worker died: the next attempt, or dead after the third. Returns how many."""
    expired = list(Job.objects.lease_expired(now).select_for_update(skip_locked=True).order_by("pk")[:BATCH])
    for job in expired:
        if job.attempts >= MAX_ATTEMPTS:
            finish(
                job=job, now=now, status=Job.Status.DEAD, error=job.error or "The worker died three times."
            )
        else:
            Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED, lease_until=None, hinted_at=None)
    return len(expired)


def set_schedule(
    *, kind: str, local_time: time, time_zone: str, now: datetime, day_of_month: int | None = None
) -> Schedule:
    """Plan a kind of job for the bound agency; the same call again moves it."""
    get_kind(kind)
    upcoming = next_occurrence(Rule(local_time, time_zone, day_of_month), after=now)
    schedule, _ = Schedule.objects.update_or_create(
        agency_id=current_agency().pk,
        kind=kind,
        defaults={
            "local_time": local_time,
            "time_zone": time_zone,
            "day_of_month": day_of_month,
            "next_run_at": upcoming,
            "is_active": True,
        },
    )
    return schedule


def add_schedule(*, kind: str, local_time: time, time_zone: str, now: datetime) -> bool:
    """Plan a kind of job for the bound agency unless it is planned already. Returns whether it was not."""
    get_kind(kind)
    upcoming = next_occurrence(Rule(local_time, time_zone, None), after=now)
    _, is_new = Schedule.objects.get_or_create(
        agency_id=current_agency().pk,
        kind=kind,
        defaults={"local_time": local_time, "time_zone": time_zone, "next_run_at": upcoming},
    )
    return is_new


@transaction.atomic
def plan_due(*, now: datetime) -> int:
    """Turn due schedules into jobs and move them on. Any number of beats at once give the same jobs.

    After an outage each schedule is caught up once, for its latest occurrence. A kind that only a newer release
    knows waits for it. Returns how many were due.
    """
    known = [kind.name for kind in list_kinds()]
    due = Schedule.objects.filter(
        is_active=True, next_run_at__lte=now, agency__status="ready", kind__in=known
    )
    locked = list(due.select_for_update(skip_locked=True, of=("self",)).order_by("next_run_at")[:BATCH])
    jobs = []
    for schedule in locked:
        rule = Rule(schedule.local_time, schedule.time_zone, schedule.day_of_month)
        occurrence = latest_occurrence(rule, until=now)
        business_day = occurrence.astimezone(ZoneInfo(schedule.time_zone)).date()
        kind = get_kind(schedule.kind)
        jobs.append(
            Job(
                agency_id=schedule.agency_id,
                kind=kind.name,
                queue=kind.queue,
                period_key=f"{kind.name}:{business_day}",
                payload={"day": business_day.isoformat()},
            )
        )
        schedule.next_run_at = next_occurrence(rule, after=now)
    Job.objects.bulk_create(jobs, ignore_conflicts=True)
    Schedule.objects.bulk_update(locked, ["next_run_at"])
    return len(locked)


def is_alive(*, now: datetime) -> bool:
    """False when a due job has waited three minutes: a worker that is up but not consuming shows here only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(available_at) FROM jobs_job WHERE status = 'queued' AND available_at <= %s", [now]
        )
        oldest = cursor.fetchone()[0]
    return oldest is None or now - oldest < timedelta(minutes=3)
