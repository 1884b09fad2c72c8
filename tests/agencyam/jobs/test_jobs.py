"""Catalogue rows T6, J5, J6, J11, J12 and the rules of claiming, fencing and fairness, on real rows."""

import threading
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AgencySettings
from agencyam.jobs import dispatcher, runner, services
from agencyam.jobs.models import Job, Schedule
from agencyam.jobs.registry import UnknownKind
from agencyam.tenancy.context import NoTenant, nobody_bound, tenant_context
from agencyam.tenancy.models import Agency
from agencyam.tenancy.services import suspend_agency
from tests.agencyam.jobs import kinds
from tests.catalogue import report

assert kinds


@pytest.fixture
def queued(agency):
    def make(kind="test.count", key="one", **payload):
        return services.enqueue(kind=kind, period_key=key, payload=payload)

    return make


def _later(seconds=1):
    return timezone.now() + timedelta(seconds=seconds)


def _run(job, seconds=1):
    with nobody_bound():
        outcome = runner.run(job_id=job.pk, now=_later(seconds))
    job.refresh_from_db()
    return outcome


def test_the_same_period_makes_one_job(queued):
    assert queued(key="kpi:2026-11-21") == queued(key="kpi:2026-11-21")
    assert Job.objects.count() == 1


def test_an_unknown_kind_is_refused(agency):
    with pytest.raises(UnknownKind, match="no such kind"):
        services.enqueue(kind="no such kind", period_key="x")


def test_what_only_a_newer_release_knows_waits_and_holds_nothing_up(queued):
    known, newer = queued(key="known"), queued(key="newer")
    now = timezone.now()
    schedule = services.set_schedule(kind="test.count", local_time=time(6), time_zone="UTC", now=now)
    Job.objects.filter(pk=newer.pk).update(kind="of the next release")
    Schedule.objects.filter(pk=schedule.pk).update(kind="of the next release")

    admitted = dispatcher.admit(known.queue)

    assert admitted == [(known.pk, "test.count")]
    services.plan_due(now=now + timedelta(days=2))
    assert not Job.objects.filter(kind="of the next release").exclude(pk=newer.pk).exists()
    assert Schedule.objects.get(pk=schedule.pk).next_run_at == schedule.next_run_at


def test_a_job_needs_an_agency(db):
    with pytest.raises(NoTenant):
        services.enqueue(kind="test.count", period_key="x")


def test_a_job_runs_once(queued):
    job = queued(name="a")

    outcomes = [_run(job), _run(job)]

    assert outcomes == ["done", "not ours"]
    assert AgencySettings.objects.get_solo().name == "Northwind|a"
    assert (job.attempts, job.fence, job.lease_until) == (1, 1, None)


def test_j5_poison_is_dead_after_three_attempts(queued):
    job, other = queued("test.fail"), queued(key="two")

    outcomes = [_run(job, seconds) for seconds in (1, 100, 300, 900)]

    assert outcomes == ["failed attempt", "failed attempt", "failed attempt", "not ours"]
    assert (job.status, job.attempts, job.error) == ("dead", 3, "LookupError: planted")
    assert _run(other) == "done"


def test_a_refusal_is_not_tried_again(queued):
    job = queued("test.refuse")

    assert _run(job) == "failed"
    assert (job.attempts, job.error) == (1, "Not today.")


def test_a_dead_job_can_be_started_again_by_a_person(queued):
    job = queued("test.refuse")
    _run(job)

    assert services.requeue(job=job, now=timezone.now())
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("queued", 0)


def test_j6_the_fence_refuses_the_worker_that_was_too_slow(queued):
    job = queued()
    slow = services.claim(job_id=job.pk, now=_later())
    services.sweep(now=_later(600))
    quick = services.claim(job_id=job.pk, now=_later(600))

    with pytest.raises(services.LostLease), transaction.atomic():
        services.hold_fence(slow)
    finished = [services.finish(job=slow, now=_later(601)), services.finish(job=quick, now=_later(602))]

    assert (slow.fence, quick.fence, finished) == (1, 2, [False, True])
    report("J6", ok=finished == [False, True], finished=finished, attempts=quick.attempts)


def test_a_worker_that_died_three_times_leaves_a_dead_job(queued):
    job = queued()

    for attempt in range(1, 4):
        assert services.claim(job_id=job.pk, now=_later(attempt * 1000)) is not None
        assert services.sweep(now=_later(attempt * 1000 + 500)) == 1

    job.refresh_from_db()
    assert (job.status, job.error) == ("dead", "The worker died three times.")


