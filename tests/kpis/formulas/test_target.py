"""What a target means for a period, and met, near or missed."""

from decimal import Decimal

import pytest

from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.target import Status, judge, target_for

D = Decimal


@pytest.mark.parametrize(
    ("key", "months", "expected"),
    [
        ("client_retention_rate", 12, "0.900000"),
        ("client_retention_rate", 3, "0.974004"),
        ("client_retention_rate", 1, "0.991258"),
        ("client_retention_rate", None, None),
        ("client_churn_rate", 12, "0.100000"),
        ("client_churn_rate", 1, "0.008742"),
        ("mrr_growth_rate", 1, "0.050000"),
        ("mrr_growth_rate", 3, None),
        ("cmgr", 3, "0.050000"),
        ("cmgr", None, None),
        ("upsell_cross_sell_revenue_rate", 12, "0.050000"),
        ("upsell_cross_sell_revenue_rate", 1, None),
        ("nps", None, "70.000000"),
        ("touchpoints_per_client_month", None, None),
        ("mrr", 1, None),
    ],
)
def test_target_for_a_period(key, months, expected):
    definition = DEFINITIONS[key]

    found = target_for(definition, definition.target, months)

    assert (None if found is None else f"{found:.6f}") == expected


def test_yearly_number_of_testimonials_is_spread_over_months():
    assert target_for(DEFINITIONS["testimonials"], D(12), 3) == 3


@pytest.mark.parametrize(
    ("key", "value", "target", "high", "expected"),
    [
        ("nps", "70", "70", None, Status.MET),
        ("nps", "69.999", "70", None, Status.NEAR),
        ("nps", "63", "70", None, Status.NEAR),
        ("nps", "62.999", "70", None, Status.MISSED),
        ("client_churn_rate", "0.0999", "0.1", None, Status.MET),
        ("client_churn_rate", "0.1", "0.1", None, Status.NEAR),
        ("client_churn_rate", "0.11", "0.1", None, Status.NEAR),
        ("client_churn_rate", "0.1101", "0.1", None, Status.MISSED),
        ("reply_hours", "4", "4", None, Status.MET),
        ("reply_hours", "4.4", "4", None, Status.NEAR),
        ("reply_hours", "4.5", "4", None, Status.MISSED),
        ("touchpoints_per_client_month", "2", "2", "4", Status.MET),
        ("touchpoints_per_client_month", "1.8", "2", "4", Status.NEAR),
        ("touchpoints_per_client_month", "1.7", "2", "4", Status.MISSED),
        ("touchpoints_per_client_month", "4", "2", "4", Status.MET),
        ("touchpoints_per_client_month", "4.4", "2", "4", Status.NEAR),
        ("touchpoints_per_client_month", "4.5", "2", "4", Status.MISSED),
        ("touchpoints_per_client_month", "9", "2", None, Status.MET),
        ("mrr_growth_rate", "0.2", "0.05", None, Status.MET),
        ("net_revenue_churn_rate", "-0.01", "0", None, Status.MET),
        ("net_new_mrr", "-105", "-100", None, Status.NEAR),
    ],
)
def test_judgement(key, value, target, high, expected):
    found = judge(DEFINITIONS[key], D(value), target=D(target), high=high and D(high), n=50)

    assert found == expected


@pytest.mark.parametrize(
    ("key", "n", "expected"),
    [
        ("nps", 4, Status.NOT_JUDGED),
        ("nps", 5, Status.MET),
        ("mrr", 1, Status.MET),
        ("testimonials", 3, Status.MET),
    ],
)
def test_small_samples_are_not_judged_and_amounts_are(key, n, expected):
    assert judge(DEFINITIONS[key], D(100), target=D(70), n=n) == expected


def test_unknown_value_and_missing_target_are_not_judged():
    assert judge(DEFINITIONS["nps"], None, target=D(70), n=50) == Status.NOT_JUDGED
    assert judge(DEFINITIONS["nps"], D(70), target=None, n=50) == Status.NOT_JUDGED
