"""Where a page's numbers come from: what is stored, where it answers the question, else worked out now."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agencyam.periods import Period, add_months, month_of
from kpis.facts.builder import build_all
from kpis.models import KPIValue
from kpis.reading import read_series, read_slices, read_values
from tests.kpis.books import client, line, question, settings
from tests.kpis.storing import compute_and_store
from tests.queries import queries_of

pytestmark = pytest.mark.usefixtures("agency")

TODAY = date(2026, 4, 10)
NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
MARCH, APRIL = month_of(date(2026, 3, 1)), month_of(TODAY)


@pytest.fixture
def book():
    line("a", 100, "2025-01-01")
    line("b", 50, "2025-01-01", "2026-03-20")


def asked(period: Period, *, as_of: date = TODAY, by: str = "agency"):
    return question(f"{period.start}..{period.end}", as_of=as_of.isoformat(), by=by)


def store(period: Period, *, as_of: date = TODAY, by: str = "agency"):
    compute_and_store(period=period, as_of=as_of, by=by, now=NOW, settings=settings())


def mrr_of(period: Period, *, as_of: date = TODAY, by: str = "agency", key: str = ""):
    (readings,) = read_values([asked(period, as_of=as_of, by=by)], key, ["mrr"], today=TODAY)
    return readings["mrr"].value if "mrr" in readings else None


def falsify():
    """Stored values that nothing computes, to tell where a number came from."""
    KPIValue.objects.filter(kpi="mrr").update(value=7)


def test_what_is_stored_answers_for_today(book):
    store(MARCH)
    falsify()

    assert mrr_of(MARCH) == 7


def test_what_is_not_stored_is_worked_out(book):
    assert mrr_of(MARCH) == 100
    assert KPIValue.objects.count() == 0


def test_a_past_day_is_worked_out(book):
    store(MARCH)
    falsify()

    assert mrr_of(MARCH, as_of=date(2026, 3, 15)) == 150


def test_what_was_stored_on_a_past_day_answers_for_it(book):
    store(MARCH, as_of=date(2026, 3, 15))
    falsify()

    assert mrr_of(MARCH, as_of=date(2026, 3, 15)) == 7


def test_a_month_stored_while_it_ran_does_not_answer_when_it_is_over(book):
    store(MARCH, as_of=date(2026, 3, 15))
    falsify()

    assert mrr_of(MARCH) == 100


def test_a_running_month_answers_as_of_the_day_before(book):
    store(APRIL, as_of=TODAY - timedelta(days=1))
    falsify()

    assert mrr_of(APRIL) == 7


def test_a_period_of_ones_own_is_worked_out(book):
    store(MARCH)
    falsify()

    assert mrr_of(Period(MARCH.start, date(2026, 3, 31))) == 100


def test_a_slice_that_takes_no_part_in_a_stored_period_has_no_readings(book):
    store(MARCH, by="segment")

    found = queries_of(lambda: mrr_of(MARCH, by="segment", key="Retail"))

    assert mrr_of(MARCH, by="segment", key="Retail") is None
    assert len(found) == 2


def test_clients_are_never_stored(book):
    assert mrr_of(MARCH, by="client", key="b") == 0
    assert mrr_of(MARCH.previous(), by="client", key="b") == 50


def test_many_periods_come_in_their_order(book):
    store(MARCH)
    months = [month_of(add_months(MARCH.start, -back)) for back in (2, 0, 1)]

    readings = read_values([asked(month) for month in months], "", ["mrr"], today=TODAY)

    assert [each["mrr"].value for each in readings] == [150, 100, 150]


def test_facts_answer_as_the_book_does(book):
    queries = [asked(month_of(add_months(MARCH.start, -back)), by="client") for back in range(3)]
    from_the_book = read_values(queries, "b", today=TODAY)
    build_all(settings=settings(), now=NOW)

    from_facts = read_values(queries, "b", today=TODAY)

    assert from_facts == from_the_book
    assert len(from_facts[0]) == 53


def test_a_line_of_months_leaves_gaps_where_nothing_is_stored(book):
    store(MARCH)

    found = read_series([asked(MARCH.previous()), asked(MARCH)], "", ["mrr"], today=TODAY)

    assert [{kpi: step.value for kpi, step in month.items()} for month in found] == [{}, {"mrr": 100}]


def test_months_older_than_those_that_are_kept_are_worked_out(book):
    oldest_that_is_kept = month_of(date(2023, 4, 1))
    line("long ago", 70, "2022-01-01")
    older, kept = asked(oldest_that_is_kept.previous()), asked(oldest_that_is_kept)

    found = read_series([older, kept], "", ["mrr"], today=TODAY)

    assert [{kpi: step.value for kpi, step in month.items()} for month in found] == [{"mrr": 70}, {}]


def test_a_line_of_months_of_a_client_is_worked_out(book):
    found = read_series(
        [asked(MARCH.previous(), by="client"), asked(MARCH, by="client")], "b", ["mrr"], today=TODAY
    )

    assert [month["mrr"].value for month in found] == [50, 0]


@pytest.mark.parametrize("has_facts", [True, False])
def test_all_slices_of_a_kind(book, has_facts):
    client("c")
    if has_facts:
        build_all(settings=settings(), now=NOW)

    found = read_slices(asked(MARCH, by="client"), "mrr")

    assert [(key, label, reading.value) for key, label, reading in found] == [
        ("a", "a", 100),
        ("b", "b", 0),
        ("c", "c", 0),
    ]


def test_no_question_has_no_answer():
    assert read_values([], "", today=TODAY) == []
