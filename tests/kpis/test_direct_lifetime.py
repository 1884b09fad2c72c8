"""Lifetime and lifetime value from churn pooled over months."""

from decimal import Decimal

import pytest

from kpis.cohorts import get_cohort_table
from kpis.evidence.rows import list_evidence
from tests.kpis.books import ask, by_slice, client, line, question, reasons, settings, values

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"


def stay(count: int, amount: int = 100, starts_on: str = "2025-01-01") -> None:
    for number in range(count):
        line(f"stays {number}", amount, starts_on)


def test_churn_is_pooled_over_twelve_months():
    stay(9)
    line("left", 100, "2025-01-01", "2026-03-10")
    # 12 months of 10 clients at their openings, one lost: 1/120 a month.

    assert values(MARCH, "clv") == {"clv": 12000}
    assert values("2025-04-01..2026-04-01", "lifetime_months") == {"lifetime_months": 120}


def test_lifetime_is_of_the_period_asked_for():
    stay(39)
    line("left", 100, "2025-01-01", "2026-03-15")

    assert values(MARCH, "lifetime_months", "client_churn_rate") == {
        "lifetime_months": 40,
        "client_churn_rate": Decimal("0.025"),
    }


def test_window_and_margin_are_settings():
    stay(95)
    for number in range(5):
        line(f"left {number}", 100, "2025-01-01", "2026-03-15")

    found = values(MARCH, "clv", clv_window_months=1, gross_margin=Decimal("0.8"))

    assert found == {"clv": 1600}


def test_a_service_may_keep_its_own_share_of_what_it_earns():
    stay(9)
    line("stays 0", 300, "2025-01-01", of="media")
    line("left", 100, "2025-01-01", "2026-03-10")
    margins = {"gross_margin": Decimal("0.5"), "service_margins": {"media": "0.1"}}
    # 900 at a half and 300 at a tenth: 480 a month of 9 clients; 1/120 leave a month.

    assert values(MARCH, "clv", **margins) == {"clv": 6400}
    assert by_slice(MARCH, "clv", by="service", **margins) == {"retainer": 6000, "media": None}


def test_the_rows_of_the_lifetime_value_tell_what_a_client_leaves():
    stay(1)
    line("stays 0", 300, "2025-01-01", of="media")

    query = question(MARCH, gross_margin=Decimal("0.5"), service_margins={"media": "0.1"})
    rows = list_evidence(query, "clv", None).counted

    assert [(row["mrr"], row["earned_mrr"], row["share_of_revenue"]) for row in rows if "mrr" in row] == [
        ("400.000000", "80.000000", "80.000000")
    ]


def test_short_history_uses_what_there_is():
    stay(4, starts_on="2026-01-10")
    line("left", 100, "2026-01-10", "2026-03-10")
    # Openings of February and March: 5 and 5 client-months, one lost.

    assert values(MARCH, "clv") == {"clv": 1000}


def test_nobody_left_is_unknown_with_a_lower_bound():
    stay(3)

    result = ask(MARCH, "clv")["clv"]

    assert (result.value, result.figure.reason) == (None, "no_churn")
    assert result.figure.extra["longer_than_months"] == 12


def test_tenure_stands_beside_lifetime_value():
    line("short", 100, "2025-01-01", "2025-04-01")
    line("long", 100, "2025-01-01", "2026-01-01")
    line("paused", 100, "2025-01-01", pauses=[("2026-03-01", None)])
    line("here", 100, "2025-01-01")
    # Gone after 90 and 365 days; two of four are still clients.

    extra = ask(MARCH, "clv")["clv"].figure.extra

    month = Decimal("365.25") / 12
    expected = 90 / month + Decimal("0.75") * 275 / month + Decimal("0.5") * (60 - 365 / month)
    assert round(extra["median_tenure"], 9) == round(365 / month, 9)
    assert round(extra["restricted_mean"], 9) == round(expected, 9)


def test_part_of_a_month_has_no_lifetime():
    stay(3)

    assert reasons("2026-03-01..2026-03-11", "lifetime_months") == {"lifetime_months": "not_whole_months"}


def test_client_has_the_churn_of_its_segment():
    client("a", segment="Retail")
    client("left", segment="Retail")
    line("a", 300, "2025-01-01")
    line("left", 100, "2025-01-01", "2026-03-10")
    line("other", 50, "2025-01-01")
    # Retail: 24 client-months, one lost; the client without a segment is in one where nobody left.

    assert by_slice(MARCH, "clv", by="client") == {"a": 7200, "left": None, "other": None}


def test_cohort_table_counts_clients_of_each_first_month():
    line("a", 100, "2025-11-03", "2026-01-10")
    line("a", 150, "2026-02-20")
    line("b", 50, "2025-11-20", pauses=[("2025-12-10", "2026-02-01")])
    line("c", 30, "2026-01-05", "2026-01-20")

    table = get_cohort_table("2026-02", settings=settings()).as_json()

    assert table == {
        "to": "2026-02",
        "currency": "EUR",
        "cohorts": [
            {
                "month": "2025-11",
                "size": 2,
                "logos": [2, 2, 1, 2],
                "revenue": ["150.000000", "100.000000", "0.000000", "200.000000"],
            },
            {"month": "2026-01", "size": 1, "logos": [0, 0], "revenue": ["0.000000", "0.000000"]},
        ],
    }


def test_cohort_table_of_an_empty_agency_has_no_rows():
    assert get_cohort_table("2026-02", settings=settings()).cohorts == []
