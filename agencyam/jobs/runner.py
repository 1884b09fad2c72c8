"""Runs one job: claim, open its agency, call the handler, close. Every way out leaves the row telling the truth."""

import logging
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

from agencyam.exceptions import Refused
from agencyam.jobs import services
from agencyam.jobs.crashpoints import reach
from agencyam.jobs.models import Job
from agencyam.jobs.registry import get_kind
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.fleet import get_ready_agency

logger = logging.getLogger(__name__)
_current: ContextVar[Job | None] = ContextVar("current_job", default=None)


def run(*, job_id: int, now: datetime) -> str:
    """Run the job if it is ours to run. Returns the status that it has afterwards, or "not ours"."""
    job = services.claim(job_id=job_id, now=now)
    if job is None:
        return "not ours"
    reach("job.claimed")
    agency = get_ready_agency(job.agency_id)
    if agency is None:
        services.finish(job=job, now=now, status=Job.Status.SKIPPED, error="The agency is not served.")
        return Job.Status.SKIPPED
    token = _current.set(job)
    try:
        with tenant_context(agency):
            get_kind(job.kind).handler(**job.payload)
    except Refused as error:
        services.finish(job=job, now=timezone.now(), status=Job.Status.FAILED, error=str(error))
        return Job.Status.FAILED
    except Exception as error:
        logger.exception("Job %s %s failed on attempt %s", job.pk, job, job.attempts)
        services.fail_attempt(job=job, now=timezone.now(), error=f"{type(error).__name__}: {error}")
        return "failed attempt"
    finally:
        _current.reset(token)
    reach("job.worked")
    services.finish(job=job, now=timezone.now())
    reach("job.finished")
    return Job.Status.DONE


def hold_fence() -> None:
    """For handlers, inside the writing transaction: raises LostLease if the job was taken over meanwhile."""
    job = _current.get()
    if job is not None:
        services.hold_fence(job)
