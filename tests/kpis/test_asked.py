"""What the address of the pages of numbers says: period, as-of day and slice, and what a member may see."""

from datetime import date

import pytest

from accounts.services.settings import update_settings
from clients.models import Client
from tests.factories.accounts import (
    LeaderFactory,
    MemberFactory,
    TeamFactory,
    TeamMembershipFactory,
    ViewerFactory,
)
from tests.factories.clients import AssignmentFactory
from tests.kpis.april import HTMX, MARCH, compute, shown
from tests.kpis.books import client, line

pytestmark = pytest.mark.usefixtures("tenth_of_april")


def test_the_last_closed_month_is_shown_unless_asked_otherwise(sign_in, ada):
    compute()

    response = sign_in(ViewerFactory()).get("/kpis/")

    assert (response.context["asked"].period, response.context["page"].is_empty) == (MARCH, False)


@pytest.mark.parametrize(
    "period",
    [
        "soon",
        "2026-13",
        "2027-01",
        "0001",
        "0001-01-05..2026-01-01",
        "2026-01-01..9999-12-31",
        "9999Q4",
        "2026-03-05..2026-03-05",
        "\x00",
        "x" * 5000,
    ],
)
@pytest.mark.parametrize("path", ["/kpis/", "/kpis/mrr/"])
def test_a_period_that_cannot_be_read_falls_back_with_words(sign_in, ada, path, period):
    compute()

    response = sign_in(LeaderFactory()).get(path, {"period": period})

    assert (response.status_code, response.context["asked"].period) == (200, MARCH)
    assert "Showing the last closed month instead." in response.content.decode()


@pytest.mark.parametrize("period", ["ttm", "2026", "2026Q1", "2026-04", "2025-04-01..2026-01-15"])
def test_other_periods_are_read(sign_in, period):
    response = sign_in(LeaderFactory()).get("/kpis/", {"period": period})

    asked = response.context["asked"]
    offered = {name for _, group in asked.choices for name, _ in group}
    assert (asked.error, asked.period_name, period in offered) == ("", period, True)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("am=nobody", "There is no account manager &#x27;nobody&#x27;."),
        ("by=am&key=nobody", "There is no account manager &#x27;nobody&#x27;."),
        ("by=segment&key=%00", "There is no segment &#x27;&#x27;."),
        ("by=planet&key=mars", "There is no such kind of slice as &#x27;planet&#x27;."),
        ("by=client&key=" + "x" * 3000, "There is no client &#x27;" + "x" * 40 + "…&#x27;."),
    ],
)
def test_a_slice_that_there_is_not_means_the_agency_with_a_word(sign_in, ada, query, words):
    response = sign_in(LeaderFactory()).get(f"/kpis/?{query}")

    assert (response.context["asked"].by, response.context["asked"].key) == ("agency", "")
    assert words in response.content.decode()


@pytest.mark.parametrize("path", ["/kpis/", "/kpis/mrr/"])
@pytest.mark.parametrize("query", ["", "?am=", "?am=bo", "?period=2026-03&am=agency"])
def test_private_portfolios_force_account_managers_to_their_own_numbers(sign_in, ada, path, query):
    update_settings(by=None, is_portfolio_private=True)
    MemberFactory(name="Bo", book_id="bo")
    compute(by="agency")
    compute(by="am")

    response = sign_in(ada).get(f"{path}{query}")

    page = response.content.decode()
    assert (response.context["asked"].by, response.context["asked"].key) == ("am", "ada")
    assert ("€300" in page, "€900" in page, "elsewhere" in page, 'name="am"' in page) == (
        True,
        False,
        False,
        False,
    )


def test_private_portfolios_leave_leaders_the_whole(sign_in, ada):
    update_settings(by=None, is_portfolio_private=True)
    compute()

    assert shown(sign_in(LeaderFactory()).get("/kpis/?period=2026-03"))["mrr"] == "€900.00"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("period=custom&from=2026-03-10&to=2026-03-01", "The last day of the period is before its first."),
        ("period=custom&from=2026-03-10&to=", "A period of your own needs its first and its last day."),
        ("period=custom", "A period of your own needs its first and its last day."),
        (
            "period=2026-03&as_of=tomorrow",
            "The day of which to tell what was known is written like 2026-03-31.",
        ),
        ("period=2026-03&as_of=2026-04-11", "11 April 2026 has not come yet: showing what is known today."),
        ("period=2026-03&as_of=0001-01-01", "is out of reach: showing what is known today."),
        ("period=2026-03&as_of=2026-02-10", "March 2026 begins after 10 February 2026"),
    ],
)
def test_days_that_make_no_sense_are_told_in_words(sign_in, ada, query, words):
    response = sign_in(LeaderFactory()).get(f"/kpis/?{query}")

    assert (response.status_code, response.context["asked"].period) == (200, MARCH)
    assert response.context["asked"].is_today
    assert words in response.content.decode()


