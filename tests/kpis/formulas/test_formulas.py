"""Each formula with numbers that can be checked by hand, and undefined where there is nothing to divide by."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.formulas.catalogue import DEFINITIONS

D = Decimal
FLOWS = {"new": D(30), "reactivation": D(5), "expansion": D(25), "contraction": D(10), "churned": D(20)}
CASES = [
    ("client_retention_rate", {"retained": 9, "opening_clients": 10}, "0.9"),
    ("client_churn_rate", {"retained": 9, "opening_clients": 10}, "0.1"),
    ("revenue_churn_rate", {"kept_mrr": D(92), "opening_mrr": D(100)}, "0.08"),
    ("net_revenue_churn_rate", {"cohort_closing_mrr": D(107), "opening_mrr": D(100)}, "-0.07"),
    ("grr", {"kept_mrr": D(92), "opening_mrr": D(100)}, "0.92"),
    ("nrr", {"cohort_closing_mrr": D(107), "opening_mrr": D(100)}, "1.07"),
    ("mrr", {"client_mrrs": [D(100), D("0.5"), D(-3)]}, "100.5"),
    ("opening_mrr", {"client_mrrs": []}, "0"),
    ("arr", {"mrr": D(12500)}, "150000"),
    ("arpa", {"mrr": D(1500), "paying_clients": 5}, "300"),
    ("opening_clients", {"clients": 4}, "4"),
    ("closing_clients", {"clients": 3}, "3"),
    ("lost_clients", {"retained": 3, "opening_clients": 5}, "2"),
    ("new_mrr", {"amounts": [D(10), D(20)]}, "30"),
    ("reactivation_mrr", {"amounts": [D(10)]}, "10"),
    ("upsell_mrr", {"amounts": [D(10)]}, "10"),
    ("cross_sell_mrr", {"amounts": [D(10)]}, "10"),
    ("price_change_mrr", {"amounts": [D(10)]}, "10"),
    ("churned_mrr", {"amounts": []}, "0"),
    ("expansion_mrr", {"upsell": D(1), "cross_sell": D(2), "price_change": D(3), "resume": D(4)}, "10"),
    ("contraction_mrr", {"contraction": D(3), "pause": D(4)}, "7"),
    ("net_new_mrr", FLOWS, "30"),
    ("quick_ratio", FLOWS, "2"),
    (
        "fx_effect",
        {"opening_mrr": D(100), "closing_mrr": D(145), "net_new_mrr": D(30), "transfers": D(5)},
        "10",
    ),
    ("mrr_growth_rate", {"opening_mrr": D(12500), "closing_mrr": D(13400)}, "0.072"),
    ("cmgr", {"opening_mrr": D(100), "closing_mrr": D(121), "months": 2}, "0.1"),
    ("cmgr", {"opening_mrr": D(100), "closing_mrr": D(107), "months": 1}, "0.07"),
    (
        "clv",
        {"mrr": D(9500), "paying_clients": 95, "gross_margin": D("0.8"), "lost": 5, "client_months": 100},
        "1600",
    ),
    ("lifetime_months", {"lost": 1, "client_months": 40}, "40"),
    ("upsell_rate", {"upsold_clients": 1, "opening_clients": 4}, "0.25"),
    ("cross_sell_rate", {"cross_sold_clients": 1, "opening_clients": 4}, "0.25"),
    ("project_cross_sell_rate", {"buyers": 3, "opening_clients": 12}, "0.25"),
    ("upsell_cross_sell_revenue", {"upsell": D(30), "cross_sell": D(50)}, "80"),
    ("upsell_cross_sell_revenue_rate", {"upsell": D(3), "cross_sell": D(5), "opening_mrr": D(100)}, "0.08"),
    ("nps", {"promoters": 60, "passives": 20, "detractors": 20}, "40"),
    ("nps", {"promoters": 0, "passives": 0, "detractors": 2}, "-100"),
    ("csat", {"satisfied": 7, "answers": 10}, "0.7"),
    ("survey_response_rate", {"answered": 3, "invited": 12}, "0.25"),
    ("first_response_hours", {"hours": [D(1), D(4), D(2)]}, "2"),
    ("first_response_hours_p90", {"hours": [D(number) for number in range(1, 11)]}, "9.1"),
    ("first_response_hours_mean", {"hours": [D(1), D(2), D(6)]}, "3"),
    ("reply_hours", {"hours": [D(1), D(2)]}, "1.5"),
    ("sla_attainment", {"met": 9, "breached": 1}, "0.9"),
    ("sla_breached", {"breached": 3}, "3"),
    ("sla_pending", {"pending": 0}, "0"),
    ("fcr", {"at_first_contact": 320, "resolved": 400}, "0.8"),
    ("touchpoints_per_client_month", {"touchpoints": 30, "client_months": 12}, "2.5"),
    ("touchpoint_coverage", {"covered": 9, "client_months": 12}, "0.75"),
    ("proposal_conversion_rate", {"won": 60, "lost": 30, "expired": 10}, "0.6"),
    ("proposal_conversion_value_rate", {"won_value": D(300), "decided_value": D(400)}, "0.75"),
    ("on_time_delivery_rate", {"on_time": 85, "due": 100}, "0.85"),
    ("referral_rate", {"referring_clients": 25, "active_clients": 100}, "0.25"),
    ("referral_share_of_new_clients", {"referred": 1, "new_clients": 2}, "0.5"),
    ("testimonials", {"testimonials": 6}, "6"),
    ("am_workload", {"month_ends": [(30, 3)]}, "10"),
    ("am_workload", {"month_ends": [(30, 3), (12, 2), (5, 0)]}, "8"),
    ("weighted_load", {"month_ends": [(D("12.5"), 2), (D("3.75"), 1), (D(5), 0)]}, "5"),
    ("am_confidence", {"scores": [D(7), D(8), D(6)]}, "7"),
]
UNDEFINED = [
    ("client_retention_rate", {"retained": 0, "opening_clients": 0}),
    ("client_churn_rate", {"retained": 0, "opening_clients": 0}),
    ("revenue_churn_rate", {"kept_mrr": D(0), "opening_mrr": D(0)}),
    ("net_revenue_churn_rate", {"cohort_closing_mrr": D(0), "opening_mrr": D(0)}),
    ("grr", {"kept_mrr": D(0), "opening_mrr": D(0)}),
    ("nrr", {"cohort_closing_mrr": D(0), "opening_mrr": D(0)}),
    ("arpa", {"mrr": D(0), "paying_clients": 0}),
    ("quick_ratio", FLOWS | {"contraction": D(0), "churned": D(0)}),
    ("mrr_growth_rate", {"opening_mrr": D(0), "closing_mrr": D(100)}),
    ("cmgr", {"opening_mrr": D(0), "closing_mrr": D(100), "months": 3}),
    ("cmgr", {"opening_mrr": D(100), "closing_mrr": D(100), "months": None}),
    (
        "clv",
        {"mrr": D(100), "paying_clients": 1, "gross_margin": D(1), "lost": 0, "client_months": 12},
    ),
    ("clv", {"mrr": D(0), "paying_clients": 0, "gross_margin": D(1), "lost": 1, "client_months": 12}),
    ("lifetime_months", {"lost": 0, "client_months": 12}),
    ("upsell_rate", {"upsold_clients": 0, "opening_clients": 0}),
    ("cross_sell_rate", {"cross_sold_clients": 0, "opening_clients": 0}),
    ("project_cross_sell_rate", {"buyers": 0, "opening_clients": 0}),
    ("upsell_cross_sell_revenue_rate", {"upsell": D(0), "cross_sell": D(0), "opening_mrr": D(0)}),
    ("nps", {"promoters": 0, "passives": 0, "detractors": 0}),
    ("csat", {"satisfied": 0, "answers": 0}),
    ("survey_response_rate", {"answered": 0, "invited": 0}),
    ("first_response_hours", {"hours": []}),
    ("first_response_hours_p90", {"hours": []}),
    ("first_response_hours_mean", {"hours": []}),
    ("reply_hours", {"hours": []}),
    ("sla_attainment", {"met": 0, "breached": 0}),
    ("fcr", {"at_first_contact": 0, "resolved": 0}),
    ("touchpoints_per_client_month", {"touchpoints": 3, "client_months": 0}),
    ("touchpoint_coverage", {"covered": 0, "client_months": 0}),
    ("proposal_conversion_rate", {"won": 0, "lost": 0, "expired": 0}),
    ("proposal_conversion_value_rate", {"won_value": D(0), "decided_value": D(0)}),
    ("on_time_delivery_rate", {"on_time": 0, "due": 0}),
    ("referral_rate", {"referring_clients": 0, "active_clients": 0}),
    ("referral_share_of_new_clients", {"referred": 0, "new_clients": 0}),
    ("am_workload", {"month_ends": [(4, 0)]}),
    ("weighted_load", {"month_ends": [(D("4.5"), 0)]}),
    ("am_confidence", {"scores": []}),
]


@pytest.mark.parametrize(("key", "facts", "expected"), CASES)
def test_formula(key, facts, expected):
    assert DEFINITIONS[key].formula(**facts) == D(expected)


@pytest.mark.parametrize(("key", "facts"), UNDEFINED)
def test_formula_without_a_denominator_is_undefined(key, facts):
    assert DEFINITIONS[key].formula(**facts) is None


def test_every_formula_is_tested():
    assert {key for key, *_ in CASES} == set(DEFINITIONS)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_retention_and_churn_add_up_to_one(pair):
    retained, opening = pair

    facts = {"retained": retained, "opening_clients": opening}
    kept = DEFINITIONS["client_retention_rate"].formula(**facts)
    lost = DEFINITIONS["client_churn_rate"].formula(**facts)

    assert round(kept + lost, 25) == 1


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_nps_lies_between_minus_and_plus_100(promoters, passives, detractors):
    score = DEFINITIONS["nps"].formula(promoters=promoters, passives=passives, detractors=detractors)

    assert score is None or -100 <= score <= 100
