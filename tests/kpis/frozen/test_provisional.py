"""Which figures may still move by themselves."""

from datetime import date

import pytest

from accounts.models import AgencySettings
from agencyam.periods import Period, month_of
from kpis.frozen.provisional import is_provisional, provisional_words

OCTOBER = month_of(date(2026, 10, 1))


def settings(days: int = 7) -> AgencySettings:
    return AgencySettings(fcr_window_days=days)


@pytest.mark.parametrize(
    ("as_of", "is_open"),
    [("2026-10-20", True), ("2026-11-06", True), ("2026-11-07", False), ("2026-12-01", False)],
)
def test_first_contact_is_provisional_until_the_window_after_the_last_day_has_passed(as_of, is_open):
    found = is_provisional("fcr", OCTOBER, date.fromisoformat(as_of), settings())

    assert found is is_open


def test_every_other_kpi_is_final():
    assert is_provisional("mrr", OCTOBER, date(2026, 10, 20), settings()) is False


def test_it_says_until_when_and_why():
    words = provisional_words("fcr", OCTOBER, date(2026, 11, 2), settings())

    assert words == "Provisional until 7 November: a repeat within 7 days still counts against it"


def test_a_settled_figure_says_nothing():
    assert provisional_words("fcr", OCTOBER, date(2026, 11, 7), settings()) == ""


def test_one_day_is_one_day_and_no_window_is_never_provisional():
    year = Period(date(2026, 1, 1), date(2027, 1, 1))

    assert provisional_words("fcr", year, date(2026, 12, 31), settings(1)).endswith(
        "within 1 day still counts against it"
    )
    assert is_provisional("fcr", year, date(2026, 12, 31), settings(0)) is False
