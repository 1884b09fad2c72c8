"""Which draft is due when: business days, zones, tiers, pauses; made once, caught up after an outage."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from agencyam.jobs.registry import get_kind
from agencyam.periods import Period
from reports.models import QBR, QBRPlan, QBRTemplate
from reports.qbr.planning.plans import due_on
from reports.qbr.planning.scheduling import draft_due, list_due
from tests.factories.clients import (
    BusinessCalendarFactory,
    ClientFactory,
    ContractLineFactory,
    SLAPolicyFactory,
)
from tests.reports import books

QUARTER = books.PERIOD  # until Wednesday 30 September 2026
MONDAY = date(2026, 10, 5)


@pytest.mark.parametrize(
    ("days", "holidays", "due"),
    [
        (1, set(), date(2026, 10, 1)),
        (2, set(), date(2026, 10, 2)),
        (3, set(), MONDAY),
        (3, {date(2026, 10, 2)}, date(2026, 10, 6)),
        (5, set(), date(2026, 10, 7)),
    ],
)
def test_a_draft_is_due_so_many_business_days_after_the_quarter(days, holidays, due):
    assert due_on(period=QUARTER, business_days=days, holidays=frozenset(holidays)) == due


@pytest.fixture
def settings(agency):
    QBRTemplate.objects.create(tier="A", is_scheduled=True, send_after_business_days=3)
    return books.make_settings()


def make_client(name, starts_on=date(2026, 1, 1), **fields):
    client = ClientFactory(name=name, **{"tier": "A", **fields})
    ContractLineFactory(client=client, starts_on=starts_on)
    return client


def names(settings, day, hour=9):
    now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return [client.name for client, _ in list_due(now=now, settings=settings)]


def test_it_is_due_on_its_day_and_not_before(settings):
    make_client("Northwind")

    assert [names(settings, day) for day in (date(2026, 10, 2), date(2026, 10, 4), MONDAY)] == [
        [],
        [],
        ["Northwind"],
    ]


def test_only_those_whose_plan_says_so_and_who_had_a_contract(settings):
    make_client("Scheduled")
    make_client("Another tier", tier="B")
    make_client("Archived", archived_on=date(2026, 9, 1))
    make_client("Came later", starts_on=date(2026, 10, 2))
    QBRPlan.objects.create(client=make_client("Paused"), is_paused=True)
    QBRPlan.objects.create(client=make_client("Later"), send_after_business_days=10)
    books.make_draft(make_client("Has one"))

    assert names(settings, MONDAY) == ["Scheduled"]


def test_the_day_is_the_clients_own(settings):
    make_client("Auckland", time_zone="Pacific/Auckland")
    make_client("Berlin")
    make_client("Los Angeles", time_zone="America/Los_Angeles")

    assert names(settings, date(2026, 10, 4), hour=12) == ["Auckland"]
    assert names(settings, MONDAY, hour=3) == ["Auckland", "Berlin"]
    assert names(settings, MONDAY, hour=8) == ["Auckland", "Berlin", "Los Angeles"]


def test_holidays_are_those_of_the_clients_calendar_else_the_agencys(settings):
    spec = {"time_zone": "Europe/Berlin", "hours": {"mon": [["09:00", "17:00"]]}}
    ours = BusinessCalendarFactory(spec={**spec, "holidays": ["2026-10-01"]})
    SLAPolicyFactory(is_default=True, calendar=ours)
    theirs = SLAPolicyFactory(calendar=BusinessCalendarFactory(spec=spec))
    make_client("Usual")
    make_client("Own calendar", sla_policy=theirs)

    assert names(settings, MONDAY) == ["Own calendar"]
    assert names(settings, date(2026, 10, 6)) == ["Own calendar", "Usual"]


def test_what_was_missed_is_made_later_and_never_twice(settings):
    make_client("Northwind")
    weeks_later = datetime(2026, 11, 20, 4, tzinfo=UTC)

    made = [len(draft_due(now=weeks_later, settings=settings)) for _ in range(2)]

    assert made == [1, 0]
    qbr = QBR.objects.get()
    assert (qbr.period, qbr.stage, qbr.as_of) == (QUARTER, "draft", date(2026, 11, 20))


def test_an_agency_without_a_template_gets_nothing_by_itself(agency):
    settings = books.make_settings()
    make_client("Northwind")

    assert names(settings, MONDAY) == []


def test_the_fiscal_year_says_which_quarter(settings):
    settings.fiscal_year_start_month = 2
    make_client("Northwind")

    due = list_due(now=books.NOW, settings=settings)

    assert [period for _, period in due] == [Period(date(2026, 5, 1), date(2026, 8, 1))]


@time_machine.travel(datetime(2026, 10, 5, 3, tzinfo=UTC), tick=False)
def test_the_daily_check_is_a_job(settings):
    make_client("Northwind")

    get_kind("reports.draft_due_qbrs").handler(day="2026-10-05")

    assert QBR.objects.count() == 1
