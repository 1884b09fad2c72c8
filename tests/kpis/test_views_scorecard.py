"""The scorecard as members see it: stored numbers of one period and slice."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.selectors import get_settings
from accounts.services.settings import update_settings
from agencyam.periods import add_months, month_of
from agencyam.tenancy.context import tenant_context
from kpis.choices.services import change_choice
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.reasons import REASONS
from kpis.frozen import restating
from kpis.frozen import services as month_services
from kpis.models import KPIValue
from kpis.targeting.services import set_target
from tests.factories.accounts import LeaderFactory, MemberFactory
from tests.factories.clients import FxRateFactory, SurveyFactory, SurveyResponseFactory
from tests.kpis.april import HTMX, MARCH, NOW, compute, shown
from tests.kpis.books import client, line
from tests.queries import queries_of

pytestmark = pytest.mark.usefixtures("tenth_of_april")


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


def test_an_agency_without_a_book_is_led_to_its_clients(sign_in):
    MemberFactory()

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-02")

    page = response.content.decode()
    assert (shown(response)["mrr"], shown(response)["nrr"]) == ("€0.00", "–")
    assert "Nothing to count in this period" in page
    assert ('href="/clients/"' in page, "24 months" in page) == (True, False)


def test_a_number_that_is_not_there_says_why(sign_in):
    line("new", 100, "2026-02-10")

    page = sign_in(LeaderFactory()).get("/kpis/?period=2026-02").content.decode()

    assert REASONS["no_opening_mrr"] in page


def test_a_score_of_0_is_something_to_count(sign_in):
    survey = SurveyFactory(kind="nps", scale_min=0, scale_max=10)
    for score in (0, 10):
        SurveyResponseFactory(survey=survey, score=score, answered_at=datetime(2026, 2, 10, tzinfo=UTC))

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-02")

    assert (shown(response)["nps"], response.context["page"].is_blank) == ("0", False)


def test_a_computed_period_shows_every_kpi_once(sign_in, ada):
    compute()

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    numbers = shown(response)
    assert set(numbers) == set(KPIValue.objects.values_list("kpi", flat=True))
    assert (numbers["mrr"], numbers["nrr"]) == ("€900.00", "90.0%")
    assert (numbers["client_retention_rate"], numbers["lost_clients"]) == ("66.7%", "1")
    assert response.content.decode().count('href="/kpis/mrr/?period=2026-03"') == 1


def test_the_numbers_of_one_account_manager(sign_in, ada):
    compute(by="agency")
    compute(by="am")

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03&am=ada")

    assert shown(response)["mrr"] == "€300.00"
    assert "<b>Ada, March 2026.</b>" in response.content.decode()
    assert '<option value="ada" selected>Ada</option>' in response.content.decode()
    assert response.context["asked"].query == "?period=2026-03&by=am&key=ada"


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


def test_a_closed_month_shows_the_figure_of_record_with_the_restated_beside_it(sign_in, ada):
    month_services.freeze_month(month=MARCH, today=NOW.date(), now=NOW, by=None, settings=get_settings())
    line("back-dated", 50, "2026-03-01")
    restating.notice_overnight(today=NOW.date(), now=NOW, settings=get_settings())
    compute()

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    row = row_of(response, "mrr")
    assert (row.display, row.reading.n) == ("€900.00", 2)
    assert (row.note, row.note_tone) == ("Restated, now €950.00", "warn")
    page, html = response.context["page"], response.content.decode()
    assert "Figures of record, as reported on 10 Apr 2026" in html
    assert f"{page.n_restated} numbers are restated since the month was closed" in html
    assert 'href="/kpis/months/2026-03/?"' in html


def test_a_restated_month_is_compared_with_as_it_was_reported(sign_in, ada):
    month_services.freeze_month(
        month=MARCH.previous(), today=NOW.date(), now=NOW, by=None, settings=get_settings()
    )
    line("back-dated", 50, "2026-02-01")
    restating.notice_overnight(today=NOW.date(), now=NOW, settings=get_settings())

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    # February was reported with 1,000 and would be 1,050 now; March has 950.
    assert row_of(response, "mrr").before.words == "−€50"


def test_a_change_between_two_definitions_says_so(sign_in, ada):
    change_choice(by=None, name="max_pause_days", value=30, from_on=MARCH.start, today=NOW.date(), now=NOW)

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    retention, mrr = row_of(response, "client_retention_rate"), row_of(response, "mrr")
    said = "version 1 then, version 2 now"
    assert (retention.before.versions, retention.year_ago.versions) == (said, said)
    assert (mrr.before.words, mrr.before.versions) == ("−€100", "")
    html = response.content.decode()
    row = html.split('href="/kpis/client_retention_rate/?period=2026-03"')[-1].split("</tr>")[0]
    assert row.count(f'other definition<span class="unseen">: {said}</span>') == 2
    assert "the earlier figure was counted by another version" in html


def test_a_closed_month_is_compared_by_the_definition_that_it_was_reported_by(sign_in, ada):
    february = MARCH.previous()
    month_services.freeze_month(month=february, today=NOW.date(), now=NOW, by=None, settings=get_settings())
    line("back-dated", 50, "2026-02-01", "2026-03-01")
    restating.notice_overnight(today=NOW.date(), now=NOW, settings=get_settings())
    change_choice(by=None, name="max_pause_days", value=30, from_on=MARCH.start, today=NOW.date(), now=NOW)

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    before = row_of(response, "closing_clients").before
    assert (before.words, before.versions) == ("−1", "version 1 then, version 2 now")


def test_one_definition_needs_no_word_about_it(sign_in, ada):
    html = sign_in(LeaderFactory()).get("/kpis/?period=2026-03").content.decode()

    assert "ther definition" not in html


def test_a_closed_month_keeps_the_currency_in_which_it_was_reported(sign_in, ada):
    month_services.freeze_month(month=MARCH, today=NOW.date(), now=NOW, by=None, settings=get_settings())
    FxRateFactory(currency="EUR", effective_on=date(2025, 1, 1), rate_to_base=Decimal(2))
    update_settings(by=None, currency="USD")

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    row = row_of(response, "mrr")
    assert (row.display, row.note, row.before.words) == ("€900.00", "", "")
    retention = row_of(response, "client_retention_rate")
    assert retention.before.words != ""
    detail = sign_in(LeaderFactory()).get("/kpis/mrr/?period=2026-03").context["page"]
    assert (detail.display, detail.result.display, detail.is_other_now) == ("€900.00", "US$1,800.00", True)


def test_first_contact_resolution_is_provisional_while_it_may_fall(sign_in, ada):
    update_settings(by=None, fcr_window_days=14)

    response = sign_in(LeaderFactory()).get("/kpis/?period=2026-03")

    assert row_of(response, "fcr").note.startswith("Provisional until 14 April")


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
    assert len(many) <= 13
