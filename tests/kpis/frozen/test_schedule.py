"""Months close by themselves: on the agency's own day, once, and after a stop too."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.selectors import get_settings
from accounts.services.schedules import add_missing_schedules, set_default_schedules
from accounts.services.settings import CannotUpdateSettings, update_settings
from agencyam.jobs import runner, services
from agencyam.jobs.models import Job, Schedule
from agencyam.jobs.registry import get_kind
from agencyam.tenancy.context import nobody_bound
from kpis import tasks
from kpis.frozen import selectors
from kpis.frozen.models import FrozenMonth
from kpis.frozen.services import freeze_due_months
from kpis.frozen.tasks import freeze_months
from tests.factories.clients import BusinessCalendarFactory, SLAPolicyFactory
from tests.kpis.books import line
from tests.kpis.frozen.closing import freeze

FREEZING = "kpis.freeze_months"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def book(agency):
    """A client whose data came here in September 2026."""
    with time_machine.travel(utc("2026-09-10T12:00"), tick=False):
        line("alder", 100, "2025-01-01")
    return agency


def closed() -> list[str]:
    return [str(month) for month in FrozenMonth.objects.order_by("starts_on")]


def due(today: str) -> list[str]:
    months = selectors.list_due_months(today=date.fromisoformat(today), settings=get_settings())
    return [month.label for month in months]


def close_due(today: str) -> list[str]:
    day = date.fromisoformat(today)
    freeze_due_months(today=day, now=utc(f"{today}T04:00"), settings=get_settings())
    return closed()


def plan_and_run(now: datetime) -> None:
    """What beat and a worker do at an instant."""
    with time_machine.travel(now, tick=False), nobody_bound():
        services.plan_due(now=now)
        # The database's own clock is not frozen.
        waiting = Job.objects.filter(kind=FREEZING, status="queued")
        waiting.update(available_at=now)
        for job_id in list(waiting.values_list("pk", flat=True)):
            runner.run(job_id=job_id, now=now)


def live_in(zone: str) -> None:
    with time_machine.travel(utc("2026-10-05T12:00"), tick=False):
        update_settings(by=None, time_zone=zone)
        set_default_schedules(time_zone=zone, now=utc("2026-10-05T12:00"))


def test_the_month_closes_on_its_fifth_business_day_and_not_before(book):
    assert close_due("2026-10-06") == []
    assert close_due("2026-10-07") == ["September 2026"]


def test_the_agency_chooses_the_day(book):
    update_settings(by=None, freeze_business_day=2)

    assert (due("2026-10-01"), due("2026-10-02")) == ([], ["September 2026"])


@pytest.mark.parametrize("number", [0, 21])
def test_a_day_that_no_month_has_is_refused(agency, number):
    with pytest.raises(Exception, match="Ensure this value is"):
        update_settings(by=None, freeze_business_day=number)


def test_a_setting_that_does_not_exist_is_refused(agency):
    with pytest.raises(CannotUpdateSettings):
        update_settings(by=None, freeze_day=5)


def test_holidays_of_the_default_policy_are_no_business_days(book):
    spec = {"time_zone": "UTC", "hours": {"mon": [["09:00", "17:00"]]}, "holidays": ["2026-10-05"]}
    SLAPolicyFactory(is_default=True, calendar=BusinessCalendarFactory(spec=spec))

    assert (due("2026-10-07"), due("2026-10-08")) == ([], ["September 2026"])


def test_closing_again_closes_nothing(book):
    close_due("2026-10-07")
    digest = FrozenMonth.objects.get().digest

    assert close_due("2026-10-08") == ["September 2026"]
    assert FrozenMonth.objects.get().digest == digest


def test_after_a_stop_every_month_that_was_missed_closes(book):
    close_due("2026-10-07")

    assert close_due("2027-01-12") == ["September 2026", "October 2026", "November 2026", "December 2026"]


def test_months_before_the_book_came_here_stay_open(book):
    assert due("2026-09-20") == []


def test_an_agency_without_clients_closes_nothing(agency):
    assert due("2026-10-20") == []


def test_a_month_closed_by_hand_begins_the_closing(book):
    freeze("2026-07", on="2026-09-20")

    assert due("2026-09-20") == ["August 2026"]


def test_a_month_that_somebody_closes_meanwhile_is_left_to_them(book, monkeypatch):
    freeze("2026-09", on="2026-10-07")
    september = FrozenMonth.objects.get().period
    monkeypatch.setattr(selectors, "list_due_months", lambda **_about: [september])

    assert (
        freeze_due_months(today=date(2026, 10, 8), now=utc("2026-10-08T04:00"), settings=get_settings()) == []
    )


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        # 4 in the morning of 7 October by the agency's clock.
        ("Pacific/Auckland", "2026-10-06T14:59", "2026-10-06T15:00"),
        ("UTC", "2026-10-07T03:59", "2026-10-07T04:00"),
        ("America/Los_Angeles", "2026-10-07T10:59", "2026-10-07T11:00"),
    ],
)
def test_beat_closes_the_month_on_the_agencys_own_morning(book, zone, before, after):
    live_in(zone)

    plan_and_run(utc(before))
    then = closed()
    plan_and_run(utc(after))

    assert (then, closed()) == ([], ["September 2026"])
    assert FrozenMonth.objects.get().frozen_on == date(2026, 10, 7)


def test_beat_catches_up_after_a_stop_and_two_beats_close_once(book):
    live_in("Europe/Berlin")

    plan_and_run(utc("2026-12-20T09:00"))
    plan_and_run(utc("2026-12-20T09:00"))

    assert closed() == ["September 2026", "October 2026", "November 2026"]


def test_the_job_may_run_twice(book):
    freeze_months(day="2026-10-07", later="field")
    freeze_months(day="2026-10-07")

    assert closed() == ["September 2026"]
    assert get_kind(FREEZING).queue == "scheduled"


def test_an_agency_of_an_earlier_release_gets_its_schedule(agency):
    Schedule.objects.filter(agency=agency, kind=FREEZING).delete()

    added = add_missing_schedules(time_zone="Europe/Berlin", now=utc("2026-10-05T12:00"))
    again = add_missing_schedules(time_zone="Europe/Berlin", now=utc("2026-10-06T12:00"))

    schedule = Schedule.objects.get(agency=agency, kind=FREEZING)
    assert (added, again) == ([FREEZING], [])
    assert (str(schedule.local_time), schedule.next_run_at) == ("04:00:00", utc("2026-10-06T02:00"))


def test_the_night_adds_what_an_earlier_release_did_not_plan(agency):
    Schedule.objects.filter(agency=agency, kind=FREEZING).delete()

    tasks.compute_nightly(day="2026-10-07")

    assert Schedule.objects.filter(agency=agency, kind=FREEZING).count() == 1
