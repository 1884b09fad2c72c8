"""The page behind a number: what it means, how it moved, and the rows that it is made of."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from accounts.models import User
from accounts.selectors import get_settings
from accounts.services.settings import update_settings
from agencyam.periods import add_months, month_of
from kpis.formulas.catalogue import DEFINITIONS
from kpis.frozen.restating import notice_overnight
from kpis.frozen.services import freeze_month
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import AssignmentFactory, SurveyFactory, SurveyResponseFactory
from tests.kpis.april import HTMX, NOW
from tests.kpis.books import client, line
from tests.kpis.storing import compute_and_store
from tests.queries import queries_of

pytestmark = pytest.mark.usefixtures("tenth_of_april")

MARCH = "?period=2026-03"


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

    def get(kpi, query=MARCH, **headers):
        slash = "" if "/" in kpi else "/"
        return browser.get(f"/kpis/{kpi}{slash}{query}", headers=headers)

    return get


def column(response, head):
    """The cells of a column as numbers."""
    table = response.context["table"]
    at = [column.words for column in table.columns].index(head)
    return [number(row[at].words) for row in table.rows]


def number(words):
    return Decimal(words.replace(",", "").replace("−", "-"))


def names(response):
    return [row[0].words for row in response.context["table"].rows]


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
    context = look(kpi).context

    value = context["page"].result.value
    assert (context["table"].n_counted, len(context["table"].rows)) == (value, value)


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
            or "How this number came about" not in page
            or "The rows behind it" not in page
        ):
            wanting.append(kpi)

    assert wanting == []


def test_a_row_leads_to_its_client(look):
    page = look("lost_clients").content.decode()

    assert f'<a href="/clients/{client("leaves").pk}/">leaves</a>' in page


def test_the_parts_by_account_manager_lead_on(look):
    response = look("mrr")

    assert parts(response) == {"Ada": "€399.75", "Bo": "€60.00"}
    assert 'href="/kpis/mrr/?period=2026-03&amp;by=am&amp;key=ada"' in response.content.decode()


def parts(response):
    return {part.label: part.display for part in response.context["page"].parts.page.object_list}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("team", {"No team": "€459.75"}),
        ("segment", {"No segment": "€459.75"}),
        ("service", {"retainer": "€360.50", "more": "€99.25"}),
        ("client", {"grows": "€399.75", "comes": "€60.00", "leaves": "€0.00"}),
        ("nonsense", {"Ada": "€399.75", "Bo": "€60.00"}),
    ],
)
def test_the_parts_by_other_kinds(look, by, expected):
    assert parts(look("mrr", f"{MARCH}&parts={by}")) == expected


def test_kinds_for_which_a_kpi_is_not_kept_are_not_offered(look):
    kinds = [words for words, _, _ in look("nps").context["page"].parts.kinds]

    assert kinds == ["Account manager", "Team", "Segment", "Client"]


def test_an_account_manager_with_a_private_portfolio_sees_their_own_clients_alone(sign_in, book):
    update_settings(by=None, is_portfolio_private=True)
    browser = sign_in(User.objects.get(name="Ada"))

    response = browser.get(f"/kpis/mrr/{MARCH}")
    others = browser.get(f"/kpis/mrr/rows.csv{MARCH}&by=client&key=comes")

    assert parts(response) == {"grows": "€399.75", "leaves": "€0.00"}
    assert names(response) == ["grows"]
    assert [words for words, _, _ in response.context["page"].parts.kinds] == ["Client"]
    assert ("grows" in others.content.decode(), "comes" in others.content.decode()) == (True, False)


@pytest.mark.parametrize(
    ("kpi", "sentence", "equation"),
    [
        (
            "client_retention_rate",
            "1 of 2 clients that were there when 1 Mar 2026 began are still clients at the close of 31 Mar 2026",
            "1 / 2 = 50.0%",
        ),
        (
            "nrr",
            "The clients that paid €400.50 a month when 1 Mar 2026 began pay €399.75 at the close of 31 Mar 2026",
            "€399.75 / €400.50 = 99.8%",
        ),
        ("mrr", "2 paying clients come to €459.75 a month at the close of 31 Mar 2026", ""),
        (
            "cmgr",
            "€400.50 a month when 1 Mar 2026 began changed by €59.25; the even rate a month that leads there",
            "(€459.75 / €400.50) ^ (1 / 1) − 1 = 14.8%",
        ),
        (
            "clv",
            "€229.88 a month and client after its margin, of whom 4.17% leave in a month",
            "€229.88 / 4.17% = €5,517.00",
        ),
    ],
)
def test_the_formula_is_told_with_its_figures(look, kpi, sentence, equation):
    page = look(kpi).context["page"]

    assert (page.sentence, page.equation) == (sentence, equation)


def test_net_promoter_score_is_told_with_its_figures(look):
    survey = SurveyFactory(kind="nps")
    for score in (10, 9, 3, 7):
        SurveyResponseFactory(
            survey=survey,
            client=client("grows"),
            score=score,
            answered_at=datetime(2026, 3, 5, 12, tzinfo=UTC),
        )

    page = look("nps").context["page"]

    assert page.sentence == "Promoters (9, 10) less detractors (0 to 6) are 1, of 4 respondents"
    assert page.equation == "100 × 1 / 4 = 25"


def test_the_foot_of_the_rows_is_the_number(look):
    response = look("grr")

    assert response.context["table"].foot == ["", "400.50", "", "300.50"]
    assert ">2 rows</th>" in response.content.decode()


def test_rows_that_do_not_count_say_why(look):
    response = look("client_retention_rate", f"{MARCH}&rows=excluded")

    table = response.context["table"]
    assert [[cell.words for cell in row] for row in table.rows] == [["comes", "0", "60", "New in the period"]]
    assert (table.n_counted, table.n_excluded, table.foot) == (2, 1, [])


def test_rows_are_found_by_words(look):
    response = look("mrr", f"{MARCH}&q=GROW")

    assert (names(response), response.context["table"].n_found) == (["grows"], 1)
    assert response.context["table"].foot == ["", "459.75"]
    assert "1 row with “GROW”." in response.content.decode()


def test_words_without_a_row_are_told(look):
    assert "No row has these words." in look("mrr", f"{MARCH}&q=nowhere").content.decode()


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("mrr", ["comes", "grows"]),
        ("-mrr", ["grows", "comes"]),
        ("name", ["comes", "grows"]),
        ("nonsense", ["grows", "comes"]),
    ],
)
def test_rows_are_sorted_by_any_column(look, sort, expected):
    assert names(look("mrr", f"{MARCH}&sort={sort}")) == expected


def test_changing_the_period_keeps_sorting_and_search(look):
    page = look("mrr", f"{MARCH}&sort=-mrr&q=grow&parts=client").content.decode()

    form = page.split('id="period-form"')[1].split("</form>")[0]
    for name, value in (("sort", "-mrr"), ("q", "grow"), ("parts", "client")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in form


def test_rows_are_paged(look):
    for each in range(60):
        line(f"client {each:02}", 10, "2025-01-01")

    first, second = look("mrr"), look("mrr", f"{MARCH}&page=2")

    assert (len(first.context["table"].rows), len(second.context["table"].rows)) == (50, 12)
    assert first.context["table"].foot == ["", "1,059.75"]


@pytest.mark.parametrize("value", ["-1", "0", "x", "999999999999999999999"])
def test_a_page_that_there_is_not_is_replaced(look, value):
    response = look("mrr", f"{MARCH}&page={value}&part_page={value}&sort={value}")

    assert (response.status_code, len(response.context["table"].rows)) == (200, 2)


def test_the_rows_as_a_text_file(look, book):
    line("=cmd()", 10, "2025-01-01")

    response = look("client_retention_rate/rows.csv")

    lines = list(csv.reader(io.StringIO(response.content.decode(), newline="")))
    assert response["Content-Disposition"] == 'attachment; filename="client_retention_rate-2026-03.csv"'
    assert lines[:9] == [
        ["KPI", "Client retention (client_retention_rate)"],
        ["Period", "2026-03-01 to 2026-03-31"],
        ["Slice", "Whole agency: " + get_settings().name],
        ["Known until", "2026-04-10"],
        ["Value", "0.666667"],
        ["Numerator", "2.000000"],
        ["Denominator", "3.000000"],
        ["n", "3"],
        ["Definition", "version 1"],
    ]
    assert lines[9:] == [
        [],
        ["counted", "client", "name", "is_retained", "opening_mrr", "closing_mrr", "reason"],
        ["yes", "grows", "grows", "yes", "300.500000", "", ""],
        ["yes", "leaves", "leaves", "no", "100.000000", "", ""],
        ["yes", "'=cmd()", "'=cmd()", "yes", "10.000000", "", ""],
        ["no", "comes", "comes", "", "0.000000", "60.000000", "New in the period"],
    ]


def test_the_rows_as_a_workbook(look):
    response = look("mrr/rows.xlsx")

    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["KPI", "Monthly recurring revenue (mrr)", *[None] * (len(rows[0]) - 2)]
    assert ["yes", "grows", "grows", 399.75] in [row[:4] for row in rows]
    assert sheet.title == "Evidence"


@pytest.mark.parametrize("path", ["mrr/rows.pdf", "nonsense/rows.csv", "mrr/rows."])
def test_a_file_that_there_is_not_is_404(look, path):
    assert look(path.removesuffix("/"), "").status_code == 404


def test_the_definition_says_its_version(look):
    assert "definition version 1" in look("mrr").content.decode()


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

    assert [row[0] for row in response.context["page"].trend.rows[-3:]] == [
        "Jan 2026",
        "Feb 2026",
        "Mar 2026",
    ]


def test_a_restated_month_is_drawn_as_it_was_reported(look):
    february = month_of(date(2026, 2, 1))
    freeze_month(month=february, today=NOW.date(), now=NOW, by=None, settings=get_settings())
    line("back-dated", 50, "2026-02-01")
    notice_overnight(today=NOW.date(), now=NOW, settings=get_settings())

    response = look("mrr")

    drawn = {row[0]: row[1] for row in response.context["page"].trend.rows}
    assert (drawn["Feb 2026"], look("mrr", "?period=2026-02").context["page"].display) == (
        "€400.50",
        "€400.50",
    )


@pytest.mark.parametrize("kpi", ["nonsense", "mrr2", "MRR", "compute"])
def test_an_unknown_kpi_is_404(look, kpi):
    assert look(kpi).status_code == 404


def test_htmx_gets_the_number_alone(look):
    page = look("mrr", MARCH, **HTMX).content.decode().strip()

    assert page.startswith('<div id="kpi-detail"')
    assert "<html" not in page


@pytest.mark.parametrize("kpi", ["mrr", "client_retention_rate", "touchpoints_per_client_month"])
def test_the_number_of_queries_does_not_grow_with_the_rows(look, kpi):
    line("of nobody", 10, "2025-01-01")
    few = queries_of(lambda: look(kpi))
    for number in range(29):
        line(f"client {number}", 10, "2025-01-01")

    many = queries_of(lambda: look(kpi))

    assert len(many) == len(few)
