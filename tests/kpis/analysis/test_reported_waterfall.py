"""The waterfall of a closed month: the bars that were reported, and beside them what each would be now."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.services.settings import update_settings
from clients.models import ContractLine
from kpis.analysis.bridge import get_bridge
from kpis.analysis.reported_bridge import find_reported, list_reported_rows, list_restated_steps
from kpis.analysis.steps import BY_KEY
from tests.factories.clients import FxRateFactory
from tests.kpis.analysis.test_views_waterfall import bars, table
from tests.kpis.books import line, question
from tests.kpis.frozen.closing import freeze, look_again


@pytest.fixture
def closed(march):
    """March with a price in thirds, closed; everything of `march` is in it."""
    line("thirds", 100, "2025-01-01", interval="quarter")
    return freeze("2026-03", on="2026-04-09")


@pytest.fixture
def restated(closed, march):
    """Later it is known that the client that came pays 250, and that one more came."""
    ContractLine.objects.filter(pk=march["comes"].pk).update(amount=Decimal(250))
    line("late", 40, "2026-03-09")
    look_again(closed, on="2026-04-10")
    return closed


KEYS = {
    "agency": [""],
    "am": ["ada", "bo", "unassigned"],
    "team": ["unassigned"],
    "segment": ["unassigned"],
    "service": ["retainer", "seo"],
    "client": ["leaves", "grows", "comes", "moves", "thirds"],
}


@pytest.mark.parametrize("by", KEYS)
def test_what_was_kept_is_the_bridge_to_the_last_decimal(reader, closed, by):
    for key in KEYS[by]:
        asked = reader("/kpis/waterfall/", period="2026-03", by=by, key=key).context["asked"]

        reported = find_reported(asked)

        now = get_bridge(question("2026-03", by=by), key or None)
        assert reported.bridge.adds_up
        assert list_restated_steps(reported.bridge, now) == []


def test_a_closed_month_shows_its_bars_as_reported_with_the_restated_beside_them(reader, restated):
    response = reader("/kpis/waterfall/", period="2026-03")

    page, html = response.context["page"], response.content.decode()
    assert bars(response)["new"] == (1, "+€200.00")
    assert {row.words.key: (row.restated, row.now) for row in page.rows if row.restated} == {
        "new": ("Restated, now", "+€290.00"),
        "closing": ("Restated, now", "€523.33"),
    }
    assert page.headline == "MRR fell by €500 to €433"
    assert "As reported on 9 Apr" in html
    assert "2 bars are restated since the month was closed" in html
    assert 'href="/kpis/months/2026-03/?"' in html
    assert page.bridge.adds_up


def test_the_waterfall_of_a_closed_month_ends_in_the_scorecards_figures(reader, restated):
    found = bars(reader("/kpis/waterfall/", period="2026-03"))

    groups = reader("/kpis/", period="2026-03").context["page"].groups
    record = {row.definition.key: row.display for _, rows in groups for row in rows}
    assert (found["opening"][1], found["closing"][1]) == (record["opening_mrr"], record["mrr"])
    assert found["new"][1] == f"+{record['new_mrr']}"
    assert found["churn"][1] == f"−{record['churned_mrr']}"


def test_a_month_as_it_was_reported_has_no_word_of_a_restatement(reader, closed):
    response = reader("/kpis/waterfall/", period="2026-03")

    assert (response.context["page"].n_restated, "estated, now" in response.content.decode()) == (0, False)
    assert response.context["page"].reported_on == "9 Apr"


def test_the_same_amount_of_other_clients_says_so(reader, closed, march):
    ContractLine.objects.filter(pk=march["comes"].pk).update(amount=Decimal(150))
    line("late", 50, "2026-03-09")

    rows = reader("/kpis/waterfall/", period="2026-03").context["page"].rows

    assert {row.words.key: row.restated for row in rows if row.restated} == {
        "new": "Restated, now of 2 clients",
        "closing": "Restated, now of 4 clients",
    }


@pytest.mark.parametrize("step", BY_KEY)
def test_the_rows_of_a_bar_say_what_was_reported_of_them(reader, restated, step):
    amount = (
        bars(reader("/kpis/waterfall/", period="2026-03"))[step][1] if "transfer" not in step else "€0.00"
    )

    page = reader(f"/kpis/waterfall/{step}/", period="2026-03").context["page"]

    assert page.reported == amount
    assert page.is_restated == (step in ("new", "closing"))


def test_the_rows_of_a_restated_bar_add_up_to_what_it_is_now(reader, restated):
    response = reader("/kpis/waterfall/new/", period="2026-03")

    page, html = response.context["page"], response.content.decode()
    assert (page.reported, page.total) == ("+€200.00", "+€290.00")
    assert [row.amount for row in page.rows] == ["+€250.00", "+€40.00"]
    assert "a month, as reported on 9 Apr" in html
    assert "Restated since the month was closed" in html


def test_the_file_of_a_restated_bar_has_the_rows_that_were_reported(reader, restated):
    path = "/kpis/waterfall/new/"

    reported, today = (
        table(reader(f"{path}export/", period="2026-03", **rows)) for rows in ({"rows": "reported"}, {})
    )

    html = reader(path, period="2026-03").content.decode()
    assert reported == [
        {
            "client": "comes",
            "name": "comes",
            "service": "retainer",
            "service_name": "retainer",
            "day": "2026-03-01",
            "movement": "new",
            "mrr_eur": "200.000000",
            "known_on": "2026-04-08",
        }
    ]
    assert [(row["mrr_eur"], row["known_on"]) for row in today] == [
        ("250.000000", "2026-04-10"),
        ("40.000000", "2026-04-10"),
    ]
    assert 'new/export/?period=2026-03&amp;rows=reported"' in html
    assert "CSV as known today" in html


@pytest.mark.parametrize("step", BY_KEY)
def test_the_reported_rows_of_every_bar_add_up_to_it(reader, restated, step):
    asked = reader("/kpis/waterfall/", period="2026-03").context["asked"]

    reported = find_reported(asked)

    rows = list_reported_rows(reported, step)
    assert (sum(row.amount for row in rows), len({row.client for row in rows})) == reported.bridge.bar(step)


def test_a_bar_that_is_gone_today_still_offers_what_was_reported(reader, closed, march):
    ContractLine.objects.filter(pk=march["comes"].pk).update(is_void=True)
    look_again(closed, on="2026-04-10")

    html = reader("/kpis/waterfall/new/", period="2026-03").content.decode()

    assert ("This step has no rows" in html, "CSV as reported" in html) == (True, True)


def test_an_open_month_has_a_file_of_the_rows_of_today_and_no_other(reader, march):
    rows = table(reader("/kpis/waterfall/new/export/", period="2026-03"))
    none = reader("/kpis/waterfall/new/export/", period="2026-03", rows="reported")
    html = reader("/kpis/waterfall/new/", period="2026-03").content.decode()

    assert [(row["client"], row["known_on"]) for row in rows] == [("comes", "2026-04-10")]
    assert ("CSV as reported" in html, none.status_code) == (False, 404)


def test_the_file_has_both(reader, restated):
    rows = {row["step"]: row for row in table(reader("/kpis/waterfall/export/", period="2026-03"))}

    assert rows["New"] == {
        "step": "New",
        "clients": "2",
        "mrr_eur": "290.000000",
        "reported_clients": "1",
        "reported_mrr_eur": "200.000000",
    }


def test_an_open_period_and_a_past_day_show_what_is_known(reader, restated):
    year = reader("/kpis/waterfall/", period="2026").context["page"]
    past = reader("/kpis/waterfall/", period="2026-03", as_of="2026-04-08").context["page"]

    assert (year.reported, past.reported, past.rows[-1].amount) == (None, None, "€523.33")


def test_a_slice_that_was_not_reported_shows_what_is_known(reader, restated):
    page = reader("/kpis/waterfall/", period="2026-03", by="client", key="late").context["page"]

    assert (page.reported, page.rows[-1].amount) == (None, "€40.00")


def test_a_month_in_a_currency_of_the_past_is_not_drawn_in_that_of_today(reader, closed):
    FxRateFactory(currency="EUR", effective_on=date(2025, 1, 1), rate_to_base=Decimal(2))
    update_settings(by=None, currency="USD")

    page = reader("/kpis/waterfall/", period="2026-03").context["page"]

    assert (page.reported, page.rows[-1].amount) == (None, "US$866.67")


def test_a_rate_that_is_missing_today_leaves_the_report_as_it_was(reader, closed):
    line("abroad", 10, "2026-03-01", currency="SEK")

    page = reader("/kpis/waterfall/", period="2026-03").context["page"]

    assert (page.n_restated, page.rows[-1].amount) == (0, "€433.33")


def test_in_a_private_portfolio_the_report_is_that_of_the_own_slice(sign_in, restated, march):
    update_settings(by=None, is_portfolio_private=True)

    response = sign_in(march["bo"]).get("/kpis/waterfall/?period=2026-03&by=agency")

    assert bars(response)["opening"][1] == "€500.00"
    assert response.context["page"].reported.bridge.opening == 500
