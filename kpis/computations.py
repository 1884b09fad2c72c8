"""Asking for stored numbers to be worked out again."""

from datetime import date

from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job


def request_recomputation(*, since: date, cause: str) -> Job:
    """The job that works out again what is stored for the days from `since` on; one for each cause."""
    return job_services.enqueue(
        kind="kpis.recompute_since", period_key=cause, payload={"since": since.isoformat()}
    )
