"""Contract KPIs by the direct route, on small books."""

from decimal import Decimal

import pytest

from tests.kpis.books import ask, by_slice, line, reasons, texts, values

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"
WATERFALL = (
    "opening_mrr",
    "new_mrr",
    "reactivation_mrr",
    "expansion_mrr",
    "contraction_mrr",
    "churned_mrr",
    "fx_effect",
    "mrr",
)


def waterfall(period: str = MARCH, **about) -> dict[str, Decimal | None]:
    """The sides of the waterfall that are not 0."""
    return {kpi: value for kpi, value in values(period, *WATERFALL, **about).items() if value}


def test_empty_agency_has_amounts_of_zero_and_rates_without_value():
    assert values(MARCH, "mrr", "nrr", "clv") == {"mrr": 0, "nrr": None, "clv": None}
    assert reasons(MARCH, "mrr", "nrr", "client_retention_rate", "quick_ratio", "clv", "arpa") == {
        "mrr": None,
        "nrr": "no_opening_mrr",
        "client_retention_rate": "no_opening_clients",
        "quick_ratio": "no_losses",
        "clv": "no_clients",
        "arpa": "no_clients",
    }


def test_amounts_of_all_intervals_add_up_exactly():
    for interval in (
        "week",
        "four_weeks",
        "month",
        "quarter",
        "half_year",
        "year",
        "two_years",
        "three_years",
    ):
        line(interval, 100, "2025-01-01", interval=interval)
    # 52/12 + 13/12 + 1 + 1/3 + 1/6 + 1/12 + 1/24 + 1/36 = 509/72

    result = ask(MARCH, "mrr")["mrr"]

    assert result.value * 72 == Decimal(50900)
    assert result.as_json()["value"] == "706.944444"


def test_three_thirds_are_one():
    for name in ("a", "b", "c"):
        line(name, 100, "2025-01-01", interval="quarter")

    assert values(MARCH, "mrr", "nrr") == {"mrr": 100, "nrr": 1}
    assert texts(MARCH, "arpa") == {"arpa": "33.333333"}


def test_last_day_of_service_belongs_to_the_month_after_when_it_is_the_last_of_the_month():
    line("leaves", 100, "2026-01-01", "2026-03-01")
    line("starts", 70, "2026-03-01")

    assert waterfall("2026-02") == {"opening_mrr": 100, "mrr": 100}
    assert waterfall("2026-03") == {"opening_mrr": 100, "new_mrr": 70, "churned_mrr": 100, "mrr": 70}


def test_back_to_back_renewal_moves_nothing():
    line("a", 100, "2025-03-10", "2026-03-10")
    line("a", 100, "2026-03-10", reason="renewal")

    assert waterfall() == {"opening_mrr": 100, "mrr": 100}
    assert values(MARCH, "client_retention_rate", "grr") == {"client_retention_rate": 1, "grr": 1}


def test_gap_of_a_day_is_churn_and_reactivation_but_the_client_is_retained():
    line("a", 100, "2025-03-10", "2026-03-10")
    line("a", 120, "2026-03-11")

    assert waterfall() == {"opening_mrr": 100, "churned_mrr": 100, "reactivation_mrr": 120, "mrr": 120}
    assert values(MARCH, "client_retention_rate", "nrr", "grr") == {
        "client_retention_rate": 1,
        "nrr": Decimal("1.2"),
        "grr": 1,
    }


def test_client_that_joins_and_leaves_inside_is_in_the_waterfall_and_in_no_rate():
    line("stays", 100, "2025-01-01")
    line("visits", 300, "2026-03-05", "2026-03-20")

    assert waterfall() == {"opening_mrr": 100, "new_mrr": 300, "churned_mrr": 300, "mrr": 100}
    assert values(MARCH, "client_churn_rate", "lost_clients", "nrr") == {
        "client_churn_rate": 0,
        "lost_clients": 0,
        "nrr": 1,
    }


