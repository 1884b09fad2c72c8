"""The statistics behind the KPIs: pure."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.formulas.contract_total import monthly_amount_of_total
from kpis.formulas.health_score import Component, health_score
from kpis.formulas.kaplan_meier import Tenure, median_tenure, restricted_mean, survival_curve
from kpis.formulas.nps_interval import nps_interval
from kpis.formulas.percentile import percentile
from kpis.formulas.rate_conversion import (
    annual_churn,
    annual_retention,
    convert_churn,
    convert_retention,
    monthly_churn,
    monthly_retention,
)
from kpis.formulas.retention_checkpoints import retention_at, retention_checkpoints
from kpis.formulas.rule_of_three import longer_than_months
from kpis.formulas.wilson import wilson_interval


def six(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.6f}"


# Of five clients two left after 6 and 12 months; one each is still here at 6, 18 and 30 months.
TENURES = [
    Tenure(Decimal(months), has_left) for months, has_left in ((6, True), (6, False), (12, True), (18, False))
]
TENURES.append(Tenure(Decimal(30), has_left=False))


def test_wilson_interval_of_6_in_32():
    low, high = wilson_interval(6, 32)

    assert (f"{low:.8f}", f"{high:.8f}") == ("0.08889545", "0.35309155")


@pytest.mark.parametrize(("successes", "n", "bound"), [(0, 10, Decimal(0)), (10, 10, Decimal(1))])
def test_wilson_interval_ends_at_the_border_of_what_is_possible(successes, n, bound):
    assert bound in wilson_interval(successes, n)


def test_wilson_interval_of_nothing_is_unknown():
    assert wilson_interval(0, 0) is None


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_share_and_mirrors(pair):
    successes, n = pair

    low, high = wilson_interval(successes, n)
    mirrored = wilson_interval(n - successes, n)

    assert 0 <= low <= Decimal(successes) / n <= high <= 1
    assert (six(1 - high), six(1 - low)) == (six(mirrored[0]), six(mirrored[1]))


def test_nps_interval_of_60_20_20():
    low, high = nps_interval(promoters=60, passives=20, detractors=20)

    # 40 -+ 196 x sqrt((0.6 + 0.2 - 0.16) / 100)
    assert (six(low), six(high)) == ("24.320000", "55.680000")


def test_nps_interval_of_nobody_is_unknown():
    assert nps_interval(promoters=0, passives=0, detractors=0) is None


@pytest.mark.parametrize(
    ("values", "fraction", "expected"),
    [
        (range(1, 11), "0.9", "9.1"),
        (range(1, 11), "0.5", "5.5"),
        ([7], "0.9", "7"),
        ([3, 1, 2], "0.5", "2"),
        ([1, 2], "0", "1"),
        ([1, 2], "1", "2"),
    ],
)
def test_percentile_interpolates(values, fraction, expected):
    assert percentile(list(values), Decimal(fraction)) == Decimal(expected)


def test_percentile_of_nothing_is_unknown():
    assert percentile([], Decimal("0.5")) is None


@given(st.lists(st.integers(-1000, 1000), min_size=1), st.integers(0, 100))
def test_percentile_lies_between_the_ends(values, hundredths):
    found = percentile(values, Decimal(hundredths) / 100)

    assert min(values) <= found <= max(values)


def test_survival_curve_counts_the_censored_of_a_month_as_at_risk():
    assert survival_curve(TENURES) == [(6, Decimal("0.8")), (12, Decimal("0.8") * 2 / 3)]


def test_median_tenure_is_unknown_while_more_than_half_are_here():
    assert median_tenure(TENURES) is None
    assert median_tenure([*TENURES, Tenure(Decimal(20), has_left=True)]) == 20


def test_restricted_mean_is_the_area_under_the_curve():
    # 6 months at 1, 6 at 0.8, 48 at 0.8 x 2/3.
    assert six(restricted_mean(TENURES)) == six(Decimal(6) + Decimal("4.8") + 48 * Decimal("0.8") * 2 / 3)
    assert restricted_mean(TENURES, Decimal(10)) == Decimal("9.2")
    assert restricted_mean([]) is None


def test_without_censoring_the_restricted_mean_is_the_mean():
    tenures = [Tenure(Decimal(months), has_left=True) for months in (3, 6, 9, 12)]

    assert restricted_mean(tenures) == Decimal("7.5")
    assert median_tenure(tenures) == 6


def test_rates_convert_between_month_and_year():
    assert six(monthly_retention(Decimal("0.9"))) == "0.991258"
    assert six(monthly_churn(Decimal("0.1"))) == "0.008742"
    assert six(annual_churn(Decimal("0.05"))) == "0.459640"
    assert six(annual_retention(Decimal("0.9"))) == "0.282430"
    assert six(convert_retention(Decimal("0.9"), months=12, to_months=3)) == "0.974004"
    assert convert_retention(Decimal(0), months=12, to_months=1) == 0
    assert convert_churn(Decimal(1), months=12, to_months=1) == 1


@given(st.decimals("0.001", "0.999", places=3), st.integers(1, 36))
def test_retention_over_months_and_back_is_itself(rate, months):
    there = convert_retention(rate, months=1, to_months=months)

    assert six(convert_retention(there, months=months, to_months=1)) == six(rate)


@pytest.mark.parametrize(
    ("total", "starts_on", "ends_on", "expected"),
    [
        ("12000", "2026-01-01", "2027-01-01", "1000.000000"),
        ("10000", "2026-03-15", "2027-01-01", "1046.423135"),  # 17 days of 292 off, nine months left
        ("6000", "2026-01-15", "2026-07-15", "1000.000000"),  # from the 15th to the 14th: whole months
        ("1480", "2026-03-15", "2026-08-10", "305.000000"),  # 17 and 9 days of 148 off, four months left
        ("500", "2026-03-15", "2026-04-10", None),  # no whole month
    ],
)
def test_monthly_amount_of_a_total_with_parts_of_months(total, starts_on, ends_on, expected):
    found = monthly_amount_of_total(
        Decimal(total), date.fromisoformat(starts_on), date.fromisoformat(ends_on)
    )

    assert six(found) == expected


def test_health_score_averages_measures_and_weighs_parts():
    parts = [
        Component("support", Decimal(2), [Decimal(80)]),
        Component("engagement", Decimal(3), [Decimal(76), Decimal(65)]),
        Component("usage", Decimal(3), [Decimal(90)]),
        Component("pulse", Decimal(2), [Decimal(54)]),
    ]

    assert health_score(parts) == Decimal("74.95")


def test_health_score_drops_parts_without_data_and_needs_half_of_the_weight():
    known, unknown = Component("a", Decimal(50), [Decimal(60)]), Component("b", Decimal(50), [])
    heavy = Component("c", Decimal(51), [])

    assert health_score([known, unknown]) == 60
    assert health_score([known, heavy]) is None
    assert health_score([]) is None


def test_rule_of_three():
    assert longer_than_months(120) == 40
    assert longer_than_months(0) is None


def test_retention_checkpoints_leave_out_who_is_too_young():
    assert retention_checkpoints(TENURES, [6, 12, 24, 48]) == {
        6: 1,
        12: Decimal("0.75"),
        24: Decimal(1) / 3,
        48: 0,
    }
    assert retention_checkpoints([], [6]) == {6: None}


def test_retention_of_a_cohort_at_counts():
    assert retention_at(20, {3: 18, 6: 15}) == {3: Decimal("0.9"), 6: Decimal("0.75")}
    assert retention_at(0, {3: 0}) == {3: None}
