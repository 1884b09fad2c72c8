"""What a review is written from: the same whichever way its numbers are read, in as many statements."""

import pytest

from clients.models import Change
from kpis.facts import builder
from reports.qbr.writing.build import compose
from reports.qbr.writing.material import read_material
from tests.factories.clients import (
    ActionItemFactory,
    ClientFactory,
    GoalFactory,
    MessageFactory,
    RequestFactory,
)
from tests.queries import queries_of
from tests.reports import books
from tests.reports.qbr.builder.drafts import add_quarter_before


@pytest.fixture
def settings(agency):
    return books.make_settings()


@pytest.fixture
def client(settings):
    client = books.make_client()
    add_quarter_before(client, late=3, late_pieces=2)
    return client


def read(client, settings):
    return read_material(
        client=client, period=books.PERIOD, as_of=books.TODAY, now=books.NOW, settings=settings
    )


def add_late_answer(client):
    request = RequestFactory(client=client, opened_at=books.NOW.replace(month=8))
    MessageFactory(request=request, sent_at=books.NOW.replace(month=8))


def test_the_facts_tell_the_same_as_the_book(client, settings):
    from_book = compose(read(client, settings))

    builder.build_all(settings=settings, now=books.NOW)
    from_facts = compose(read(client, settings))

    assert from_facts == from_book


def test_what_the_facts_do_not_know_yet_is_read_from_the_book(client, settings):
    builder.build_all(settings=settings, now=books.NOW)
    before = read(client, settings).results["sla_attainment"].figure.n

    add_late_answer(client)
    unheard = read(client, settings).results["sla_attainment"].figure.n
    Change.objects.create(client=ClientFactory(), area="service")
    of_somebody_else = read(client, settings).results["sla_attainment"].figure.n
    Change.objects.create(client=client, area="service")
    heard = read(client, settings).results["sla_attainment"].figure.n

    assert (unheard, of_somebody_else, heard) == (before, before, before + 1)


@pytest.mark.parametrize("is_built", [False, True], ids=["book", "facts"])
def test_it_takes_as_many_statements_for_many_rows_as_for_few(client, settings, is_built):
    if is_built:
        builder.build_all(settings=settings, now=books.NOW)
    few = queries_of(lambda: read(client, settings))

    for number in range(29):
        GoalFactory(client=client)
        ActionItemFactory(client=client, due_on=books.TODAY)
        ClientFactory(name=f"Client {number}")
    many = queries_of(lambda: read(client, settings))

    assert len(many) == len(few)


def test_it_reaches_back_four_periods(client, settings):
    material = read(client, settings)

    assert [period.label for period, _ in material.history] == ["Q4 2025", "Q1 2026", "Q2 2026", "Q3 2026"]
    assert (material.results, material.earlier) == (material.history[-1][1], material.history[-2][1])