def test_cancelling_one_of_two_services_is_contraction_and_the_last_one_is_churn():
    line("a", 100, "2025-01-01", "2026-03-10", of="seo")
    line("a", 40, "2025-01-01", "2026-03-20", of="ppc")

    assert waterfall() == {"opening_mrr": 140, "contraction_mrr": 100, "churned_mrr": 40}


def test_movements_of_a_day_are_netted_and_days_are_added():
    line("same day", 100, "2025-01-01", "2026-03-10", of="seo")
    line("same day", 150, "2026-03-10", of="seo")
    line("two days", 100, "2025-01-01", "2026-03-10", of="seo")
    line("two days", 60, "2026-03-10", "2026-03-20", of="seo")
    line("two days", 150, "2026-03-20", of="seo")

    assert waterfall() == {"opening_mrr": 200, "expansion_mrr": 140, "contraction_mrr": 40, "mrr": 300}


def test_growth_is_upsell_cross_sell_or_price_change():
    line("a", 100, "2025-01-01", "2026-03-10", of="seo")
    line("a", 130, "2026-03-10", of="seo")
    line("b", 100, "2025-01-01", of="seo")
    line("b", 50, "2026-03-12", of="ppc")
    line("c", 100, "2025-01-01", "2026-03-01", of="seo")
    line("c", 107, "2026-03-01", of="seo", reason="price_change")

    assert values(MARCH, "upsell_mrr", "cross_sell_mrr", "price_change_mrr", "expansion_mrr") == {
        "upsell_mrr": 30,
        "cross_sell_mrr": 50,
        "price_change_mrr": 7,
        "expansion_mrr": 87,
    }
    assert texts(MARCH, "upsell_rate", "cross_sell_rate", "upsell_cross_sell_revenue") == {
        "upsell_rate": "0.333333",
        "cross_sell_rate": "0.333333",
        "upsell_cross_sell_revenue": "80.000000",
    }


def test_growth_net_of_a_cut_is_shared_by_the_services_that_grew():
    line("a", 100, "2025-01-01", "2026-03-10", of="seo")
    line("a", 200, "2026-03-10", of="seo")
    line("a", 80, "2025-01-01", "2026-03-10", of="mail")
    line("a", 50, "2026-03-10", of="ppc")
    # Grew by 100 and 50, lost 80: 70 of growth, two thirds upsell and one third cross-sell.

    assert texts(MARCH, "upsell_mrr", "cross_sell_mrr", "contraction_mrr") == {
        "upsell_mrr": "46.666667",
        "cross_sell_mrr": "23.333333",
        "contraction_mrr": "0.000000",
    }


def test_swap_of_services_at_equal_mrr_is_no_movement():
    line("a", 100, "2025-01-01", "2026-03-10", of="seo")
    line("a", 100, "2026-03-10", of="ppc")

    assert waterfall() == {"opening_mrr": 100, "mrr": 100}
    assert values(MARCH, "grr", "cross_sell_rate") == {"grr": 1, "cross_sell_rate": 0}


def test_sold_growth_counts_only_for_clients_of_the_opening():
    line("a", 100, "2025-01-01")
    line("new", 100, "2026-03-02", of="seo")
    line("new", 50, "2026-03-20", of="ppc")

    assert values(MARCH, "cross_sell_mrr", "cross_sell_rate", "upsell_cross_sell_revenue_rate") == {
        "cross_sell_mrr": 50,
        "cross_sell_rate": 0,
        "upsell_cross_sell_revenue_rate": 0,
    }


def test_sold_growth_is_gross_of_what_was_taken_back():
    line("a", 100, "2025-01-01", of="seo")
    line("a", 50, "2026-03-05", "2026-03-20", of="ppc")

    assert values(MARCH, "upsell_cross_sell_revenue", "contraction_mrr", "nrr") == {
        "upsell_cross_sell_revenue": 50,
        "contraction_mrr": 50,
        "nrr": 1,
    }


