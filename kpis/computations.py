"""Asking for numbers that nobody has computed yet."""

from datetime import date, datetime

from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from agencyam.periods import Period


def request_computation(*, period: Period, as_of: date, by: str, now: datetime) -> Job:
    """The job that computes a period for all slices of a kind; asking twice within a minute gives the same one."""
    payload = {
        "start": period.start.isoformat(),
        "end": period.end.isoformat(),
        "as_of": as_of.isoformat(),
        "by": by,
    }
    return job_services.enqueue(
        kind="kpis.compute_on_demand",
        period_key=f"{by}:{period.start}:{period.end}:{as_of}:{now:%Y-%m-%dT%H:%M}",
        payload=payload,
    )
