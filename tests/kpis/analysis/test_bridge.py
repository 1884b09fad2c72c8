"""The bridge and its rows: each bar is the sum of its rows, and the bars lead from opening to closing."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.analysis.bridge import Bridge, get_bridge, list_bridge_rows
from kpis.analysis.finding import GAINS, LOSSES, waterfall_finding
from kpis.analysis.steps import CLOSING, OPENING, STEPS
from kpis.direct.movements import Kind
from kpis.facts.builder import are_built, build_all
from tests.kpis.april import NOW
from tests.kpis.books import question


def made(opening=0, closing=0, **moved):
    amounts = {kind: Fraction(moved.get(kind, 0)) for kind in Kind}
    return Bridge(Fraction(opening), amounts, Fraction(closing), 0, dict.fromkeys(Kind, 0), 0, ())


def euros(amount):
    return f"€{Decimal(round(amount)):,}"


def test_every_kind_of_movement_has_its_bar():
    assert {step.key for step in STEPS} == set(Kind)


KEYS = {
    "agency": [None],
    "am": ["ada", "bo"],
    "team": ["unassigned"],
    "segment": ["unassigned"],
    "service": ["retainer", "seo"],
    "client": ["leaves", "grows", "comes", "moves"],
}


@pytest.fixture(params=["book", "facts"])
def source(request, march):
    """From where the bridge is read."""
    if request.param == "facts":
        build_all(settings=question("2026-03").settings, now=NOW)
    return request.param


@pytest.mark.parametrize("by", KEYS)
def test_each_bar_is_the_sum_of_its_rows(source, by):
    query = question("2026-03", by=by)
    assert are_built(query.settings) == (source == "facts")
    for key in KEYS[by]:
        bridge = get_bridge(query, key)

        sums = {kind: sum(row.amount for row in list_bridge_rows(query, key, kind)) for kind in Kind}
        assert sums == bridge.moved
        assert sum(row.amount for row in list_bridge_rows(query, key, OPENING)) == bridge.opening
        assert sum(row.amount for row in list_bridge_rows(query, key, CLOSING)) == bridge.closing
        assert bridge.adds_up


@pytest.mark.parametrize("period", ["2026-03", "2026-03-04..2026-03-21"])
@pytest.mark.parametrize("by", KEYS)
def test_facts_and_book_tell_the_same(march, by, period):
    query = question(period, by=by)
    books = [(get_bridge(query, key), _rows(query, key)) for key in KEYS[by]]

    build_all(settings=query.settings, now=NOW)

    again = question(period, by=by)
    assert [(get_bridge(again, key), _rows(again, key)) for key in KEYS[by]] == books


def _rows(query, key):
    rows = [row for kind in Kind for row in list_bridge_rows(query, key, kind)]
    return sorted(rows, key=lambda row: (row.client_id, row.day, row.service, row.amount))


def test_the_bars_of_the_agency(source):
    bridge = get_bridge(question("2026-03"), None)

    moved = {kind.value: int(amount) for kind, amount in bridge.moved.items() if amount}
    assert (bridge.opening, bridge.closing) == (900, 400)
    assert moved == {"new": 200, "cross_sell": 50, "price_change": 50, "pause": -500, "churn": -300}
    assert (bridge.opening_clients, bridge.closing_clients, bridge.movers[Kind.CHURN]) == (3, 2, 1)


def test_a_client_that_changes_hands_moves_between_slices(source):
    query = question("2026-03", by="am")

    ada, bo = get_bridge(query, "ada"), get_bridge(query, "bo")

    assert (ada.moved[Kind.TRANSFER_IN], bo.moved[Kind.TRANSFER_OUT]) == (500, -500)
    assert (ada.moved[Kind.PAUSE], bo.closing) == (-500, 0)


def test_a_slice_that_nobody_is_in_is_empty(march):
    bridge = get_bridge(question("2026-03", by="am"), "nobody")

    assert (
        bridge.is_empty,
        bridge.adds_up,
        list_bridge_rows(question("2026-03", by="am"), "nobody", "new"),
    ) == (
        True,
        True,
        [],
    )


@pytest.mark.parametrize(
    ("bridge", "finding"),
    [
        (made(9000, 11800, new=7000, churn=-4200), "Churn of €4,200 ate 60% of the growth"),
        (
            made(9000, 8500, new=1000, churn=-900, pause=-600),
            "Churn of €900 ate 90% of the growth; with all losses MRR fell by €500",
        ),
        (made(900, 600, upsell=100, churn=-400), "Churn of €400 was more than all growth of €100"),
        (made(900, 1000, upsell=60, new=40), "MRR grew by €100, most of it from upsell; nothing was lost"),
        (made(900, 800, pause=-100), "MRR lost €100, most of it by pauses; nothing grew"),
        (made(900, 900), "MRR stayed at €900: nothing was won and nothing was lost"),
        (made(900, 950, fx=50), "MRR went from €900 to €950 by exchange rates alone"),
        (
            made(900, 500, transfer_out=-400),
            "MRR went from €900 to €500 by moves between slices alone",
        ),
        (made(), "There was no recurring revenue in this period"),
        (made(9000, 18999, new=10000, churn=-1), "Churn of €1 ate under 1% of the growth"),
        (made(9000, 9001, new=10000, churn=-9999), "Churn of €9,999 ate over 99% of the growth"),
        (made(9000, 9000, new=100, churn=-100), "Churn of €100 ate 100% of the growth"),
    ],
)
def test_the_finding_says_what_mattered_most(bridge, finding):
    assert waterfall_finding(bridge, euros) == finding


AMOUNTS = st.integers(min_value=0, max_value=10**6)


@settings(max_examples=100, deadline=None)
@given(gains=st.lists(AMOUNTS, min_size=6, max_size=6), losses=st.lists(AMOUNTS, min_size=3, max_size=3))
def test_the_finding_names_the_largest_loss(gains, losses):
    moved = dict(zip(GAINS, gains, strict=True)) | dict(zip(LOSSES, (-loss for loss in losses), strict=True))

    finding = waterfall_finding(made(1, 1, **moved), euros)

    if max(losses) and sum(gains):
        assert euros(max(losses)) in finding
        assert ("more than all growth" in finding) == (max(losses) > sum(gains))
    else:
        assert "nothing" in finding