def test_days_of_ones_own_include_the_last(sign_in, ada):
    response = sign_in(LeaderFactory()).get("/kpis/?period=custom&from=2026-03-01&to=2026-03-20&of=agency")

    assert response.context["asked"].query == "?period=2026-03-01..2026-03-21"
    assert shown(response)["lost_clients"] == "1"


def test_looking_back_leaves_out_what_happened_later_and_stays_so(sign_in, ada):
    compute()

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03&as_of=2026-03-15")

    page = response.content.decode()
    assert (shown(response)["mrr"], shown(response)["lost_clients"]) == ("€1,000.00", "0")
    assert "As known on 15 Mar 2026." in page
    assert 'href="/kpis/mrr/?period=2026-03&amp;as_of=2026-03-15"' in page
    assert 'href="?period=2026-03">Back to today' in page


def test_arrows_lead_to_the_periods_beside(sign_in, ada):
    asked = sign_in(LeaderFactory()).get("/kpis/?period=2026Q1&by=am&key=ada").context["asked"]

    assert asked.previous_url == "?period=2025Q4&by=am&key=ada"
    assert asked.next_url == "?period=2026Q2&by=am&key=ada"


@pytest.mark.parametrize("period", ["2026-04", "ttm", "2026"])
def test_there_is_no_arrow_into_the_future(sign_in, ada, period):
    page = sign_in(LeaderFactory()).get(f"/kpis/?period={period}")

    assert page.context["asked"].next_url == ""
    assert '<span class="btn square" aria-disabled="true">' in page.content.decode()


def test_fiscal_quarters_and_years_have_their_own_names(sign_in, ada):
    update_settings(by=None, fiscal_year_start_month=4)

    asked = sign_in(LeaderFactory()).get("/kpis/?period=2025Q4").context["asked"]

    assert (asked.period.start, asked.previous_url, asked.next_url) == (
        date(2026, 1, 1),
        "?period=2025Q3",
        "?period=2026Q1",
    )
    assert ("2026", "1 Apr 2026 – 31 Mar 2027 so far") in dict(asked.choices)["Years"]


@pytest.mark.parametrize(
    ("by", "key", "mrr"),
    [
        ("am", "ada", "€300.00"),
        ("team", "north", "€300.00"),
        ("segment", "Retail", "€600.00"),
        ("segment", "unassigned", "€300.00"),
        ("service", "retainer", "€900.00"),
        ("client", "stays", "€300.00"),
    ],
)
@pytest.mark.parametrize("is_stored", [True, False])
def test_every_kind_of_slice_has_its_numbers(sign_in, ada, by, key, mrr, is_stored):
    TeamMembershipFactory(team=TeamFactory(name="North", book_id="north"), member=ada)
    Client.objects.filter(name="elsewhere").update(segment="Retail")
    if is_stored:
        compute(by=by)

    response = sign_in(LeaderFactory()).get(f"/kpis/?period=2026-03&by={by}&key={key}")

    assert (response.context["asked"].error, shown(response)["mrr"]) == ("", mrr)


def test_a_kind_alone_means_its_first_slice(sign_in, ada):
    asked = sign_in(LeaderFactory()).get("/kpis/?period=2026-03&by=client&key=ada&of=am").context["asked"]

    assert (asked.by, asked.key, asked.error) == ("client", "elsewhere", "")
    assert [key for key, _ in asked.slice.keys] == ["elsewhere", "leaves", "stays"]


def test_private_portfolios_leave_an_account_manager_their_own_clients_alone(sign_in, ada):
    update_settings(by=None, is_portfolio_private=True)
    browser = sign_in(ada)

    own = browser.get("/kpis/?period=2026-03&by=client&key=stays")
    others = browser.get("/kpis/?period=2026-03&by=client&key=elsewhere")

    assert (shown(own)["mrr"], own.context["asked"].slice.keys) == (
        "€300.00",
        [("leaves", "leaves"), ("stays", "stays")],
    )
    assert (others.context["asked"].by, others.context["asked"].key) == ("am", "ada")
    assert "This client is not one of yours." in others.content.decode()
    assert "€600" not in others.content.decode()


def test_a_client_who_was_handed_over_is_not_shown_as_of_an_earlier_day(sign_in, ada):
    update_settings(by=None, is_portfolio_private=True)
    line("given away", 777, "2025-01-01")
    AssignmentFactory(
        client=client("given away"), member=ada, starts_on=date(2025, 1, 1), ends_on=date(2026, 4, 2)
    )

    response = sign_in(ada).get("/kpis/?period=2026-03&as_of=2026-03-31&by=client&key=given%20away")

    assert (response.context["asked"].by, response.context["asked"].key) == ("am", "ada")
    assert "This client is not one of yours." in response.content.decode()


def test_htmx_writes_the_short_address(sign_in, ada):
    query = "?of=agency&period=2026-03&by=am&key=&as_of=2026-04-10"

    response = sign_in(LeaderFactory()).get(f"/kpis/{query}", headers=HTMX)

    assert response["HX-Push-Url"] == "/kpis/?period=2026-03&by=am&key=ada"
