"""The page behind a number: what it means, how it moved, and the rows that it is made of."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from agencyam.periods import add_months, month_of
from kpis.formulas.catalogue import DEFINITIONS
from kpis.services import compute_and_store
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import AssignmentFactory, SurveyFactory, SurveyResponseFactory
from tests.kpis.books import client, line
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
MARCH = "?period=2026-03"


@pytest.fixture(autouse=True)
def _tenth_of_april(agency):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def book():
    """Two clients of Ada's, one of Bo's; one leaves, one is new, one grows."""
    ada, bo = MemberFactory(name="Ada", book_id="ada"), MemberFactory(name="Bo", book_id="bo")
    for name, member in (("grows", ada), ("leaves", ada), ("comes", bo)):
        AssignmentFactory(client=client(name), member=member, starts_on=date(2025, 1, 1))
    line("grows", "300.50", "2025-01-01")
    line("grows", "99.25", "2026-03-05", of="more")
    line("leaves", 100, "2025-01-01", "2026-03-20")
    line("comes", 60, "2026-03-02")


@pytest.fixture
def look(sign_in, book):
    browser = sign_in(LeaderFactory())
    return lambda kpi, query=MARCH, **headers: browser.get(f"/kpis/{kpi}/{query}", headers=headers)


def column(response, head):
    """The cells of a column as numbers."""
    table = response.context["page"].evidence
    at = [words for words, _ in table.heads].index(head)
    return [Decimal(row[at].words.replace(",", "").replace("−", "-")) for row in table.rows]


@pytest.mark.parametrize(
    ("kpi", "head"),
    [
        ("mrr", "MRR"),
        ("opening_mrr", "MRR"),
        ("new_mrr", "Amount"),
        ("churned_mrr", "Amount"),
        ("expansion_mrr", "Amount"),
        ("net_new_mrr", "Amount"),
    ],
)
def test_the_rows_on_the_page_add_up_to_the_number(look, kpi, head):
    response = look(kpi)

    total = sum(column(response, head), Decimal(0))
    assert abs(total) == abs(response.context["page"].result.value)
    assert response.context["page"].result.value != 0


@pytest.mark.parametrize("kpi", ["opening_clients", "closing_clients", "lost_clients"])
def test_the_rows_on_the_page_count_up_to_the_number(look, kpi):
    page = look(kpi).context["page"]

    assert (page.evidence.n, len(page.evidence.rows)) == (page.result.value, page.result.value)


def test_the_rows_of_one_account_manager_add_up_to_theirs(look):
    response = look("mrr", f"{MARCH}&am=ada")

    assert sum(column(response, "MRR")) == response.context["page"].result.value == Decimal("399.75")


def test_every_number_has_a_page(look):
    wanting = []

    for kpi in DEFINITIONS:
        response = look(kpi)
        page = response.content.decode()
        if (
            response.status_code != 200
            or "How this is counted" not in page
            or "The rows behind it" not in page
        ):
            wanting.append(kpi)

    assert wanting == []


def test_a_row_leads_to_its_client(look):
    page = look("lost_clients").content.decode()

    assert f'<a href="/clients/{client("leaves").pk}/">leaves</a>' in page


def test_the_parts_by_account_manager_lead_on(look):
    response = look("mrr")

    parts = {part.label: part.display for part in response.context["page"].parts}
    assert parts == {"Ada": "€399.75", "Bo": "€60.00"}
    assert 'href="/kpis/mrr/?period=2026-03&amp;am=ada"' in response.content.decode()


def test_a_fraction_is_shown_with_its_figures(look):
    assert "1.00 ÷ 2.00 = 50.0%" in look("client_retention_rate").content.decode()


def test_a_number_without_rows_says_why(look):
    page = look("csat").content.decode()

    assert "Nobody answered in this period." in page
    assert "No row counts towards this number in this period." in page


def test_a_small_sample_is_named(look):
    survey = SurveyFactory(kind="csat", scale_min=1, scale_max=5)
    SurveyResponseFactory(survey=survey, score=5, answered_at=datetime(2026, 3, 5, 12, tzinfo=UTC))

    response = look("csat")

    assert response.context["page"].result.is_small_sample
    assert "Not judged" in response.content.decode()


def test_stored_months_become_a_line(look):
    for back in range(3):
        month = month_of(add_months(date(2026, 3, 1), -back))
        as_of = date.fromordinal(month.end.toordinal() - 1)
        compute_and_store(period=month, as_of=as_of, by="agency", now=NOW, keys=["mrr"])

    response = look("mrr")

    assert [row[0] for row in response.context["page"].trend.rows[-3:]] == ["Jan 26", "Feb 26", "Mar 26"]


@pytest.mark.parametrize("kpi", ["nonsense", "mrr2", "MRR", "compute"])
def test_an_unknown_kpi_is_404(look, kpi):
    assert look(kpi).status_code == (405 if kpi == "compute" else 404)


def test_htmx_gets_the_number_alone(look):
    page = look("mrr", MARCH, **HTMX).content.decode().strip()

    assert page.startswith('<div id="kpi-detail"')
    assert "<html" not in page


def test_more_than_five_hundred_rows_are_cut_and_counted(look):
    survey = SurveyFactory(kind="csat", scale_min=1, scale_max=5)
    answered = {
        "survey": survey,
        "client": client("grows"),
        "answered_at": datetime(2026, 3, 5, 12, tzinfo=UTC),
    }
    SurveyResponseFactory.create_batch(501, score=5, **answered)

    response = look("csat")

    evidence = response.context["page"].evidence
    assert (evidence.n, len(evidence.rows)) == (501, 500)
    assert "The first 500 of 501 rows." in response.content.decode()


@pytest.mark.parametrize("kpi", ["mrr", "client_retention_rate", "touchpoints_per_client_month"])
def test_the_number_of_queries_does_not_grow_with_the_rows(look, kpi):
    line("of nobody", 10, "2025-01-01")
    few = queries_of(lambda: look(kpi))
    for number in range(29):
        line(f"client {number}", 10, "2025-01-01")

    many = queries_of(lambda: look(kpi))

    assert len(many) == len(few)
