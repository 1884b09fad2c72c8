"""Both routes on random books: every figure of every family, period, slice and as-of day."""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.models import AnswerFact, EventFact, WaitFact
from tests.kpis.facts.random_events import LENGTH, RandomBook
from tests.kpis.facts.routes import PAIRS, SLICES, ask, build, told_by_facts, told_directly
from tests.queries import queries_of

pytestmark = pytest.mark.usefixtures("agency")

few = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
seeds = st.integers(0, 2**32)
# As-of days count from the book's first day; the last ones lie far after every row.
as_of_days = st.one_of(st.integers(0, LENGTH + 20), st.sampled_from((200, 1500)))
some_slices = st.sampled_from(SLICES)
FACTS = (AnswerFact, EventFact, WaitFact)


@contextmanager
def planted(book: RandomBook):
    """The book as rows of the agency; gone afterwards."""
    with transaction.atomic():
        book.plant()
        yield
        transaction.set_rollback(True)


def stored() -> dict[str, list[tuple]]:
    """All facts, without the numbers that the database gives to them."""
    return {
        model.__name__: sorted(
            model.objects.values_list(*(field.attname for field in model._meta.fields if field.name != "id")),
            key=repr,
        )
        for model in FACTS
    }


@many
@given(seeds, as_of_days, some_slices)
def test_both_routes_say_the_same_of_every_period(seed, days, by):
    book = RandomBook(seed)
    with planted(book):
        build(book.settings)
        queries = ask(book.settings, book.periods(), book.first + timedelta(days=days), by)

        direct = {family: told_directly(queries, family) for family in PAIRS}
        facts = {family: told_by_facts(queries, family) for family in PAIRS}

    assert facts == direct


@few
@given(seeds, as_of_days, st.sampled_from(("am", "team", "segment", "client")))
def test_one_slice_alone_says_what_it_says_among_all(seed, days, by):
    book = RandomBook(seed)
    with planted(book):
        build(book.settings)
        queries = ask(book.settings, book.periods(), book.first + timedelta(days=days), by)
        told = {family: told_by_facts(queries, family) for family in PAIRS}
        names = sorted(
            {name for answers in told.values() for kpis in answers for one in kpis.values() for name in one}
        )

        alone = {name: {family: told_by_facts(queries, family, name) for family in PAIRS} for name in names}

    assert alone == {
        name: {
            family: [{key: {name: one[name]} for key, one in kpis.items() if name in one} for kpis in answers]
            for family, answers in told.items()
        }
        for name in names
    }


@few
@given(seeds)
def test_facts_made_client_by_client_are_those_of_a_full_build(seed):
    book = RandomBook(seed)
    with planted(book):
        build(book.settings)
        whole = stored()
        for model in FACTS:
            model.objects.all().delete()

        for client in book.clients:
            build(book.settings, [client.pk])
        by_client = stored()
        build(book.settings, [client.pk for client in book.clients[:2]])
        again = stored()

    assert by_client == whole
    assert again == whole


def test_the_number_of_statements_is_that_of_one_period_and_slice(agency):
    book = RandomBook(7)
    book.plant()
    build(book.settings)
    as_of = book.first + timedelta(days=LENGTH)
    one = ask(book.settings, book.periods()[:1], as_of, "agency")
    many = ask(book.settings, book.periods(), as_of, "agency")
    of_clients = ask(book.settings, book.periods(), as_of, "client")

    counts = {
        family: [
            len(queries_of(partial(facts.compute, queries, facts.KEYS)))
            for queries in (one, many, of_clients)
        ]
        for family, (_direct, facts) in PAIRS.items()
    }

    assert counts == {
        "service": [2, 2, 2],
        "feedback": [3, 3, 3],
        "growth": [4, 4, 4],
        "delivery": [1, 1, 1],
        "touchpoints": [2, 2, 2],
        "people": [3, 3, 0],
    }