def test_discount_lowers_mrr_while_it_lasts():
    line("a", 100, "2025-01-01")
    line("a", -30, "2026-02-01", "2026-03-15", reason="discount")

    assert waterfall("2026-02") == {"opening_mrr": 100, "contraction_mrr": 30, "mrr": 70}
    assert waterfall("2026-03") == {"opening_mrr": 70, "expansion_mrr": 30, "mrr": 100}


def test_discount_never_takes_a_client_below_zero():
    line("free", 100, "2025-01-01")
    line("free", -150, "2025-01-01", "2026-03-15")
    line("other", 40, "2025-01-01")

    assert waterfall() == {"opening_mrr": 40, "new_mrr": 100, "mrr": 140}
    assert values(MARCH, "opening_clients", "closing_clients") == {"opening_clients": 1, "closing_clients": 2}


def test_free_client_is_no_client_until_it_pays():
    line("a", 0, "2025-01-01", "2026-03-10")
    line("a", 100, "2026-03-10")

    assert waterfall() == {"new_mrr": 100, "mrr": 100}


def test_void_and_one_off_lines_and_future_ones_are_no_mrr():
    line("a", 100, "2025-01-01")
    line("a", 900, "2025-01-01", is_void=True)
    line("a", 5000, "2026-03-01", kind="one_off", interval="")
    line("a", 700, "2026-04-01")

    assert waterfall() == {"opening_mrr": 100, "mrr": 100}


def test_as_of_cuts_the_period_and_knows_nothing_later():
    line("a", 100, "2025-01-01", "2026-03-20")
    line("b", 50, "2026-03-25")

    result = ask(MARCH, "mrr", as_of="2026-03-19")["mrr"]

    assert (result.value, result.query.is_partial, result.as_json()["period"]["is_partial"]) == (
        100,
        True,
        True,
    )
    assert waterfall(as_of="2026-03-20") == {"opening_mrr": 100, "churned_mrr": 100}


def test_multi_year_ramp_of_lines_is_growth_on_its_days():
    line("a", 1200, "2025-03-01", "2026-03-01", interval="year")
    line("a", 2400, "2026-03-01", "2027-03-01", interval="year")

    assert waterfall() == {"opening_mrr": 100, "expansion_mrr": 100, "mrr": 200}
    assert values("2026", "client_retention_rate", "nrr") == {"client_retention_rate": 1, "nrr": 2}


def test_growth_rate_compound_rate_and_quick_ratio():
    line("a", 100, "2025-01-01")
    line("b", 21, "2026-02-10")
    line("c", 10, "2026-01-05", "2026-02-20")

    assert values("2026-01-01..2026-03-01", "mrr_growth_rate", "cmgr", "quick_ratio", "net_new_mrr") == {
        "mrr_growth_rate": Decimal("0.21"),
        "cmgr": Decimal("0.1"),
        "quick_ratio": Decimal("3.1"),
        "net_new_mrr": 21,
    }


def test_growth_from_nothing_has_no_rate():
    line("a", 100, "2026-03-02")

    assert reasons(MARCH, "mrr_growth_rate", "cmgr") == {
        "mrr_growth_rate": "no_opening_mrr",
        "cmgr": "no_opening_mrr",
    }
    assert reasons("2026-04-01..2026-04-11", "cmgr") == {"cmgr": "not_whole_months"}


def test_whole_cohort_gone_is_zero_and_not_unknown():
    line("a", 100, "2025-01-01", "2026-03-10")

    assert values(MARCH, "grr", "nrr", "revenue_churn_rate", "client_churn_rate", "arr") == {
        "grr": 0,
        "nrr": 0,
        "revenue_churn_rate": 1,
        "client_churn_rate": 1,
        "arr": 0,
    }


def test_every_value_is_the_same_beside_a_busy_agency(agency_beside):
    line("a", 100, "2025-01-01")

    assert waterfall() == {"opening_mrr": 100, "mrr": 100}
    assert by_slice(MARCH, "mrr", by="client") == {"a": 100}
