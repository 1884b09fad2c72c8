"""The money facts where the numbers are told by hand, and how they are asked."""

from datetime import date
from decimal import Decimal

import pytest

from agencyam.periods import Period, add_months
from agencyam.tenancy.context import tenant_context
from kpis.direct.movements import Kind
from kpis.direct.waterfall import DoesNotAddUp
from kpis.facts.money import bridge, family
from kpis.facts.money.models import ClientOwner, ClientPresence, MRRLevel, MRRMovement
from tests.factories.accounts import MemberFactory, TeamFactory, TeamMembershipFactory
from tests.factories.clients import AssignmentFactory, FxRateFactory
from tests.kpis.books import client, line, question
from tests.kpis.books import settings as agency_settings
from tests.queries import queries_of

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"


def build(**changes) -> None:
    family.build(settings=agency_settings(**changes), clients=None)


def value(kpi: str, period: str = MARCH, key: str | None = None, **about):
    query = question(period, **about)
    return family.compute([query], [kpi])[0][kpi][key].value


def moved(period: str = MARCH, key: str | None = None, **about) -> dict[str, Decimal]:
    found = bridge.get_bridge(question(period, **about))[key]
    return {kind.value: amount for kind, amount in found.moved.items()}


def test_empty_agency_has_figures_without_clients():
    build()

    figures = family.compute([question(MARCH)], family.KEYS)[0]

    assert figures["mrr"][None].value == 0
    assert figures["grr"][None].reason == "no_opening_mrr"


def test_no_question_has_no_answer():
    assert family.compute([], family.KEYS) == []
    assert bridge.list_bridges([]) == []


def test_bridge_names_every_step():
    line("stays", 100, "2025-01-01", "2026-03-10")
    line("stays", 150, "2026-03-10")
    line("left", 70, "2025-01-01", "2026-03-05")
    line("came", 30, "2026-03-31")
    build()

    found = bridge.get_bridge(question(MARCH))[None]

    assert (found.opening, found.closing) == (170, 180)
    assert found.moved == {Kind.NEW: 30, Kind.UPSELL: 50, Kind.CHURN: -70}
    assert found.movers == {Kind.NEW: 1, Kind.UPSELL: 1, Kind.CHURN: 1}


def test_rows_of_a_step_name_client_service_and_day():
    line("left", 70, "2025-01-01", "2026-03-05", of="seo")
    line("came", 30, "2026-03-31", of="ppc")
    build()

    rows = bridge.list_movements(question(MARCH), None, [Kind.CHURN])

    assert [(row.client, row.client_name, row.service, row.day, row.kind, row.amount) for row in rows] == [
        ("left", "left", "seo", date(2026, 3, 5), Kind.CHURN, -70)
    ]


def test_hand_over_moves_revenue_between_managers_but_not_within_their_team():
    anna, ben, north = (
        MemberFactory(book_id="anna"),
        MemberFactory(book_id="ben"),
        TeamFactory(book_id="north"),
    )
    for member in (anna, ben):
        TeamMembershipFactory(team=north, member=member, starts_on=date(2025, 1, 1))
    line("a", 100, "2025-01-01")
    AssignmentFactory(client=client("a"), member=anna, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 10))
    AssignmentFactory(client=client("a"), member=ben, starts_on=date(2026, 3, 10))
    build()

    assert moved(by="am", key="anna") == {"transfer_out": -100}
    assert moved(by="am", key="ben") == {"transfer_in": 100}
    assert moved(by="team", key="north") == {}
    assert moved() == {}


def test_team_change_of_a_manager_moves_revenue_between_teams_only():
    anna = MemberFactory(book_id="anna")
    TeamMembershipFactory(
        team=TeamFactory(book_id="north"), member=anna, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 10)
    )
    TeamMembershipFactory(team=TeamFactory(book_id="south"), member=anna, starts_on=date(2026, 3, 10))
    line("a", 100, "2025-01-01")
    AssignmentFactory(client=client("a"), member=anna, starts_on=date(2025, 1, 1))
    build()

    assert moved(by="team", key="north") == {"transfer_out": -100}
    assert moved(by="team", key="south") == {"transfer_in": 100}
    assert moved(by="am", key="anna") == {}


def test_discount_that_outweighs_the_lines_leaves_nothing():
    line("a", 100, "2025-01-01")
    line("a", -150, "2025-01-01", "2026-03-10", of="goodwill")
    build()

    assert moved() == {"new": 100}
    assert value("mrr") == 100


