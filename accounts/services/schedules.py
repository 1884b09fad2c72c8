from datetime import datetime, time

from agencyam.jobs import services as jobs

# Kinds of jobs that every agency runs by itself, and when by its own clock.
NIGHTLY = {
    "accounts.clear_sessions": time(2, 30),
    "kpis.compute_nightly": time(3, 0),
    "kpis.freeze_months": time(4, 0),
    "reports.draft_due_qbrs": time(5, 0),
}


def set_default_schedules(*, time_zone: str, now: datetime) -> None:
    """Plan the nightly work of the bound agency; after a change of its zone it moves to the new night."""
    for kind, local_time in NIGHTLY.items():
        jobs.set_schedule(kind=kind, local_time=local_time, time_zone=time_zone, now=now)


def add_missing_schedules(*, time_zone: str, now: datetime) -> list[str]:
    """Plan what an agency made by an earlier release does not do yet. Returns the kinds that were added."""
    return [
        kind
        for kind, local_time in NIGHTLY.items()
        if jobs.add_schedule(kind=kind, local_time=local_time, time_zone=time_zone, now=now)
    ]
