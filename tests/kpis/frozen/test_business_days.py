"""The day on which a month freezes."""

from datetime import date

import pytest

from kpis.frozen.business_days import freeze_day
from kpis.frozen.months import parse_month


@pytest.mark.parametrize(
    ("month", "number", "day"),
    [
        ("2026-09", 5, "2026-10-07"),  # October begins on a Thursday
        ("2026-09", 1, "2026-10-01"),
        ("2026-07", 1, "2026-08-03"),  # August begins on a Saturday
        ("2026-12", 5, "2027-01-07"),
        ("2026-09", 20, "2026-10-28"),
    ],
)
def test_the_fifth_business_day_counts_mondays_to_fridays(month, number, day):
    assert str(freeze_day(parse_month(month), number)) == day


def test_holidays_are_no_business_days():
    holidays = {date(2026, 10, 1), date(2026, 10, 3), date(2026, 10, 6)}

    assert freeze_day(parse_month("2026-09"), 5, holidays) == date(2026, 10, 9)


def test_a_month_with_too_few_business_days_has_its_last_one():
    holidays = {date(2027, 2, number) for number in range(20, 29)}

    assert freeze_day(parse_month("2027-01"), 20, holidays) == date(2027, 2, 19)


def test_a_month_without_business_days_has_its_last_day():
    holidays = {date(2027, 2, number) for number in range(1, 29)}

    assert freeze_day(parse_month("2027-01"), 5, holidays) == date(2027, 2, 28)
