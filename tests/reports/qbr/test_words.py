from datetime import date
from decimal import Decimal

import pytest

from agencyam.periods import Period, month_of
from reports.qbr.words import NO_BREAK, Words, count, hours, listed, out_of, percent, plain, trimmed

BRITISH = Words("en_GB")


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (month_of(date(2026, 3, 5)), "March 2026"),
        (Period(date(2026, 7, 1), date(2026, 10, 1)), "July to September 2026"),
        (Period(date(2025, 11, 1), date(2026, 2, 1)), "November 2025 to January 2026"),
        (Period(date(2026, 1, 1), date(2026, 2, 15)), "1 January 2026 to 14 February 2026"),
    ],
)
def test_a_period_is_named_by_its_months_or_days(period, words):
    assert BRITISH.span(period) == words


def test_days_follow_the_order_of_the_locale():
    assert Words("en_US").day(date(2026, 10, 5)) == "October 5, 2026"


def test_a_locale_of_another_language_gets_british_dates_and_says_so():
    words = Words("de_DE")

    assert (words.day(date(2026, 10, 5)), words.language) == ("5 October 2026", "en-GB")


@pytest.mark.parametrize(
    ("amount", "words"),
    [("1250", "€1,250"), ("1250.5", "€1,250.50"), ("1249.999", "€1,250"), ("-200", "-€200")],
)
def test_money_shows_cents_only_where_there_are_any(amount, words):
    assert BRITISH.money(Decimal(amount), "EUR") == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (Decimal("12.000000"), "12"),
        (Decimal("4.5"), "4.5"),
        (Decimal("-1250.25"), "−1,250.25"),
        (Decimal("250000.7"), "250,001"),
        (Decimal("9876543210.12"), f"9,876.54{NO_BREAK}M"),
    ],
)
def test_a_number_has_no_idle_zeros_and_fits_its_column(value, words):
    assert plain(value) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(3, 22, "14%"), (1, 1, "100%"), (0, 5, "0%"), (999, 1000, "99.9%"), (1, 1000, "0.1%")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part, whole, words):
    assert percent(part, whole) == words


def test_both_numbers_at_the_head_of_a_sentence_are_written_alike():
    assert out_of(6, 8, "piece") == "Six of eight pieces"
    assert out_of(3, 22, "message") == "3 of 22 messages"
    assert out_of(0, 1, "answer") == "None of one answer"
    assert out_of(5, 5, "answer") == "All five answers"
    assert out_of(1, 1, "answer") == "The one answer"


def test_a_unit_is_never_parted_from_its_number():
    assert hours(Decimal("9.46")) == f"9.5{NO_BREAK}h"
    assert trimmed("4.0 h") == f"4{NO_BREAK}h"


def test_counts_know_one_from_many():
    assert (count(1, "day"), count(1204, "day"), count(2, "answer")) == ("1 day", "1,204 days", "2 answers")


def test_a_list_that_is_too_long_says_how_many_are_missing():
    assert listed(["a", "b", "c", "d", "e"], 4) == ["a", "b", "c", "And two more."]
    assert listed(["a", "b"], 2) == ["a", "b"]
