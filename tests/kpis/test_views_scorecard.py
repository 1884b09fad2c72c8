"""The scorecard as members see it: stored numbers of one period and slice."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.selectors import get_settings
from accounts.services.settings import update_settings
from agencyam.periods import add_months, month_of
from agencyam.tenancy.context import tenant_context
from clients.models import Client
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.reasons import REASONS
from kpis.frozen import restating
from kpis.frozen import services as month_services
from kpis.models import KPIValue
from kpis.services import compute_and_store
from kpis.targeting.services import set_target
from tests.factories.accounts import (
    LeaderFactory,
    MemberFactory,
    TeamFactory,
    TeamMembershipFactory,
    ViewerFactory,
)
from tests.factories.clients import AssignmentFactory, SurveyFactory, SurveyResponseFactory
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
    return {row.definition.key: row.display for row in rows}


def row_of(response, kpi):
    """One KPI's row as the view made it."""
    return next(
        row for _, rows in response.context["page"].groups for row in rows if row.definition.key == kpi
    )


def test_a_period_that_is_not_stored_is_worked_out(sign_in, ada):
    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-02")

    assert shown(response)["mrr"] == "€1,000.00"
    assert "computed now" in response.content.decode()
    assert KPIValue.objects.count() == 0


def test_an_agency_without_a_book_has_a_scorecard(sign_in):
    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-02")

    numbers = shown(response)
    assert (numbers["mrr"], numbers["nrr"]) == ("€0.00", "–")
    assert REASONS["no_opening_mrr"] in response.content.decode()


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
    offered = {name for _, group in asked.choices for name, _ in group}
    assert (asked.error, asked.period_name, period in offered) == ("", period, True)


def test_the_numbers_of_one_account_manager(sign_in, ada):
    compute(by="agency")
    compute(by="am")

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03&am=ada")

    assert shown(response)["mrr"] == "€300.00"
    assert "<b>Ada, March 2026.</b>" in response.content.decode()
    assert '<option value="ada" selected>Ada</option>' in response.content.decode()
    assert response.context["asked"].query == "?period=2026-03&by=am&key=ada"


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
    line("since last May", 50, "2025-05-01")

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    mrr, retention = row_of(response, "mrr"), row_of(response, "client_retention_rate")
    assert (mrr.before.words, mrr.before.tone) == ("−€100", "bad")
    assert (mrr.year_ago.words, mrr.year_ago.tone) == ("−€50", "bad")
    assert retention.before.words == "−25.0 pts"
    assert 'href="/kpis/mrr/?period=2025-03"' in response.content.decode()


def test_a_year_is_compared_once(sign_in, ada):
    response = sign_in(LeaderFactory()).get("/kpis/?period=ttm")

    assert response.context["page"].year_ago is None
    assert response.context["page"].before.label == "11 Apr 2024 – 10 Apr 2025"


@pytest.mark.parametrize(
    ("answers", "sample", "words"),
    [(4, "tiny", "too few to judge"), (5, "small", "small sample"), (30, "", "")],
)
def test_few_cases_are_told_and_fewer_not_judged(sign_in, answers, sample, words):
    survey = SurveyFactory(kind="csat", scale_min=1, scale_max=5)
    answered = datetime(2026, 3, 5, 12, tzinfo=UTC)
    SurveyResponseFactory.create_batch(
        answers, survey=survey, client=client("a"), score=5, answered_at=answered
    )

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    row = row_of(response, "csat")
    assert (row.sample, row.status) == (sample, "not_judged" if sample == "tiny" else "met")
    html = response.content.decode().split('href="/kpis/csat/?period=2026-03"')[1].split("</tr>")[0]
    assert words in html
    assert ("<svg" in html) == (sample != "tiny")


def test_the_line_of_months_spans_two_years(sign_in, ada):
    for back in range(25):
        compute(month_of(add_months(MARCH.start, -back)))

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    spark = row_of(response, "mrr").spark
    assert "24 values from Apr 2024 to Mar 2026" in spark.svg


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


def test_a_closed_month_shows_the_figure_of_record_with_the_restated_beside_it(sign_in, ada):
    month_services.freeze_month(
        month=MARCH, today=NOW.date(), now=NOW, by=None, settings=get_settings()
    )
    line("back-dated", 50, "2026-03-01")
    restating.notice_overnight(today=NOW.date(), now=NOW, settings=get_settings())
    compute()

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    row = row_of(response, "mrr")
    assert (row.display, row.reading.n) == ("€900.00", 2)
    assert (row.note, row.note_tone) == ("Restated: reported €900.00 on 10 Apr, now €950.00", "warn")
    assert "Figures of record, as reported on 10 Apr 2026" in response.content.decode()


def test_first_contact_resolution_is_provisional_while_it_may_fall(sign_in, ada):
    update_settings(by=None, fcr_window_days=14)

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    assert row_of(response, "fcr").note.startswith("Provisional until 14 April")


def test_htmx_writes_the_short_address(sign_in, ada):
    query = "?of=agency&period=2026-03&by=am&key=&as_of=2026-04-10"

    response = sign_in(LeaderFactory()).get(f"/kpis/{query}", headers=HTMX)

    assert response["HX-Push-Url"] == "/kpis/?period=2026-03&by=am&key=ada"


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


@pytest.mark.parametrize(("query", "by"), [("", "agency"), ("&by=segment&key=unassigned", "segment")])
def test_stored_numbers_take_few_queries_however_many_clients(sign_in, ada, query, by):
    browser = sign_in(LeaderFactory())
    compare_to = [MARCH.previous(), month_of(add_months(MARCH.start, -12))]
    for period in (MARCH, *compare_to):
        compute(period, by=by)
    few = queries_of(lambda: browser.get(f"/kpis/?period=2026-03{query}"))
    for number in range(29):
        line(f"client {number}", 10, "2025-01-01")
    for period in (MARCH, *compare_to):
        compute(period, by=by)

    many = queries_of(lambda: browser.get(f"/kpis/?period=2026-03{query}"))

    assert len(many) == len(few)
    assert len(many) <= 12
