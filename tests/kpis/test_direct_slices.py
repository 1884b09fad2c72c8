"""Slices of the contract KPIs.

they add up, keep cohorts with their owner, and call moves between them transfers.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from kpis.direct.waterfall import DoesNotAddUp, SliceFacts, load_waterfall
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.books import by_slice, client, line, question, values

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"


@pytest.fixture
def anna():
    return MemberFactory(book_id="anna", name="Anna")


@pytest.fixture
def ben():
    return MemberFactory(book_id="ben", name="Ben")


def assign(owner: str, member, starts_on: str, ends_on: str | None = None) -> None:
    AssignmentFactory(
        client=client(owner),
        member=member,
        starts_on=date.fromisoformat(starts_on),
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
    )


def moves(by: str) -> dict:
    """What moved in each slice, by kind."""
    slices = load_waterfall(question(MARCH, by=by)).slices
    return {
        key: {kind: amount for kind, amount in facts.moved.items() if amount} for key, facts in slices.items()
    }


def test_client_without_account_manager_is_unassigned_and_slices_add_up(anna):
    line("a", 100, "2025-01-01")
    line("nobody's", 30, "2025-01-01")
    assign("a", anna, "2025-01-01")

    assert by_slice(MARCH, "mrr", by="am") == {"anna": 100, "unassigned": 30}


def test_hand_over_is_a_transfer_and_neither_new_nor_churn(anna, ben):
    line("a", 100, "2025-01-01")
    assign("a", anna, "2025-01-01", "2026-03-10")
    assign("a", ben, "2026-03-10")

    keys = ("opening_mrr", "new_mrr", "churned_mrr", "net_new_mrr", "mrr", "fx_effect")

    assert values(MARCH, *keys, key="anna", by="am") == dict.fromkeys(keys, 0) | {"opening_mrr": 100}
    assert values(MARCH, *keys, key="ben", by="am") == dict.fromkeys(keys, 0) | {"mrr": 100}
    assert moves(by="am") == {"anna": {"transfer_out": -100}, "ben": {"transfer_in": 100}}


def test_owner_of_the_eve_keeps_the_client_for_retention(anna, ben):
    line("a", 100, "2025-01-01", "2026-03-20")
    assign("a", anna, "2025-01-01", "2026-03-10")
    assign("a", ben, "2026-03-10")

    assert by_slice(MARCH, "client_churn_rate", by="am") == {"anna": 1, "ben": None}
    assert by_slice(MARCH, "nrr", by="am") == {"anna": 0, "ben": None}
    assert by_slice(MARCH, "churned_mrr", by="am") == {"anna": 0, "ben": 100}


def test_hand_over_on_the_first_day_leaves_the_opening_with_the_old_owner(anna, ben):
    line("a", 100, "2025-01-01")
    assign("a", anna, "2025-01-01", "2026-03-01")
    assign("a", ben, "2026-03-01")

    assert by_slice(MARCH, "opening_mrr", by="am") == {"anna": 100, "ben": 0}
    assert by_slice(MARCH, "mrr", by="am") == {"anna": 0, "ben": 100}


def test_sold_growth_of_the_cohort_stays_with_the_owner_of_the_eve(anna, ben):
    line("a", 100, "2025-01-01", of="seo")
    line("a", 20, "2026-03-20", of="ppc")
    assign("a", anna, "2025-01-01", "2026-03-10")
    assign("a", ben, "2026-03-10")

    assert by_slice(MARCH, "cross_sell_mrr", by="am") == {"anna": 0, "ben": 20}
    assert by_slice(MARCH, "upsell_cross_sell_revenue", by="am") == {"anna": 20, "ben": 0}
    assert by_slice(MARCH, "upsell_cross_sell_revenue_rate", by="am") == {"anna": Decimal("0.2"), "ben": None}


def test_secondary_account_manager_owns_nothing(anna, ben):
    line("a", 100, "2025-01-01")
    assign("a", anna, "2025-01-01")
    AssignmentFactory(client=client("a"), member=ben, role="secondary", starts_on=date(2025, 1, 1))

    assert by_slice(MARCH, "mrr", by="am") == {"anna": 100}


def test_segments_and_the_empty_one():
    client("a", segment="Retail")
    line("a", 100, "2025-01-01", "2026-03-10")
    line("b", 30, "2025-01-01")

    assert by_slice(MARCH, "churned_mrr", by="segment") == {"Retail": 100, "unassigned": 0}
    assert by_slice(MARCH, "client_retention_rate", by="segment") == {"Retail": 0, "unassigned": 1}


def test_movement_in_a_service_has_the_class_of_the_client():
    line("a", 100, "2025-01-01", of="seo")
    line("a", 50, "2026-03-10", of="ppc")
    line("b", 80, "2025-01-01", "2026-03-12", of="ppc")
    line("b", 20, "2025-01-01", of="seo")

    assert by_slice(MARCH, "cross_sell_mrr", by="service") == {"ppc": 50, "seo": 0}
    assert by_slice(MARCH, "new_mrr", by="service") == {"ppc": 0, "seo": 0}
    assert by_slice(MARCH, "contraction_mrr", by="service") == {"ppc": 80, "seo": 0}
    assert by_slice(MARCH, "churned_mrr", by="service") == {"ppc": 0, "seo": 0}
    assert by_slice(MARCH, "lost_clients", by="service") == {"ppc": 0, "seo": 0}


def test_swap_of_services_is_a_transfer_between_them():
    line("a", 100, "2025-01-01", "2026-03-10", of="seo")
    line("a", 130, "2026-03-10", of="ppc")

    assert moves(by="service") == {
        "seo": {"transfer_out": -100},
        "ppc": {"cross_sell": 30, "transfer_in": 100},
    }


def test_loss_of_a_client_is_borne_by_the_services_that_shrank():
    line("a", 100, "2025-01-01", "2026-03-10", of="seo")
    line("a", 100, "2025-01-01", "2026-03-10", of="ppc")
    line("a", 60, "2026-03-10", of="ppc")
    line("a", 90, "2026-03-10", of="mail")
    # 200 became 150: 50 lost, of which seo bears 100/140 and ppc 40/140.

    found = by_slice(MARCH, "grr", by="service")

    assert {key: value and round(value, 12) for key, value in found.items()} == {
        "mail": None,
        "ppc": round((100 - Decimal(50) * 40 / 140) / 100, 12),
        "seo": round((100 - Decimal(50) * 100 / 140) / 100, 12),
    }
    assert values(MARCH, "grr") == {"grr": Decimal("0.75")}


def test_service_of_a_paused_client_keeps_the_client():
    line("a", 100, "2025-01-01", of="seo", pauses=[("2026-02-10", None)])

    assert by_slice(MARCH, "opening_clients", by="service") == {"seo": 1}
    assert by_slice(MARCH, "client_retention_rate", by="service") == {"seo": 1}


def test_every_client_is_a_slice():
    line("a", 100, "2025-01-01", "2026-03-10")
    line("b", 50, "2025-01-01")
    client("prospect")

    assert by_slice(MARCH, "mrr", by="client") == {"a": 0, "b": 50, "prospect": 0}
    assert by_slice(MARCH, "client_retention_rate", by="client") == {"a": 0, "b": 1, "prospect": None}


def test_slice_that_does_not_add_up_is_a_fault():
    facts = SliceFacts(opening=Fraction(100), closing=Fraction(120))

    with pytest.raises(DoesNotAddUp, match="Slice seo: expected a closing MRR of 100, found 120"):
        facts.check("seo")
