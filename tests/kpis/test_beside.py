"""What stands beside a number on its page: the second figures that its definition names."""

from datetime import date
from decimal import Decimal

import pytest

from kpis.beside import list_beside
from kpis.engine import evaluate
from kpis.evidence.rows import list_evidence
from kpis.formulas.catalogue import DEFINITIONS
from kpis.words import Words
from tests.factories.accounts import MemberFactory
from tests.factories.clients import (
    AssignmentFactory,
    DeliverableFactory,
    FxRateFactory,
    OneOffLineFactory,
    SurveyFactory,
    SurveyResponseFactory,
)
from tests.kpis.books import client, line, question

pytestmark = pytest.mark.usefixtures("agency")


def beside(kpi: str, period: str = "2026-03", *, key: str | None = None, **about) -> dict[str, str]:
    """What the page says beside a number."""
    query = question(period, **about)
    (result,) = [each for each in evaluate(query, [kpi]) if each.key == key]
    words = Words(DEFINITIONS[kpi], query.settings.currency, "en_IE")
    return {
        each.words: each.value for each in list_beside(result, list_evidence(query, kpi, key).counted, words)
    }


def test_lost_revenue_is_told_as_what_left_and_what_shrank():
    line("leaves", 100, "2025-01-01", "2026-03-20")
    line("shrinks", 200, "2025-01-01", "2026-03-10")
    line("shrinks", 150, "2026-03-10")
    line("pauses", 100, "2025-01-01", pauses=[("2026-03-15", None)])
    line("stays", 600, "2025-01-01")

    assert beside("revenue_churn_rate") == {
        "Clients that left": "10.0%",
        "Reductions of clients that stayed": "15.0%",
    }


def test_churn_of_a_month_is_told_as_that_of_a_year():
    line("leaves", 100, "2025-01-01", "2026-03-20")
    for name in ("a", "b", "c"):
        line(name, 100, "2025-01-01")

    assert beside("client_churn_rate") == {"At this pace in a year": "96.8%"}
    assert beside("client_churn_rate", "2026") == {}
    assert beside("client_churn_rate", as_of="2026-03-25") == {}


def test_growth_is_told_without_what_exchange_rates_did():
    line("abroad", 100, "2025-01-01", currency="USD")
    FxRateFactory(currency="USD", effective_on=date(2025, 1, 1), rate_to_base=1)
    FxRateFactory(currency="USD", effective_on=date(2026, 3, 1), rate_to_base=Decimal("1.1"))

    assert beside("mrr_growth_rate") == {"Without exchange rates": "0.0%"}


@pytest.mark.parametrize("kpi", ["upsell_rate", "cross_sell_rate"])
def test_a_client_with_upsell_and_cross_sell_is_one_client_that_grew(kpi):
    for name in ("both", "one", "a", "b"):
        line(name, 100, "2025-01-01")
    for name, of in (("both", "retainer"), ("both", "seo"), ("one", "seo")):
        line(name, 50, "2026-03-10", of=of)

    assert beside(kpi) == {"Clients with upsell or cross-sell": "50.0%"}


def test_one_off_projects_stand_beside_what_was_sold_for_every_month():
    line("buys", 100, "2025-01-01")
    line("comes", 100, "2026-03-02")
    FxRateFactory(currency="USD", effective_on=date(2025, 1, 1), rate_to_base=Decimal("0.5"))
    for name, price, fields in (("buys", 500, {}), ("buys", 100, {"currency": "USD"}), ("comes", 900, {})):
        OneOffLineFactory(client=client(name), amount=price, starts_on=date(2026, 3, 9), **fields)

    assert beside("upsell_cross_sell_revenue") == {"One-off projects sold to the same clients": "€550.00"}
    assert beside("upsell_cross_sell_revenue_rate", by="client", key="buys") == {
        "One-off projects sold to the same clients": "€550.00"
    }


def test_projects_without_an_exchange_rate_have_no_sum():
    line("buys", 100, "2025-01-01")
    OneOffLineFactory(client=client("buys"), amount=500, starts_on=date(2026, 3, 9), currency="USD")

    assert beside("upsell_cross_sell_revenue") == {
        "One-off projects sold to the same clients": "an exchange rate is missing"
    }


def test_the_score_by_client_stands_beside_that_by_respondent():
    survey = SurveyFactory(kind="nps", scale_min=0, scale_max=10)
    for name, scores in (("large", (10, 9, 10)), ("small", (3,))):
        for score in scores:
            SurveyResponseFactory(
                survey=survey, client=client(name), score=score, answered_at="2026-03-10T12:00Z"
            )

    assert beside("nps") == {
        "Promoters, 9 and 10": "3",
        "Passives, 7 and 8": "0",
        "Detractors, 0 to 6": "1",
        "Score by client, each by the mean of its answers": "0",
    }


def test_clients_for_each_post_stand_beside_those_for_each_head():
    half, whole = MemberFactory(fte=Decimal("0.5")), MemberFactory()
    for name, member in (("a", half), ("b", whole), ("c", whole)):
        line(name, 100, "2025-01-01")
        AssignmentFactory(client=client(name), member=member, starts_on=date(2025, 1, 1))

    assert beside("am_workload") == {"Clients per full-time post": "2.0"}
    assert beside("am_workload", by="am", key=half.book_id) == {"Clients per full-time post": "2.0"}


def test_without_a_post_there_is_nothing_to_divide_by():
    line("a", 100, "2025-01-01")
    AssignmentFactory(client=client("a"), member=MemberFactory(fte=0), starts_on=date(2025, 1, 1))

    assert beside("am_workload") == {}


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ("ours", {}),
        ("client", {"Late because of the client": "1", "Without what the client delayed": "100.0%"}),
    ],
)
def test_delays_of_the_client_are_told_both_ways(cause, told):
    DeliverableFactory(baseline_due_on=date(2026, 3, 5), delivered_on=date(2026, 3, 5))
    DeliverableFactory(baseline_due_on=date(2026, 3, 5), delivered_on=date(2026, 3, 9), delay_cause=cause)

    assert beside("on_time_delivery_rate") == told


def test_a_number_without_second_figures_has_none():
    line("a", 100, "2025-01-01")

    assert beside("mrr") == {}
