"""Catalogue row J14: a local time each day, through every clock change of a year."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from agencyam.jobs.localtime import Rule, at_local, latest_occurrence, next_occurrence
from tests.catalogue import report

ZONES = [
    "Europe/Berlin",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Atlantic/Azores",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Africa/Lagos",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Asia/Tehran",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Gaza",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Honolulu",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "America/Asuncion",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "Antarctica/Troll",
    "UTC",
]
WALLS = [time(0, 0), time(0, 30), time(1, 0), time(1, 30), time(2, 0), time(2, 30), time(3, 0), time(3, 30)]


def _expected(day: date, wall: time, zone: str) -> datetime:
    """Straight from the rule, by looking at every minute of the day and the one before and after."""
    tz, instant = ZoneInfo(zone), datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=15)
    first_later = None
    for _ in range(60 * 54):
        local = instant.astimezone(tz).replace(tzinfo=None)
        if local == datetime.combine(day, wall):
            return instant
        if first_later is None and local > datetime.combine(day, wall) and local.date() >= day:
            first_later = instant
        instant += timedelta(minutes=1)
    return first_later


def test_j14_one_run_per_local_day_for_a_year():
    wrong = runs = 0

    for index, zone in enumerate(ZONES):
        wall = WALLS[index % len(WALLS)]
        moment = at_local(date(2025, 12, 31), wall, zone)
        days: Counter[date] = Counter()
        for _ in range(365):
            moment = next_occurrence(Rule(wall, zone), after=moment)
            days[moment.astimezone(ZoneInfo(zone)).date()] += 1
            runs += 1
        wrong += sum(count != 1 for count in days.values()) + (365 - len(days))

    report("J14", ok=wrong == 0 and runs == 14_600, wrong=wrong, runs=runs, zones=len(ZONES))


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana"]
)
def test_j14_gap_and_overlap_follow_the_rule(zone):
    tz, changes = ZoneInfo(zone), []
    for offset in range(365):
        day = date(2026, 1, 1) + timedelta(days=offset)
        before, after = (
            datetime.combine(day + timedelta(days=step), time(12), tzinfo=tz) for step in (-1, 1)
        )
        if before.utcoffset() != after.utcoffset():
            changes.append(day)

    for day in changes:
        for wall in WALLS:
            assert at_local(day, wall, zone) == _expected(day, wall, zone)


def test_j14_spring_gap_runs_at_the_next_valid_minute():
    assert at_local(date(2026, 3, 29), time(2, 30), "Europe/Berlin") == datetime(
        2026, 3, 29, 1, 0, tzinfo=UTC
    )


def test_j14_autumn_overlap_runs_at_the_first():
    assert at_local(date(2026, 10, 25), time(2, 30), "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_monthly_wish_comes_on_its_day():
    after = datetime(2026, 1, 31, 12, tzinfo=UTC)

    assert next_occurrence(Rule(time(6), "UTC", 5), after=after) == datetime(2026, 2, 5, 6, tzinfo=UTC)
    assert latest_occurrence(Rule(time(6), "UTC", 5), until=after) == datetime(2026, 1, 5, 6, tzinfo=UTC)
