"""The rows behind a number add up to it."""

from decimal import Decimal

import pytest

from kpis.direct import money
from kpis.engine import evaluate
from tests.kpis.books import client, line, question

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"


@pytest.fixture
def book():
    """Clients that stay, grow, shrink, leave, come and pause."""
    line("grows", 300, "2025-01-01", of="seo")
    line("grows", 90, "2026-03-05", of="ppc")
    line("grows", 100, "2025-01-01", "2026-03-09", of="mail")
    line("grows", 170, "2026-03-09", of="mail")
    line("shrinks", 200, "2025-01-01", "2026-03-12", of="seo")
    line("shrinks", 130, "2026-03-12", of="seo")
    line("leaves", 80, "2025-01-01", "2026-03-20", of="ppc", ended_reason="price")
    line("comes", 60, "2026-03-02", of="seo")
    line("rests", 50, "2025-01-01", of="seo", pauses=[("2026-03-10", None)])


def rows(kpi: str, key: str | None = None, by: str = "agency") -> list[dict]:
    return money.rows(question(MARCH, by=by), kpi, key)


def total(found: list[dict], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in found), Decimal(0))


AMOUNTS = {
    "mrr": "mrr",
    "opening_mrr": "mrr",
    "new_mrr": "amount",
    "reactivation_mrr": "amount",
    "upsell_mrr": "amount",
    "cross_sell_mrr": "amount",
    "price_change_mrr": "amount",
    "expansion_mrr": "amount",
    "contraction_mrr": "amount",
    "churned_mrr": "amount",
    "net_new_mrr": "amount",
    "fx_effect": "amount",
    "upsell_cross_sell_revenue": "amount",
}


@pytest.mark.parametrize("by", ["agency", "service", "client"])
@pytest.mark.parametrize("kpi", AMOUNTS)
def test_rows_add_up_to_the_amount(book, kpi, by):
    for result in evaluate(question(MARCH, by=by), [kpi]):
        found = total(rows(kpi, result.key, by), AMOUNTS[kpi])

        assert abs(found) == abs(result.value)


@pytest.mark.parametrize("by", ["agency", "service", "client"])
@pytest.mark.parametrize(("kpi", "column"), [("nrr", "closing_mrr"), ("grr", "kept_mrr")])
def test_rows_of_retention_add_up_to_both_sides(book, kpi, column, by):
    for result in evaluate(question(MARCH, by=by), [kpi]):
        found = rows(kpi, result.key, by)

        assert total(found, column) == result.figure.numerator
        assert total(found, "opening_mrr") == result.figure.denominator


def test_growth_is_the_sum_of_all_movements_and_moves(book):
    for result in evaluate(question(MARCH, by="service"), ["mrr_growth_rate"]):
        found = rows("mrr_growth_rate", result.key, "service")
        moves = [row for row in found if row["movement"] != "opening"]

        assert total(moves, "amount") == result.figure.numerator


def test_lost_client_comes_with_its_reason_and_its_mrr(book):
    assert rows("lost_clients") == [
        {"client": "leaves", "name": "leaves", "lost_mrr": "80.000000", "ended_reason": "price"}
    ]


def test_retention_lists_the_clients_of_the_opening(book):
    assert {row["client"]: row["is_retained"] for row in rows("client_retention_rate")} == {
        "grows": True,
        "shrinks": True,
        "leaves": False,
        "rests": True,
    }
    assert [row["client"] for row in rows("closing_clients")] == ["grows", "shrinks", "comes", "rests"]


def test_movement_row_says_who_what_and_when(book):
    assert rows("new_mrr") == [
        {
            "client": "comes",
            "name": "comes",
            "service": "seo",
            "day": "2026-03-02",
            "movement": "new",
            "amount": "60.000000",
        }
    ]


def test_rates_of_buyers_list_what_they_bought(book):
    def bought(kpi):
        return {row["client"]: row["services"] for row in rows(kpi)}

    nothing = {"leaves": [], "rests": [], "shrinks": []}
    assert bought("upsell_rate") == {"grows": ["mail"], **nothing}
    assert bought("cross_sell_rate") == {"grows": ["ppc"], **nothing}


def test_lifetime_lists_the_months_it_is_divided_from(book):
    months = [row for row in rows("clv") if "month_starts_on" in row]

    assert len(months) == 12
    march = {"month_starts_on": "2026-03-01", "opening_clients": 4, "lost_clients": 1}
    assert months[-1] == march | {"share_of_churn": "0.020833333333333333333333333333"}
    assert rows("lifetime_months") == [march]


def test_slice_without_facts_has_no_rows(book):
    client("prospect")

    assert rows("mrr", "prospect", "client") == []
