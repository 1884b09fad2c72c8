"""What was written is told: facts and stored numbers follow the journal of changes, and nothing else."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from agencyam.jobs.models import Job
from agencyam.periods import Period, parse_period
from clients.changes.announcing import announce
from clients.changes.services import note_change
from clients.models import Change
from clients.touchpoints import services as touchpoint_services
from kpis import freshness, services
from kpis.facts import builder
from kpis.models import EventFact, KPIValue, MRRLevel
from tests.factories.accounts import LeaderFactory
from tests.factories.clients import TouchpointFactory
from tests.kpis.books import client, line, settings

pytestmark = pytest.mark.usefixtures("agency")

TODAY = date(2026, 5, 20)
NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 5, 20, 13, tzinfo=UTC)
MAY, APRIL = parse_period("2026-05", as_of=TODAY), parse_period("2026-04", as_of=TODAY)


@pytest.fixture
def book():
    """A client with a line, whose months are stored and whose facts are built."""
    own = settings()
    own.save()
    line("a", 100, "2025-01-01")
    line("b", 50, "2025-01-01")
    builder.build_all(settings=own, now=NOW)
    services.compute_periods(periods=[MAY, APRIL], kinds=["agency"], as_of=TODAY, now=NOW, settings=own)
    return own


def value(kpi: str, period: Period = MAY) -> KPIValue:
    return KPIValue.objects.get(kpi=kpi, by="agency", period_start=period.start)


def log(name: str, day: int) -> None:
    touchpoint_services.log_touchpoint(
        by=LeaderFactory(),
        client=client(name),
        occurred_at=datetime(2026, 5, day, 9, tzinfo=UTC),
        channel="call",
        direction="upstream",
        summary="",
        now=NOW,
    )


def test_logged_touchpoint_is_in_the_stored_number(book):
    log("a", 12)

    done = freshness.refresh(today=TODAY, now=LATER)

    assert (done.changes, done.clients) == (1, [client("a").pk])
    assert value("touchpoints_per_client_month").numerator == 1
    assert value("touchpoints_per_client_month").computed_at == LATER


def test_period_without_the_day_is_left_alone(book):
    log("a", 12)

    freshness.refresh(today=TODAY, now=LATER)

    assert value("touchpoints_per_client_month", APRIL).computed_at == NOW


def test_only_the_client_that_changed_is_read_again(book):
    log("a", 12)
    # Written behind the journal's back, so nothing tells about it.
    TouchpointFactory(client=client("b"), occurred_at=datetime(2026, 5, 12, 9, tzinfo=UTC))

    freshness.refresh(today=TODAY, now=LATER)

    assert {fact.client_id for fact in EventFact.objects.filter(kind="touchpoint")} == {client("a").pk}


def test_change_is_told_once(book):
    log("a", 12)
    freshness.refresh(today=TODAY, now=LATER)

    again = freshness.refresh(today=TODAY, now=LATER)

    assert (again.changes, again.values) == (0, 0)
    assert Change.objects.pending().count() == 0


def test_change_of_all_clients_makes_all_facts_anew(book):
    line("c", 30, "2026-05-01")
    note_change(area=Change.Area.CONTRACTS, by=None, first_on=date(2026, 5, 1))

    done = freshness.refresh(today=TODAY, now=LATER)

    assert done.clients is None
    assert value("mrr").value == 180


def test_the_planner_knows_facts_that_were_made_anew(book):
    log("a", 12)

    builder.build_all(settings=book, now=LATER)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_stats WHERE schemaname = current_schema() "
            "AND tablename = 'kpis_eventfact' ORDER BY attname"
        )
        known = [name for (name,) in cursor.fetchall()]
    assert known == ["day", "kind", "known_from", "known_until"]


def test_facts_made_by_other_choices_are_made_anew(book):
    book.max_pause_days = 30
    book.save()
    log("a", 12)

    done = freshness.refresh(today=TODAY, now=LATER)

    assert done.clients is None
    assert builder.are_built(book)


class Died(Exception):
    pass


def die_at_the_end(execute, sql, params, many, context):
    """The connection breaks just before the change is marked as told."""
    if sql.startswith('UPDATE "clients_change"'):
        raise Died
    return execute(sql, params, many, context)


def test_dead_refresh_leaves_the_change_for_the_next(book):
    log("a", 12)

    with connection.execute_wrapper(die_at_the_end), pytest.raises(Died), transaction.atomic():
        freshness.refresh(today=TODAY, now=LATER)

    assert freshness.refresh(today=TODAY, now=LATER).changes == 1
    assert value("touchpoints_per_client_month").numerator == 1


def test_night_tells_what_was_forgotten(book):
    log("a", 12)

    services.compute_nightly(today=TODAY, now=LATER)

    assert Change.objects.pending().count() == 0
    assert value("touchpoints_per_client_month").numerator == 1


def test_many_writes_ask_for_one_refresh_each_time_something_is_new(book):
    assert announce() is None
    log("a", 12)

    jobs = {announce().pk, announce().pk}

    assert Job.objects.filter(kind="kpis.refresh").count() == len(jobs) == 1


def test_numbers_by_other_choices_are_read_from_the_book(book):
    other = settings(max_pause_days=30)
    MRRLevel.objects.all().delete()

    services.compute_periods(periods=[MAY], kinds=["agency"], as_of=TODAY, now=LATER, settings=other)

    assert value("mrr").value == 150
