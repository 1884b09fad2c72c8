"""Two routes, one answer: the money facts against the direct route, on random books."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencyam.periods import Period
from clients.models import ContractLine
from kpis.direct.movements import Kind
from kpis.engine import as_text, evaluate, evaluate_many
from kpis.facts.money import bridge
from kpis.facts.money.models import ClientOwner, ClientPresence, MRRLevel, MRRMovement
from tests.kpis.facts.money_books import (
    FIRST_DAY,
    KEYS,
    KINDS,
    WHOLE,
    RandomBook,
    ask,
    build,
    direct_answer,
    fact_answers,
    lines,
    months,
    plant,
    planted,
    random_books,
    random_periods,
)

pytestmark = pytest.mark.usefixtures("agency")

# A tenth of the examples of the profile: 10, or 200 with --hypothesis-profile=thorough.
several = settings(
    max_examples=settings().max_examples // 10, deadline=None, suppress_health_check=list(HealthCheck)
)

kinds = st.sampled_from(KINDS)
choices = st.fixed_dictionaries(
    {
        "client_basis": st.sampled_from(("recurring", "any")),
        "max_pause_days": st.sampled_from((0, 12, 400)),
        "clv_window_months": st.sampled_from((1, 3)),
        "gross_margin": st.sampled_from((Decimal(1), Decimal("0.35"))),
        "service_margins": st.sampled_from(({}, {"seo": "0.123456"}, {"seo": "0", "ppc": "1", "web": "0.5"})),
    }
)
_FACTS = {
    MRRLevel: ("client", "service", "currency", "starts_on", "ends_on", "amount", "is_live", "is_offered"),
    ClientPresence: ("client", "kind", "starts_on", "ends_on"),
    ClientOwner: ("client", "am", "team", "starts_on", "ends_on"),
    MRRMovement: ("client", "service", "day", "kind", "scope", "amount", "am", "team"),
}


@several
@given(random_books(), st.lists(random_periods() | months, min_size=1, max_size=3), choices, st.data())
def test_facts_answer_as_the_direct_route(book, periods, choices, data):
    periods = [*periods, WHOLE]
    latest = max(period.start for period in periods)
    as_of = latest + timedelta(days=data.draw(st.sampled_from((0, 1, 10, 20, 40, 60, 900))))

    with planted(book):
        build(**choices)
        for by in KINDS:
            queries = [ask(period, by, as_of, **choices) for period in periods]

            assert fact_answers(queries) == [direct_answer(query) for query in queries]


@several
@given(random_books(), st.lists(months, min_size=1, max_size=3), kinds)
def test_results_are_the_same_in_every_field(book, periods, by):
    with planted(book):
        build()
        queries = [ask(period, by) for period in periods]
        from_facts = evaluate_many(queries, KEYS)
        read_directly = [evaluate(query, KEYS) for query in queries]

    assert _as_json(from_facts) == _as_json(read_directly)


def _as_json(answers: list) -> list:
    return [[result.as_json() for result in results] for results in answers]


@several
@given(random_books(), random_periods(), kinds)
def test_one_slice_is_told_as_among_all(book, period, by):
    with planted(book):
        build()
        query = ask(period, by)
        whole = fact_answers([query])[0]
        for name in {name for _key, name in whole if name is not None}:
            alone = fact_answers([query], only=name)[0]

            assert alone == {about: figure for about, figure in whole.items() if about[1] == name}


@several
@given(random_books(), lines(), st.sampled_from("abc"), st.data())
def test_facts_of_changed_clients_are_those_of_a_full_build(book, correction, client, data):
    """A back-dated correction: a line more, another voided, a third ended earlier."""
    with planted(book):
        build()
        plant(correction)
        changed = list(ContractLine.objects.filter(client__book_id=client).order_by("pk"))
        for line in changed[:1]:
            ContractLine.objects.filter(pk=line.pk).update(is_void=True)
        for line in changed[1:2]:
            ends_on = line.starts_on + timedelta(days=data.draw(st.integers(1, 20)))
            ContractLine.objects.filter(pk=line.pk).update(ends_on=ends_on)
        build([client, correction.client])
        rebuilt = _all_facts()
        build()
        made_anew = _all_facts()

    assert rebuilt == made_anew


def _all_facts() -> dict:
    return {model: sorted(model.objects.values_list(*fields), key=repr) for model, fields in _FACTS.items()}


def _known(book: RandomBook) -> RandomBook:
    """The same book with a rate for every currency from long ago."""
    first = [(currency, FIRST_DAY - timedelta(days=400), Decimal("0.5")) for currency in ("USD", "CHF")]
    return RandomBook(book.lines, (*first, *book.rates), book.owners, book.places, book.segments)


@several
@given(random_books().map(_known), random_periods(), kinds)
def test_opening_and_all_that_moved_is_the_closing(book, period, by):
    with planted(book):
        build()
        bridges = bridge.get_bridge(ask(period, by))

    for found in bridges.values():
        assert as_text(found.opening + sum(found.moved.values(), Decimal(0))) == as_text(found.closing)


@several
@given(random_books().map(_known), random_periods(), kinds, st.data())
def test_movements_of_two_parts_of_a_period_are_those_of_the_whole(book, period, by, data):
    cut = period.start + timedelta(days=data.draw(st.integers(1, max(period.days - 1, 1))))
    parts = [period] if cut >= period.end else [Period(period.start, cut), Period(cut, period.end)]

    with planted(book):
        build()
        whole = bridge.get_bridge(ask(period, by))
        split = bridge.list_bridges([ask(part, by) for part in parts])

    assert _moved([whole]) == _moved(split)


def _moved(bridges: list) -> dict:
    sums: dict = {}
    for by_slice in bridges:
        for key, found in by_slice.items():
            for kind, amount in found.moved.items():
                sums[key, kind] = sums.get((key, kind), Decimal(0)) + amount
    return {about: as_text(amount) for about, amount in sums.items() if as_text(amount) != "0.000000"}


@several
@given(random_books().map(_known), random_periods(), kinds)
def test_slices_add_up_to_the_agency(book, period, by):
    with planted(book):
        build()
        whole = bridge.get_bridge(ask(period)).get(None)
        slices = bridge.get_bridge(ask(period, by)).values()

    if whole is not None:
        assert as_text(sum(found.opening for found in slices)) == as_text(whole.opening)
        assert as_text(sum(found.closing for found in slices)) == as_text(whole.closing)
        for kind in set(Kind) - {Kind.TRANSFER_IN, Kind.TRANSFER_OUT}:
            total = sum((found.moved.get(kind, Decimal(0)) for found in slices), Decimal(0))
            assert as_text(total) == as_text(whole.moved.get(kind, Decimal(0)))


@several
@given(random_books(), random_periods(), kinds)
def test_rows_of_a_step_add_up_to_it(book, period, by):
    with planted(book):
        build()
        query = ask(period, by)
        for key, found in bridge.get_bridge(query).items():
            for kind, amount in found.moved.items():
                rows = bridge.list_movements(query, key, [kind])

                assert as_text(sum((row.amount for row in rows), Decimal(0))) == as_text(amount)
                assert len({row.client_id for row in rows}) == found.movers[kind]
