"""A pause takes a client's MRR away, but not the client, until it lasts too long."""

from decimal import Decimal

import pytest

from tests.kpis.books import line, values

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"
KEYS = ("opening_clients", "client_retention_rate", "churned_mrr", "contraction_mrr", "reactivation_mrr")


def test_pause_is_contraction_and_the_client_is_kept():
    line("a", 100, "2025-01-01", pauses=[("2026-03-10", "2026-05-01")])
    line("b", 100, "2025-01-01")

    assert values(MARCH, *KEYS, "grr", "mrr", "closing_clients", "arpa") == {
        "opening_clients": 2,
        "client_retention_rate": 1,
        "churned_mrr": 0,
        "contraction_mrr": 100,
        "reactivation_mrr": 0,
        "grr": Decimal("0.5"),
        "mrr": 100,
        "closing_clients": 2,
        "arpa": 100,
    }


def test_return_from_a_pause_is_a_resumption():
    line("a", 100, "2025-01-01", pauses=[("2026-02-10", "2026-03-10")])
    line("b", 100, "2025-01-01")

    assert values(MARCH, *KEYS, "expansion_mrr", "upsell_mrr", "opening_mrr", "nrr") == {
        "opening_clients": 2,
        "client_retention_rate": 1,
        "churned_mrr": 0,
        "contraction_mrr": 0,
        "reactivation_mrr": 0,
        "expansion_mrr": 100,
        "upsell_mrr": 0,
        "opening_mrr": 100,
        "nrr": 1,
    }


@pytest.mark.parametrize(
    ("as_of", "retained"),
    [
        ("2026-06-29", 1),  # the 180th day of a pause that began on 1 January
        ("2026-06-30", 0),  # the day after
    ],
)
def test_pause_keeps_a_client_for_180_days(as_of, retained):
    line("a", 100, "2025-01-01", pauses=[("2026-01-01", None)])

    assert values("2026-06", "client_retention_rate", "churned_mrr", as_of=as_of) == {
        "client_retention_rate": retained,
        "churned_mrr": 0,
    }


def test_setting_changes_how_long_a_pause_keeps_a_client():
    line("a", 100, "2025-01-01", pauses=[("2026-03-01", None)])

    kept = values(MARCH, "lost_clients", max_pause_days=31)["lost_clients"]
    lost = values(MARCH, "lost_clients", max_pause_days=30)["lost_clients"]

    assert (kept, lost) == (0, 1)


def test_return_after_a_pause_that_lasted_too_long_is_a_reactivation():
    line("a", 100, "2025-01-01", pauses=[("2025-08-01", "2026-03-10")])

    assert values(MARCH, "reactivation_mrr", "expansion_mrr", "opening_clients") == {
        "reactivation_mrr": 100,
        "expansion_mrr": 0,
        "opening_clients": 0,
    }


def test_contract_that_ends_during_its_pause_loses_the_client_without_mrr():
    line("a", 100, "2025-01-01", "2026-03-20", pauses=[("2026-02-10", "2026-05-01")])

    assert values(MARCH, "lost_clients", "churned_mrr", "net_new_mrr") == {
        "lost_clients": 1,
        "churned_mrr": 0,
        "net_new_mrr": 0,
    }


def test_pauses_that_touch_are_one():
    line("a", 100, "2025-01-01", pauses=[("2025-09-01", "2025-12-01"), ("2025-12-01", "2026-03-10")])

    assert values(MARCH, "opening_clients", "reactivation_mrr") == {
        "opening_clients": 0,
        "reactivation_mrr": 100,
    }


def test_pause_of_one_of_two_services_is_contraction_and_comes_back_as_a_resumption():
    line("a", 100, "2025-01-01", of="seo")
    line("a", 60, "2025-01-01", of="ppc", pauses=[("2026-03-05", "2026-03-20")])

    found = values(MARCH, "contraction_mrr", "expansion_mrr", "cross_sell_mrr", "upsell_mrr", "nrr")

    assert found == {
        "contraction_mrr": 60,
        "expansion_mrr": 60,
        "cross_sell_mrr": 0,
        "upsell_mrr": 0,
        "nrr": 1,
    }


def test_contract_that_begins_with_a_pause_is_a_client_from_its_first_paid_day():
    line("a", 100, "2026-02-01", pauses=[("2026-02-01", "2026-03-10")])

    assert values(MARCH, "opening_clients", "new_mrr") == {"opening_clients": 0, "new_mrr": 100}


def test_project_counts_only_with_the_wider_basis_and_for_90_days_after_its_end():
    line("a", 5000, "2025-11-01", "2025-12-20", kind="one_off", interval="")
    # 20 December is the first day without the project; 90 days later is 20 March.

    narrow = values(MARCH, "opening_clients")
    wide = values(MARCH, "opening_clients", "closing_clients", "lost_clients", "mrr", client_basis="any")
    until = values(MARCH, "closing_clients", client_basis="any", as_of="2026-03-19")

    assert narrow == {"opening_clients": 0}
    assert wide == {"opening_clients": 1, "closing_clients": 0, "lost_clients": 1, "mrr": 0}
    assert until == {"closing_clients": 1}
