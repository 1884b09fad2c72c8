"""The contract KPIs against their definitions, on random books."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from agencyam.periods import Period
from kpis.direct.query import Query
from kpis.engine import as_text, evaluate
from tests.factories.accounts import MemberFactory, TeamFactory, TeamMembershipFactory
from tests.factories.clients import AssignmentFactory, FxRateFactory
from tests.kpis import books
from tests.kpis.naive_book import NaiveBook, NaiveLine, figures

pytestmark = pytest.mark.usefixtures("agency")

FIRST_DAY = date(2025, 6, 1)
KEYS = tuple(figures(NaiveBook((), (), 0), FIRST_DAY, date(2025, 7, 1)))
FLOWS = (*(key for key in KEYS if key.endswith("_mrr") and key != "opening_mrr"), "fx_effect")
MAX_PAUSE_DAYS = 12
many = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))

days = st.integers(0, 75).map(lambda number: FIRST_DAY + timedelta(days=number))


@st.composite
def spans(draw, after: date = FIRST_DAY):
    """First day, and the first day that is out or None."""
    start = after + timedelta(days=draw(st.integers(0, 60)))
    length = draw(st.none() | st.integers(1, 40))
    return start, None if length is None else start + timedelta(days=length)


@st.composite
def lines(draw):
    start, end = draw(spans())
    pauses = []
    if draw(st.booleans()):
        pauses.append(draw(spans(start)))
    return NaiveLine(
        client=draw(st.sampled_from("abc")),
        service=draw(st.sampled_from(("seo", "ppc"))),
        amount=draw(st.sampled_from((0, 50, 100, 700))),
        interval=draw(st.sampled_from(("month", "year", "quarter", "week"))),
        currency=draw(st.sampled_from(("EUR", "EUR", "USD"))),
        starts_on=start,
        ends_on=end,
        pauses=tuple(pauses),
        reason=draw(st.sampled_from(("", "price_change"))),
    )


@st.composite
def random_books(draw):
    later = draw(st.dictionaries(days, st.sampled_from((Fraction(3, 10), Fraction(5, 4))), max_size=3))
    rates = {date(2025, 1, 1): Fraction(1, 2)} | later
    return NaiveBook(
        tuple(draw(st.lists(lines(), min_size=1, max_size=6))), tuple(sorted(rates.items())), MAX_PAUSE_DAYS
    )


@st.composite
def random_periods(draw):
    start = draw(days)
    return Period(start, start + timedelta(days=draw(st.integers(1, 45))))


@contextmanager
def planted(book: NaiveBook):
    """The book as rows of the agency; gone afterwards."""
    with transaction.atomic():
        for since, rate in book.rates:
            FxRateFactory(effective_on=since, rate_to_base=Decimal(rate.numerator) / rate.denominator)
        for line in book.lines:
            terms = {"of": line.service, "interval": line.interval, "currency": line.currency}
            owner = books.line(
                line.client,
                line.amount,
                line.starts_on.isoformat(),
                line.ends_on and line.ends_on.isoformat(),
                pauses=[(first.isoformat(), end and end.isoformat()) for first, end in line.pauses],
                reason=line.reason,
                **terms,
            )
            assert owner.pk
        yield
        transaction.set_rollback(True)


def ask(period: Period, *keys: str, by: str = "agency", as_of: date | None = None) -> list:
    own = books.settings(max_pause_days=MAX_PAUSE_DAYS)
    return evaluate(Query(period=period, as_of=as_of or period.end, by=by, settings=own), keys)


def text(value: Fraction | None) -> str | None:
    return None if value is None else as_text(Decimal(value.numerator) / Decimal(value.denominator))


@many
@given(random_books(), random_periods())
def test_every_figure_is_its_definition(book, period):
    with planted(book):
        found = {result.kpi: result.as_json()["value"] for result in ask(period, *KEYS)}

    assert found == {key: text(value) for key, value in figures(book, period.start, period.end).items()}


@many
@given(random_books(), random_periods(), st.data())
def test_movements_of_two_parts_of_a_period_are_those_of_the_whole(book, period, data):
    cut = period.start + timedelta(days=data.draw(st.integers(1, max(period.days - 1, 1))))
    parts = [period] if cut >= period.end else [Period(period.start, cut), Period(cut, period.end)]

    with planted(book):
        whole = {result.kpi: result.value for result in ask(period, *FLOWS)}
        split = [{result.kpi: result.value for result in ask(part, *FLOWS)} for part in parts]

    total = {key: sum(part[key] for part in split) for key in FLOWS}
    assert {key: as_text(value) for key, value in total.items()} == {
        key: as_text(value) for key, value in whole.items()
    }


@pytest.fixture
def managers(agency):
    return MemberFactory(book_id="anna"), MemberFactory(book_id="ben")


@many
@given(
    book=random_books(),
    period=random_periods(),
    by=st.sampled_from(("service", "client", "segment", "team", "am")),
    hand_over=days,
)
def test_slices_add_up_to_the_agency(managers, book, period, by, hand_over):
    amounts = (*FLOWS, "opening_mrr", "mrr")

    with planted(book):
        _share_out(book, managers, hand_over)
        whole = {result.kpi: result.value for result in ask(period, *amounts)}
        sliced = ask(period, *amounts, by=by)

    total = {key: sum((row.value for row in sliced if row.kpi == key), Decimal(0)) for key in amounts}
    assert {key: as_text(value) for key, value in total.items()} == {
        key: as_text(value) for key, value in whole.items()
    }


def _share_out(book: NaiveBook, managers: tuple[User, User], hand_over: date) -> None:
    """The first client changes its account manager, the second has one, the third has none.

    Anna moves from one team to another, Ben is in a team from the hand-over on.
    """
    anna, ben = managers
    north, south = TeamFactory(), TeamFactory()
    TeamMembershipFactory(team=north, member=anna, starts_on=date(2024, 1, 1), ends_on=date(2025, 2, 1))
    TeamMembershipFactory(team=south, member=anna, starts_on=date(2025, 2, 1))
    TeamMembershipFactory(team=south, member=ben, starts_on=hand_over)
    for name in book.clients[:1]:
        owner = books.client(name)
        AssignmentFactory(client=owner, member=anna, starts_on=date(2025, 1, 1), ends_on=hand_over)
        AssignmentFactory(client=owner, member=ben, starts_on=hand_over)
    for name in book.clients[1:2]:
        AssignmentFactory(client=books.client(name), member=ben, starts_on=date(2025, 1, 1))


@many
@given(random_books(), random_periods(), st.data())
def test_as_of_a_day_is_the_book_without_later_rows(book, period, data):
    as_of = period.start + timedelta(days=data.draw(st.integers(0, period.days - 1)))

    with planted(book):
        found = {result.kpi: result.as_json()["value"] for result in ask(period, *KEYS, as_of=as_of)}
    with planted(_known(book, as_of)):
        known = {result.kpi: result.as_json()["value"] for result in ask(period, *KEYS, as_of=as_of)}

    assert found == known


def _known(book: NaiveBook, as_of: date) -> NaiveBook:
    """What had happened by the close of the day."""

    def past(day: date | None) -> date | None:
        return None if day is None or day > as_of else day

    known = tuple(
        replace(
            line,
            ends_on=past(line.ends_on),
            pauses=tuple((first, past(end)) for first, end in line.pauses if first <= as_of),
        )
        for line in book.lines
        if line.starts_on <= as_of
    )
    return replace(book, lines=known, rates=tuple(pair for pair in book.rates if pair[0] <= as_of))


@many
@given(random_books(), random_periods())
def test_retention_and_churn_are_one_and_gross_is_at_most_net(book, period):
    keys = ("client_retention_rate", "client_churn_rate", "grr", "nrr", "revenue_churn_rate")

    with planted(book):
        found = {result.kpi: result.value for result in ask(period, *keys)}

    if found["client_retention_rate"] is not None:
        assert found["client_retention_rate"] + found["client_churn_rate"] == 1
    if found["grr"] is not None:
        assert 0 <= found["grr"] <= 1
        assert found["grr"] <= found["nrr"]
        assert as_text(found["grr"] + found["revenue_churn_rate"]) == "1.000000"
