"""Exchange rates: snapshots at the day's rate, retention at the opening's, and the rest shown by itself."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.clients import FxRateFactory
from tests.kpis.books import line, reasons, values

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"


def quote(rate: str, day: str, currency: str = "USD") -> None:
    FxRateFactory(currency=currency, effective_on=date.fromisoformat(day), rate_to_base=Decimal(rate))


def test_rate_that_moves_is_neither_growth_nor_retention():
    quote("0.5", "2025-01-01")
    quote("0.8", "2026-03-15")
    line("a", 100, "2025-01-01", currency="USD")

    assert values(
        MARCH, "opening_mrr", "fx_effect", "net_new_mrr", "mrr", "nrr", "grr", "mrr_growth_rate"
    ) == {
        "opening_mrr": 50,
        "fx_effect": 30,
        "net_new_mrr": 0,
        "mrr": 80,
        "nrr": 1,
        "grr": 1,
        "mrr_growth_rate": Decimal("0.6"),
    }


def test_movement_is_valued_at_its_day_and_retention_at_the_opening():
    quote("0.5", "2025-01-01")
    quote("0.8", "2026-03-10")
    quote("1", "2026-03-20")
    line("a", 100, "2025-01-01", "2026-03-15", currency="USD")
    line("a", 150, "2026-03-15", currency="USD")
    # 50; on the 10th +30 by rate; on the 15th +50 USD at 0.8; on the 20th +0.2 on 150 USD by rate.

    assert values(MARCH, "opening_mrr", "upsell_mrr", "fx_effect", "mrr", "nrr") == {
        "opening_mrr": 50,
        "upsell_mrr": 40,
        "fx_effect": 60,
        "mrr": 150,
        "nrr": Decimal("1.5"),
    }


def test_client_that_leaves_on_the_day_the_rate_moves():
    quote("0.5", "2025-01-01")
    quote("0.8", "2026-03-10")
    line("a", 100, "2025-01-01", "2026-03-10", currency="USD")

    assert values(MARCH, "churned_mrr", "fx_effect", "mrr") == {"churned_mrr": 80, "fx_effect": 30, "mrr": 0}


def test_currency_first_quoted_inside_the_period_counts_at_its_first_rate_in_retention():
    quote("0.5", "2026-03-05")
    line("a", 100, "2025-01-01", of="seo")
    line("a", 100, "2026-03-10", of="ppc", currency="USD")

    assert values(MARCH, "cross_sell_mrr", "nrr") == {"cross_sell_mrr": 50, "nrr": Decimal("1.5")}


def test_rate_of_a_later_day_is_not_known():
    quote("0.5", "2025-01-01")
    quote("0.8", "2026-03-15")
    line("a", 100, "2025-01-01", currency="USD")

    assert values(MARCH, "mrr", "fx_effect", as_of="2026-03-14") == {"mrr": 50, "fx_effect": 0}


def test_missing_rate_leaves_money_unknown_and_clients_counted():
    line("a", 100, "2025-01-01", currency="GBP")

    assert reasons(MARCH, "mrr", "nrr", "opening_clients", "clv") == {
        "mrr": "missing_fx_rate",
        "nrr": "missing_fx_rate",
        "opening_clients": None,
        "clv": "missing_fx_rate",
    }
    assert values(MARCH, "opening_clients") == {"opening_clients": 1}


def test_rate_of_the_own_currency_is_one_whatever_is_stored():
    quote("7", "2025-01-01", currency="EUR")
    line("a", 100, "2025-01-01")

    assert values(MARCH, "mrr") == {"mrr": 100}
