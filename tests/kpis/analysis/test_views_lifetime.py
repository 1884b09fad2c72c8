"""The lifetime page: its value, its curve and its months come from the figures of the KPIs."""

import csv
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from accounts.services.settings import update_settings
from tests.factories.accounts import LeaderFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.books import client, line
from tests.kpis.frozen.closing import freeze, look_again
from tests.queries import queries_of


@pytest.fixture
def stayers():
    """Nine stay since January 2025; one leaves in March 2026."""
    for number in range(9):
        line(f"stays {number}", 100, "2025-01-01")
    line("left", 100, "2025-01-01", "2026-03-10")


def test_value_months_and_churn(reader, stayers):
    response = reader("/kpis/lifetime/", period="2026-03")

    page = response.context["page"]
    assert (page.clv.value, page.client_months, page.lost, page.lifetime) == (12000, 120, 1, 120)
    assert [month.opening for month in page.months] == [10] * 12
    assert (page.months[0].starts_on, page.months[-1].lost) == (date(2025, 4, 1), 1)
    text = response.content.decode()
    assert ("Revenue CLV" in text, "€12,000.00" in text, "120.0 months" in text) == (True, True, True)


def test_a_closed_month_that_was_reported_otherwise_says_so(reader, stayers):
    month = freeze("2026-03", on="2026-04-09")
    line("left too", 100, "2025-01-01", "2026-03-20")
    look_again(month, on="2026-04-10")

    page = reader("/kpis/lifetime/", period="2026-03").context["page"]

    assert page.restated.startswith("Reported on 9 Apr: Client lifetime value €12,000.00, now €6,")


def test_with_a_margin_it_is_no_revenue_any_more(reader, stayers):
    update_settings(by=None, gross_margin=Decimal("0.6"))

    response = reader("/kpis/lifetime/", period="2026-03")

    text = response.content.decode()
    assert (response.context["page"].clv.value, "Revenue CLV" in text) == (7200, False)
    assert "with a margin of 60%" in text


def test_the_curve_is_the_estimate(reader, stayers):
    page = reader("/kpis/lifetime/", period="2026-03").context["page"]

    assert page.chart.rows == [["0\u00a0months", "100%"], ["14.2\u00a0months", "90%"]]
    assert page.finding == "More than half stay: after 14.9\u00a0months, 90% of clients are still here"
    assert (page.median, f"<title>{page.finding}.</title>" in page.chart.svg) == (None, True)
    assert [(point.months, point.share, point.at_risk) for point in page.checkpoints] == [
        (6, 1, 10),
        (12, 1, 10),
    ]


def test_the_median_once_half_have_left(reader, stayers):
    for number in range(9):
        line(f"gone {number}", 100, "2025-01-01", "2025-07-01")

    response = reader("/kpis/lifetime/", period="2026-03")

    page = response.context["page"]
    assert page.finding == "Half of all clients leave within 14.2\u00a0months"
    assert "14.2 months" in response.content.decode()


def test_while_nobody_left_it_is_longer_than_a_bound(reader, agency):
    for number in range(3):
        line(f"stays {number}", 100, "2025-01-01")

    response = reader("/kpis/lifetime/", period="2026-03")

    page = response.context["page"]
    assert (page.clv.value, page.longer_than) == (None, 12)
    assert page.finding == "Nobody has left so far; the longest client has been here for 14.9\u00a0months"
    text = response.content.decode()
    assert ("longer than 12 months" in text, "No client left in the months looked at." in text) == (
        True,
        True,
    )


@pytest.mark.parametrize("address", [{}, {"by": "am", "key": "unassigned"}])
def test_an_empty_agency_says_so(reader, address):
    response = reader("/kpis/lifetime/", **address)

    assert (response.status_code, "No client has paid yet" in response.content.decode()) == (200, True)


def test_a_client_has_the_churn_of_its_segment(reader, stayers):
    page = reader("/kpis/lifetime/", period="2026-03", by="client", key="stays 1").context["page"]

    assert (page.clv.value, page.client_months, len(page.tenures)) == (12000, 120, 10)


def test_a_service_has_a_value_and_no_curve(reader, stayers):
    response = reader("/kpis/lifetime/", period="2026-03", by="service", key="retainer")

    page = response.context["page"]
    assert (page.clv.value, page.chart, "No tenure by service" in response.content.decode()) == (
        12000,
        None,
        True,
    )


def test_a_private_portfolio_shows_its_own_clients(sign_in, stayers):
    update_settings(by=None, is_portfolio_private=True)
    member = AssignmentFactory(client=client("left"), starts_on=date(2025, 1, 1)).member

    response = sign_in(member).get("/kpis/lifetime/?period=2026-03&by=agency")

    page = response.context["page"]
    assert (page.client_months, page.lost, len(page.tenures)) == (12, 1, 1)
    assert len(sign_in(member).get("/kpis/lifetime/export/?by=agency").content.splitlines()) == 3


def test_the_curve_as_a_file(reader, stayers):
    response = reader("/kpis/lifetime/export/", period="2026-03")

    rows = list(csv.DictReader(StringIO(response.content.decode())))
    assert [(row["share_still_here"], row["clients_at_risk"], row["clients_left"]) for row in rows] == [
        ("1.000000", "10", "0"),
        ("0.900000", "10", "1"),
    ]


@pytest.mark.parametrize("address", [{}, {"by": "client", "key": "left"}])
def test_the_number_of_queries_does_not_grow(sign_in, stayers, address):
    browser = sign_in(LeaderFactory())
    browser.get("/kpis/lifetime/", address)
    few = len(queries_of(lambda: browser.get("/kpis/lifetime/", address)))
    for number in range(30):
        line(f"more{number}", 10, "2025-01-02", "2025-09-01" if number % 2 else None)

    assert len(queries_of(lambda: browser.get("/kpis/lifetime/", address))) == few
