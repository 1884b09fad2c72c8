"""Targets in words, and what a yearly one means in a shorter period."""

from decimal import Decimal

import pytest

from kpis.formulas.catalogue import DEFINITIONS
from kpis.targeting.words import equivalent_words, target_words

MONEY = {"currency": "EUR", "locale": "en_GB"}


@pytest.mark.parametrize(
    ("kpi", "low", "high", "words"),
    [
        ("client_retention_rate", "0.9", None, "at least 90%"),
        ("client_retention_rate", "0.925", None, "at least 92.5%"),
        ("client_churn_rate", "0.1", None, "below 10%"),
        ("first_response_hours", "4", None, "at most 4.0 h"),
        ("touchpoints_per_client_month", "2", "4", "2 to 4"),
        ("nps", "70", None, "at least 70"),
        ("mrr", "100000", None, "at least €100,000.00"),
        ("nps", None, None, ""),
    ],
)
def test_target_in_words(kpi, low, high, words):
    low, high = (None if edge is None else Decimal(edge) for edge in (low, high))

    assert target_words(DEFINITIONS[kpi], low, high, **MONEY) == words


@pytest.mark.parametrize(
    ("kpi", "low", "words"),
    [
        ("client_retention_rate", "0.9", "90% a year is 99.1% a month and 97.4% a quarter."),
        ("client_churn_rate", "0.1", "10% a year is 0.9% a month and 2.6% a quarter."),
        ("testimonials", "24", "24 a year is 2 a month and 6 a quarter."),
        ("nps", "70", "The same for every period."),
        (
            "mrr_growth_rate",
            "0.05",
            "Judged on single whole months; longer periods are judged by the rate per month.",
        ),
        ("touchpoint_coverage", "0.9", "Judged on periods of whole months."),
        (
            "upsell_cross_sell_revenue_rate",
            "0.05",
            "Judged over twelve months; shorter periods are not judged.",
        ),
        ("nps", None, ""),
    ],
)
def test_what_a_target_means_in_shorter_periods(kpi, low, words):
    edge = None if low is None else Decimal(low)

    assert equivalent_words(DEFINITIONS[kpi], edge, **MONEY) == words


def test_every_basis_has_its_words():
    for definition in DEFINITIONS.values():
        assert equivalent_words(definition, Decimal("0.5"), **MONEY)
