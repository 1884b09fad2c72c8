"""The scorecard as members see it: stored numbers of one period and slice."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.services.settings import update_settings
from agencyam.periods import month_of
from agencyam.tenancy.context import tenant_context
from kpis.formulas.catalogue import DEFINITIONS
from kpis.models import KPIValue
from kpis.services import compute_and_store, set_target
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.factories.clients import AssignmentFactory
from tests.kpis.books import client, line
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
MARCH = month_of(date(2026, 3, 1))


@pytest.fixture(autouse=True)
def _tenth_of_april(agency):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada():
    """An account manager of two clients, one of which leaves in March; a third client is somebody else's."""
    member = MemberFactory(name="Ada", book_id="ada")
    for name in ("stays", "leaves"):
        AssignmentFactory(client=client(name), member=member, starts_on=date(2025, 1, 1))
    line("stays", 300, "2025-01-01")
    line("leaves", 100, "2025-01-01", "2026-03-20")
    line("elsewhere", 600, "2025-01-01")
    AssignmentFactory(client=client("elsewhere"), member__name="Bo", starts_on=date(2025, 1, 1))
    return member


def compute(period=MARCH, by="agency"):
    as_of = min(NOW.date(), date.fromordinal(period.end.toordinal() - 1))
    compute_and_store(period=period, as_of=as_of, by=by, now=NOW)


def shown(response):
    """KPI and its number on the page."""
    rows = [row for _, rows in response.context["page"].groups for row in rows]
    return {row.definition.key: row.stored.display for row in rows}


def test_an_uncomputed_period_offers_to_compute_it(sign_in):
    page = sign_in(LeaderFactory()).get("/kpis/?period=2026-02").content.decode()

    assert "Not computed yet" in page
    assert '<form class="cluster" method="post" action="/kpis/compute/?period=2026-02">' in page
    assert "Compute February 2026" in page


def test_a_computed_period_shows_every_kpi_once(sign_in, ada):
    compute()

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    numbers = shown(response)
    assert set(numbers) == set(KPIValue.objects.values_list("kpi", flat=True))
    assert (numbers["mrr"], numbers["nrr"]) == ("€900.00", "90.0%")
    assert (numbers["client_retention_rate"], numbers["lost_clients"]) == ("66.7%", "1")
    assert response.content.decode().count('href="/kpis/mrr/?period=2026-03"') == 1


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
    assert (asked.error, asked.period_name, period in dict(asked.choices)) == ("", period, True)


def test_the_numbers_of_one_account_manager(sign_in, ada):
    compute(by="agency")
    compute(by="am")

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03&am=ada")

    assert shown(response)["mrr"] == "€300.00"
    assert "<b>Ada, March 2026.</b>" in response.content.decode()
    assert '<option value="ada" selected>Ada</option>' in response.content.decode()


def test_an_unknown_account_manager_means_the_agency(sign_in, ada):
    response = sign_in(LeaderFactory()).get("/kpis/?am=nobody")

    assert (response.context["asked"].by, response.context["asked"].key) == ("agency", "")


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


def test_the_sentence_counts_targets_met_and_names_the_worst(sign_in, ada):
    compute()
    KPIValue.objects.update(status="not_judged")
    KPIValue.objects.filter(kpi="nrr").update(status="met")
    KPIValue.objects.filter(kpi="mrr").update(status="missed", target=1000)

    page = sign_in(LeaderFactory()).get("/kpis/?period=2026-03").content.decode()

    assert f"1 of 2 targets met; furthest off: {DEFINITIONS['mrr'].name}." in page


def test_a_target_is_shown_with_a_bullet_and_its_verdict(sign_in, ada):
    set_target(kpi="mrr", low=800, starts_on=date(2026, 1, 1), by=None)
    compute()

    page = sign_in(LeaderFactory()).get("/kpis/?period=2026-03").content.decode()

    row = page.split('href="/kpis/mrr/?period=2026-03"')[1].split("</tr>")[0]
    assert ("€800" in row, 'data-tone="good">Met' in row, "<svg" in row) == (True, True, True)


def test_the_change_is_against_the_period_before(sign_in, ada):
    compute(MARCH.previous())
    compute()

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    rows = {row.definition.key: row for _, rows in response.context["page"].groups for row in rows}
    assert (rows["mrr"].change, rows["mrr"].change_tone) == ("−€100.00", "bad")
    assert rows["client_retention_rate"].change == "−33.3 pts"


def test_numbers_of_another_agency_are_not_shown(sign_in, other_agency, ada):
    compute()
    with tenant_context(other_agency):
        line("theirs", 55555, "2025-01-01")
        compute()

    assert shown(sign_in(LeaderFactory()).get("/kpis/?period=2026-03"))["mrr"] == "€900.00"


def test_htmx_gets_the_numbers_alone(sign_in, ada):
    compute()

    page = sign_in(LeaderFactory()).get("/kpis/?period=2026-03", headers=HTMX).content.decode().strip()

    assert page.startswith('<div id="scorecard"')
    assert "<html" not in page


def test_the_number_of_queries_does_not_grow_with_the_numbers(sign_in, ada):
    browser = sign_in(LeaderFactory())
    empty = queries_of(lambda: browser.get("/kpis/?period=2026-03"))
    for back in range(3):
        compute(month_of(date(2026, 3 - back, 1)))

    full = queries_of(lambda: browser.get("/kpis/?period=2026-03"))

    assert len(full) == len(empty)