def test_sales_count_for_clients_that_paid_at_the_opening_only():
    line("old", 100, "2025-01-01")
    line("old", 50, "2026-03-10", of="ppc")
    line("free", 0, "2025-01-01")
    line("free", 100, "2026-03-05", of="seo")
    line("free", 70, "2026-03-20", of="ppc")
    build()

    assert value("cross_sell_mrr") == 120
    assert value("upsell_cross_sell_revenue") == 50
    assert value("cross_sell_rate") == 1


def test_missing_rate_is_a_reason_where_money_is_told_and_none_where_clients_are_counted():
    line("a", 100, "2025-01-01", currency="USD")
    FxRateFactory(currency="USD", effective_on=date(2026, 3, 10), rate_to_base=Decimal("0.5"))
    build()

    march, april = family.compute([question(MARCH), question("2026-04")], ["mrr", "opening_clients"])

    assert (march["mrr"][None].reason, march["mrr"][None].extra) == (
        "missing_fx_rate",
        {"currencies": ("USD",)},
    )
    assert march["opening_clients"][None].value == 1
    assert april["mrr"][None].value == 50
    assert bridge.get_bridge(question(MARCH))[None].unquoted == ("USD",)


def test_facts_that_do_not_add_up_are_refused():
    line("a", 100, "2026-03-10")
    build()
    MRRMovement.objects.all().delete()

    with pytest.raises(DoesNotAddUp, match="expected a closing MRR of 0, found 100"):
        family.compute([question(MARCH)], ["mrr"])


def test_statements_are_as_many_for_one_period_as_for_many():
    line("a", 100, "2025-01-01")
    build()
    about = {"as_of": date(2026, 12, 31), "by": "am", "settings": agency_settings()}
    starts = [add_months(date(2026, 1, 1), number) for number in range(12)]
    template = question(MARCH, by="am")
    queries = [type(template)(period=Period(start, add_months(start, 1)), **about) for start in starts]

    one = queries_of(lambda: family.compute(queries[:1], family.KEYS))
    many = queries_of(lambda: family.compute(queries, family.KEYS))

    assert (len(one), len(many)) == (4, 4)


def test_bridge_asks_two_statements_and_its_rows_one():
    line("a", 100, "2026-03-10")
    build()

    assert len(queries_of(lambda: bridge.get_bridge(question(MARCH)))) == 2
    assert len(queries_of(lambda: bridge.list_movements(question(MARCH), None, list(Kind)))) == 1


def test_new_exchange_rates_wait_for_a_full_build():
    line("a", 100, "2025-01-01", currency="USD")
    line("b", 100, "2025-01-01", currency="USD")
    FxRateFactory(currency="USD", effective_on=date(2025, 1, 1), rate_to_base=Decimal("0.5"))
    build()
    FxRateFactory(currency="USD", effective_on=date(2026, 3, 10), rate_to_base=Decimal(2))

    family.build(settings=agency_settings(), clients=[client("a").pk])
    before = moved()
    build()

    assert (before, moved()) == ({}, {"fx": 300})


def test_building_some_clients_leaves_the_others_alone():
    line("a", 100, "2025-01-01")
    line("b", 200, "2025-01-01")
    build()
    line("a", 50, "2026-03-10", of="ppc")
    line("b", 50, "2026-03-10", of="ppc")

    family.build(settings=agency_settings(), clients=[client("a").pk])

    assert value("mrr") == 350
    assert value("mrr", by="client", key="b") == 200


def test_building_no_clients_changes_nothing():
    line("a", 100, "2025-01-01")
    build()

    family.build(settings=agency_settings(), clients=[])

    assert value("mrr") == 100


def test_client_that_is_gone_leaves_no_facts():
    line("a", 100, "2025-01-01")
    build()
    owner = client("a")
    gone = owner.pk
    owner.lines.all().delete()
    owner.delete()

    family.build(settings=agency_settings(), clients=[gone])

    for model in (MRRLevel, ClientPresence, ClientOwner, MRRMovement):
        assert model.objects.count() == 0


def test_facts_of_one_agency_are_not_those_of_another(agency_beside, agency):
    with tenant_context(agency_beside):
        build()
    with tenant_context(agency):
        line("mine", 100, "2026-03-10")
        build()

        assert moved() == {"new": 100}
    with tenant_context(agency_beside):
        assert moved() == {"new": 111, "churn": -333}
