"""The cohort page: what the map shows is the cohort table, in counts and in revenue."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from accounts.services.settings import update_settings
from tests.factories.accounts import LeaderFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.books import client, line
from tests.kpis.frozen.closing import freeze
from tests.queries import queries_of


def cells(response):
    """The table of the chart without its heads."""
    return response.context["page"].chart.rows


def test_clients_by_their_first_month(reader, winter):
    response = reader("/kpis/cohorts/", period="2026-03")

    assert cells(response) == [
        ["Jan 2026", "2", "100%", "100%", "50%"],
        ["Feb 2026", "1", "100%", "100%", ""],
    ]
    finding = "After 1 month, 100% of clients were still here (3 of 3)"
    assert (response.context["page"].chart.headline, finding in response.content.decode()) == (finding, True)


def test_their_revenue(reader, winter):
    response = reader("/kpis/cohorts/", period="2026-03", show="revenue")

    assert cells(response) == [
        ["Jan 2026", "2", "100%", "100%", "25%"],
        ["Feb 2026", "1", "100%", "200%", ""],
    ]
    headline = (
        "After 1 month, clients brought 133.3% of the revenue that they began with; Jan 2026 kept least, 100%"
    )
    assert response.context["page"].chart.headline == headline


def test_the_finding_is_pooled_and_names_the_worst(reader, winter):
    line("early", 100, "2026-01-05", "2026-02-10")
    for number in range(3):
        line(f"more {number}", 100, "2026-02-01")

    headline = reader("/kpis/cohorts/", period="2026-03").context["page"].chart.headline

    assert headline == (
        "After 1 month, 85.7% of clients were still here (6 of 7); Jan 2026 kept least, 2 of 3"
    )


def test_months_that_are_not_over_are_left_out(reader, winter):
    response = reader("/kpis/cohorts/", period="2026-04")

    assert cells(response)[0] == ["Jan 2026", "2", "100%", "100%", "50%"]


def test_what_was_known_on_an_earlier_day(reader, winter):
    response = reader("/kpis/cohorts/", period="2026-03", as_of="2026-03-01")

    assert cells(response) == [["Jan 2026", "2", "100%", "100%"], ["Feb 2026", "1", "100%", ""]]


def test_the_map_shows_the_last_two_years_and_the_table_all(reader, agency):
    for number in range(30):
        year, month = divmod(number, 12)
        line(f"c{number}", 100, f"{2023 + year}-{month + 1:02}-05")

    page = reader("/kpis/cohorts/", period="2026-03").context["page"]

    assert (len(page.cohorts), page.shown, len(page.chart.rows)) == (30, 24, 30)
    assert ("Together (24)" in page.chart.svg, "Jan 2023" in page.chart.svg) == (True, False)


def test_a_cohort_counts_in_the_slice_of_its_last_paid_day(reader, winter):
    for name in ("stays", "leaves"):
        AssignmentFactory(
            client=client(name), member__book_id=name, member__name=name, starts_on=date(2026, 1, 1)
        )
    AssignmentFactory.create(
        client=client("grows"), member=client("leaves").assignments.get().member, starts_on=date(2026, 1, 1)
    )

    response = reader("/kpis/cohorts/", period="2026-03", by="am", key="leaves")

    assert cells(response) == [
        ["Jan 2026", "1", "100%", "100%", "0%"],
        ["Feb 2026", "1", "100%", "100%", ""],
    ]


def test_slices_of_cohorts_add_up(reader, winter):
    client("stays").__class__.objects.filter(book_id="stays").update(segment="Retail")

    sizes = [
        [row[:2] for row in cells(reader("/kpis/cohorts/", period="2026-03", **address))]
        for address in ({}, {"by": "segment", "key": "Retail"}, {"by": "segment", "key": "unassigned"})
    ]

    assert sizes == [
        [["Jan 2026", "2"], ["Feb 2026", "1"]],
        [["Jan 2026", "1"]],
        [["Jan 2026", "1"], ["Feb 2026", "1"]],
    ]


def test_there_are_none_by_service(reader, winter):
    response = reader("/kpis/cohorts/", period="2026-03", by="service", key="retainer")

    assert (response.context["page"].chart, "Not kept by service" in response.content.decode()) == (
        None,
        True,
    )


def test_an_empty_agency_says_so(reader):
    response = reader("/kpis/cohorts/")

    assert (response.context["page"].chart, "No cohorts yet" in response.content.decode()) == (None, True)


def test_revenue_without_an_exchange_rate_is_unknown(reader):
    line("abroad", 100, "2026-01-10", currency="SEK")

    clients = reader("/kpis/cohorts/", period="2026-03").context["page"]
    revenue = reader("/kpis/cohorts/", period="2026-03", show="revenue").context["page"]

    assert (clients.chart.rows, revenue.chart) == ([["Jan 2026", "1", "100%", "100%", "100%"]], None)


def test_a_private_portfolio_shows_its_own_clients(sign_in, winter):
    update_settings(by=None, is_portfolio_private=True)
    member = AssignmentFactory(client=client("stays"), starts_on=date(2026, 1, 1)).member
    AssignmentFactory(client=client("leaves"), starts_on=date(2026, 1, 1))

    response = sign_in(member).get("/kpis/cohorts/?period=2026-03&by=agency")

    assert cells(response) == [["Jan 2026", "1", "100%", "100%", "100%"]]
    assert sign_in(member).get("/kpis/cohorts/export/?by=agency").content.decode().count("2026-01") == 3


def test_the_table_as_a_file(reader, winter):
    response = reader("/kpis/cohorts/export/", period="2026-03")

    rows = list(csv.DictReader(StringIO(response.content.decode())))
    last = rows[2]
    assert (len(rows), last["cohort"], last["month"], last["clients"]) == (5, "2026-01", "2", "1")
    assert (Decimal(last["mrr_eur"]), Decimal(last["mrr_share"])) == (100, Decimal("0.25"))


@pytest.mark.parametrize(("as_of", "words"), [("", "10 Apr 2026"), ("2026-04-02", "2 Apr 2026")])
def test_page_and_file_of_a_closed_month_say_of_which_day_they_are(reader, winter, as_of, words):
    freeze("2026-03", on="2026-04-09")
    address = {"period": "2026-03", "as_of": as_of}

    page = reader("/kpis/cohorts/", **address).content.decode()

    file = csv.DictReader(StringIO(reader("/kpis/cohorts/export/", **address).content.decode()))
    assert f"As known on {words}: cohorts are not closed with a month." in page
    assert {row["known_on"] for row in file} == {as_of or "2026-04-10"}


@pytest.mark.parametrize("address", [{}, {"by": "segment", "key": "unassigned"}])
def test_the_number_of_queries_does_not_grow(sign_in, winter, address):
    browser = sign_in(LeaderFactory())
    browser.get("/kpis/cohorts/", address)
    few = len(queries_of(lambda: browser.get("/kpis/cohorts/", address)))
    for number in range(30):
        line(f"more{number}", 10, f"2026-0{1 + number % 3}-02")

    assert len(queries_of(lambda: browser.get("/kpis/cohorts/", address))) == few