@pytest.mark.parametrize("state", ["suspended", "deleting", "gone"])
def test_t6_a_job_of_an_agency_that_is_not_served_runs_nothing(queued, agency, state):
    job = queued()
    if state == "gone":
        with nobody_bound():
            Job.objects.filter(pk=job.pk).delete()
    else:
        Agency.objects.filter(pk=agency.pk).update(status=state)

    with nobody_bound(), CaptureQueriesContext(connection) as queries:
        outcome = runner.run(job_id=job.pk, now=_later())

    touched = [query["sql"] for query in queries if "accounts_" in query["sql"]]
    report("T6", ok=not touched and outcome in {"skipped", "not ours"}, state=state, statements=len(touched))


def test_a_job_for_later_waits_for_its_minute(agency):
    now = timezone.now()
    later = now + timedelta(hours=2)

    job = services.enqueue(kind="test.count", period_key="later", available_at=later)
    again = services.enqueue(kind="test.count", period_key="later", available_at=now)

    assert (again.pk, again.available_at) == (job.pk, later)
    assert Job.objects.due(later - timedelta(seconds=1)).count() == 0
    assert services.claim(job_id=job.pk, now=later - timedelta(seconds=1)) is None
    assert services.claim(job_id=job.pk, now=later) is not None


def test_t6_suspending_stops_the_schedules_too(agency):
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    services.set_schedule(kind="test.count", local_time=time(6), time_zone="UTC", now=now)
    with nobody_bound():
        suspend_agency(agency=agency)

    assert services.plan_due(now=now + timedelta(days=1)) == 0
    assert Job.objects.count() == 0


def test_j12_an_outage_is_caught_up_once(agency):
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    services.set_schedule(kind="test.count", local_time=time(6), time_zone="Europe/Berlin", now=start)

    planned = [
        services.plan_due(now=start + timedelta(days=3, hours=3)),
        services.plan_due(now=start + timedelta(days=3, hours=4)),
    ]

    keys = list(Job.objects.values_list("period_key", flat=True))
    schedule = Schedule.objects.get(kind="test.count")
    assert schedule.next_run_at == datetime(2026, 3, 6, 5, tzinfo=UTC)
    report("J12", ok=keys == ["test.count:2026-03-05"] and planned == [1, 0], jobs=keys, planned=planned)


@pytest.mark.parametrize("beats", [2, 5])
def test_j11_many_beats_plan_each_period_once(scratch_agency, beats):
    start = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    with tenant_context(scratch_agency):
        services.set_schedule(kind="test.count", local_time=time(2, 30), time_zone="Europe/Berlin", now=start)
    ticks = [start + timedelta(hours=step) for step in range(24 * 40)]
    barrier = threading.Barrier(beats)

    def beat():
        barrier.wait()
        for now in ticks:
            services.plan_due(now=now)
        connection.close()

    threads = [threading.Thread(target=beat) for _ in range(beats)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    days = Counter(Job.objects.filter(agency=scratch_agency).values_list("period_key", flat=True))
    duplicates = sum(count - 1 for count in days.values())
    report(
        "J11",
        ok=duplicates == 0 and len(days) == 40,
        beats=beats,
        ticks=len(ticks),
        jobs=len(days),
        duplicates=duplicates,
    )


def test_two_workers_cannot_claim_one_job(scratch_agency):
    with tenant_context(scratch_agency):
        job = services.enqueue(kind="test.count", period_key="race")
    claimed, barrier, lock = [], threading.Barrier(8), threading.Lock()

    def worker():
        barrier.wait()
        mine = services.claim(job_id=job.pk, now=_later(5))
        with lock:
            claimed.append(mine is not None)
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == [False] * 7 + [True]


def test_dispatcher_takes_agencies_in_turn_and_two_at_most_of_each(agency, other_agency):
    for number in range(20):
        services.enqueue(kind="test.count", period_key=f"busy:{number}")
    with tenant_context(other_agency):
        services.enqueue(kind="test.count", period_key="quiet")

    admitted = [job_id for job_id, _ in dispatcher.admit("interactive")]

    owners = Counter(Job.objects.filter(pk__in=admitted).values_list("agency__slug", flat=True))
    assert owners == {"northwind": 2, "harbour": 1}
    assert dispatcher.admit("interactive") == []


def test_without_a_broker_the_job_waits_for_the_next_tick(queued, monkeypatch):
    def unreachable(*args, **kwargs):
        raise ConnectionRefusedError

    jobs = [queued(), queued(key="two")]
    monkeypatch.setattr(dispatcher, "breaker", dispatcher.Breaker())
    monkeypatch.setattr(dispatcher.current_app, "send_task", unreachable)

    sent = dispatcher.dispatch(queues=["interactive"])

    for job in jobs:
        job.refresh_from_db()
    assert sent == 0
    assert [(job.hinted_at, job.status) for job in jobs] == [(None, "queued"), (None, "queued")]


def test_liveness_is_the_age_of_the_oldest_waiting_job(queued):
    queued()

    assert services.is_alive(now=_later(60))
    assert not services.is_alive(now=_later(300))
