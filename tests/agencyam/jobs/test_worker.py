"""Catalogue rows J4 and J5 with a real worker: a child that dies costs an attempt and nothing else."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from agencyam.jobs import dispatcher, services
from agencyam.jobs.models import Job
from agencyam.tenancy.context import tenant_context
from tests.agencyam.jobs import kinds
from tests.catalogue import report
from tests.workers import worker

assert kinds


def _wait_for(condition, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _enqueue(agency, kind, key):
    with tenant_context(agency):
        return services.enqueue(kind=kind, period_key=key)


@pytest.mark.parametrize("poison", ["test.out_of_memory", "test.segfault"])
def test_j4_j5_a_dying_child_stops_after_three_attempts_and_others_go_on(scratch_agency, poison):
    bad, delays = _enqueue(scratch_agency, poison, "bad"), []

    with worker():
        for attempt in range(1, 4):
            dispatcher.dispatch(queues=["interactive"])
            assert _wait_for(lambda n=attempt: Job.objects.get(pk=bad.pk).attempts == n)
            good, started = _enqueue(scratch_agency, "test.count", f"good:{attempt}"), time.monotonic()
            dispatcher.dispatch(queues=["interactive"])
            assert _wait_for(lambda job=good: Job.objects.get(pk=job.pk).status == "done")
            delays.append(round(time.monotonic() - started, 2))
            services.sweep(now=timezone.now() + timedelta(seconds=60))
        dispatcher.dispatch(queues=["interactive"])
        time.sleep(0.5)

    bad.refresh_from_db()
    row = "J4" if poison == "test.out_of_memory" else "J5"
    report(
        row,
        ok=(bad.status, bad.attempts) == ("dead", 3),
        status=bad.status,
        attempts=bad.attempts,
        delays_s=delays,
    )
