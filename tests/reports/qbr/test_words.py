from datetime import date
from decimal import Decimal

import pytest
from django.utils.translation import override

from agencyam.periods import Period, month_of
from reports.qbr.words import NO_BREAK, Words

BRITISH = Words("en_GB")
GERMAN = Words("de_DE", "de")
AUGUST_TO_SEPTEMBER = Period(date(2026, 8, 3), date(2026, 9, 11))
THIRD_QUARTER = Period(date(2026, 7, 1), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (month_of(date(2026, 3, 5)), "March 2026"),
        (THIRD_QUARTER, "July to September 2026"),
        (Period(date(2025, 11, 1), date(2026, 2, 1)), "November 2025 to January 2026"),
        (Period(date(2026, 1, 1), date(2026, 2, 15)), "1 January 2026 to 14 February 2026"),
    ],
)
def test_a_period_is_named_by_its_months_or_days(period, words):
    assert BRITISH.span(period) == words


def test_a_german_period_is_named_in_german():
    with override("de"):
        assert GERMAN.span(THIRD_QUARTER) == "Juli bis September 2026"


@pytest.mark.parametrize(
    ("period", "british", "german"),
    [
        (THIRD_QUARTER, "Q3 2026", "Q3 2026"),
        (month_of(date(2026, 3, 5)), "March 2026", "März 2026"),
        (Period(date(2026, 1, 1), date(2027, 1, 1)), "2026", "2026"),
        (AUGUST_TO_SEPTEMBER, "3 Aug 2026 – 10 Sept 2026", "03.08.2026 – 10.09.2026"),
    ],
)
def test_the_short_name_of_a_period_fits_a_column(period, british, german):
    assert (BRITISH.label(period), GERMAN.label(period)) == (british, german)


def test_days_follow_the_order_of_the_locale():
    assert Words("en_US").day(date(2026, 10, 5)) == "October 5, 2026"


@pytest.mark.parametrize(
    ("locale", "language", "day", "tag"),
    [
        ("de_DE", "en", "5 October 2026", "en-GB"),
        ("en_US", "en", "October 5, 2026", "en-US"),
        ("en_GB", "de", "5. Oktober 2026", "de"),
        ("de_AT", "de", "5. Oktober 2026", "de"),
    ],
)
def test_the_document_speaks_its_own_language_whatever_the_agencys(locale, language, day, tag):
    words = Words(locale, language)

    assert (words.day(date(2026, 10, 5)), words.tag) == (day, tag)


@pytest.mark.parametrize(
    ("amount", "british", "german"),
    [
        ("1250", "€1,250", f"1.250{NO_BREAK}€"),
        ("1250.5", "€1,250.50", f"1.250,50{NO_BREAK}€"),
        ("1249.999", "€1,250", f"1.250{NO_BREAK}€"),
        ("-200", "-€200", f"-200{NO_BREAK}€"),
    ],
)
def test_money_shows_cents_only_where_there_are_any(amount, british, german):
    assert BRITISH.money(Decimal(amount), "EUR") == british
    assert GERMAN.money(Decimal(amount), "EUR") == german


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (Decimal("12.000000"), "12"),
        (Decimal("4.5"), "4.5"),
        (Decimal("-1250.25"), "−1,250.25"),
        (Decimal("250000.7"), "250,001"),
        (Decimal("9876543210.12"), f"9,877{NO_BREAK}M"),
        (Decimal("250500000"), f"250.5{NO_BREAK}M"),
    ],
)
def test_a_number_has_no_idle_zeros_and_fits_its_column(value, words):
    assert BRITISH.plain(value) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (3, 22, "14%"),
        (1, 1, "100%"),
        (0, 5, "0%"),
        (999, 1000, "99.9%"),
        (99999, 100_000, "99.9%"),
        (1, 1000, "0.1%"),
        (1, 8000, "under 0.1%"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part, whole, words):
    assert BRITISH.percent(part, whole) == words


@pytest.mark.parametrize(
    ("written", "german"),
    [
        ("≥ 90.5%", f"≥ 90,5{NO_BREAK}%"),
        ("1,204", "1.204"),
        ("9.5 h", "9,5 h"),
        ("no number, only words.", "no number, only words."),
    ],
)
def test_numbers_in_a_text_take_the_forms_of_the_locale(written, german):
    assert (GERMAN.figure(written), BRITISH.figure(written)) == (german, written)


def test_both_numbers_of_a_share_are_written_alike():
    assert BRITISH.alike(6, 8) == {"part": "six", "begin": "Six", "whole": "eight"}
    assert BRITISH.alike(3, 22) == {"part": "3", "begin": "3", "whole": "22"}


def test_a_unit_is_never_parted_from_its_number():
    assert BRITISH.hours(Decimal("9.46")) == f"9.5{NO_BREAK}h"
    assert BRITISH.trimmed("4.0 h") == f"4{NO_BREAK}h"


def test_counts_know_one_from_many():
    assert (BRITISH.days(1), BRITISH.days(1204), BRITISH.answers(2)) == ("1 day", "1,204 days", "2 answers")


def test_a_list_that_is_too_long_says_how_many_are_missing():
    assert BRITISH.listed(["a", "b", "c", "d", "e"], 4) == ["a", "b", "c", "And two more."]
    assert BRITISH.listed(["a", "b"], 2) == ["a", "b"]
