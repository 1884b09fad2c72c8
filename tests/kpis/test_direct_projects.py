"""One-off projects sold to the clients of the opening, where the agency counts them."""

from datetime import date

import pytest

from kpis.engine import evaluate
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory, FxRateFactory, OneOffLineFactory
from tests.kpis.books import by_slice, client, line, question, reasons, service

pytestmark = pytest.mark.usefixtures("agency")

MARCH = "2026-03"
RATE = "project_cross_sell_rate"


def sell(owner: str, day: str, *, price: int = 500, of: str = "web", **fields) -> None:
    OneOffLineFactory(
        client=client(owner), service=service(of), amount=price, starts_on=date.fromisoformat(day), **fields
    )


def shares(**about) -> dict:
    return by_slice(MARCH, RATE, include_one_off=True, **about)


def test_clients_of_the_opening_that_bought_are_counted_once():
    for name in ("twice", "once", "none", "free"):
        line(name, 100, "2025-01-01")
    line("new", 100, "2026-03-02")
    for name, day in (("twice", "2026-03-01"), ("twice", "2026-03-31"), ("once", "2026-03-15")):
        sell(name, day)
    sell("new", "2026-03-20")
    sell("free", "2026-03-10", price=0)
    sell("none", "2026-04-01")
    sell("none", "2026-02-28")
    sell("none", "2026-03-10", is_void=True)

    figure = evaluate(question(MARCH, include_one_off=True), [RATE])[0].figure

    assert (figure.numerator, figure.denominator, figure.n) == (2, 4, 4)


def test_a_project_after_the_as_of_day_is_not_sold_yet():
    line("a", 100, "2025-01-01")
    sell("a", "2026-03-20")

    assert (shares(as_of="2026-03-19"), shares(as_of="2026-03-20")) == ({None: 0}, {None: 1})


def test_it_is_the_sale_of_who_had_the_client_at_the_opening():
    ada, bo = MemberFactory(book_id="ada"), MemberFactory(book_id="bo")
    for name in ("a", "b"):
        line(name, 100, "2025-01-01")
    AssignmentFactory(client=client("a"), member=ada, starts_on=date(2025, 1, 1), ends_on=date(2026, 3, 10))
    AssignmentFactory(client=client("a"), member=bo, starts_on=date(2026, 3, 10))
    AssignmentFactory(client=client("b"), member=bo, starts_on=date(2025, 1, 1))
    sell("a", "2026-03-20")

    assert shares(by="am") == {"ada": 1, "bo": 0}


def test_every_client_of_the_opening_may_buy_any_service():
    for name in ("a", "b"):
        line(name, 100, "2025-01-01", of="seo")
    sell("a", "2026-03-20", of="web")
    sell("b", "2026-02-20", of="shop", ends_on=date(2026, 3, 20))

    assert {key: str(share) for key, share in shares(by="service").items()} == {
        "seo": "0",
        "web": "0.5",
        "shop": "0",
    }


def test_without_clients_at_the_opening_there_is_nothing_to_divide_by():
    line("new", 100, "2026-03-02")
    sell("new", "2026-03-20")

    assert reasons(MARCH, RATE, include_one_off=True) == {RATE: "no_opening_mrr"}


def test_a_missing_rate_leaves_open_who_paid_at_the_opening():
    line("a", 100, "2025-01-01", currency="USD")
    FxRateFactory(currency="USD", effective_on=date(2026, 3, 10), rate_to_base=1)

    assert reasons(MARCH, RATE, include_one_off=True) == {RATE: "missing_fx_rate"}


def test_an_agency_that_does_not_count_projects_is_told_so_where_it_asks():
    line("a", 100, "2025-01-01")
    sell("a", "2026-03-20")

    usual = {result.kpi for result in evaluate(question(MARCH))}

    assert RATE not in usual
    assert reasons(MARCH, RATE) == {RATE: "not_chosen"}
