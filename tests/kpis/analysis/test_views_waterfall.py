"""The waterfall as members see it: from the bars to the contract lines, and back to the same spot."""

import csv
import re
from datetime import date
from decimal import Decimal
from html import unescape
from io import StringIO

import pytest

from accounts.services.settings import update_settings
from agencyam.way_back import find_way_back
from kpis.analysis.steps import BY_KEY
from tests.factories.accounts import LeaderFactory
from tests.factories.clients import AssignmentFactory, FxRateFactory
from tests.kpis.books import client, line
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}


def bars(response):
    """Label, clients and amount of each bar in the table."""
    return {row.words.key: (row.clients, row.amount) for row in response.context["page"].rows}


def table(response):
    return list(csv.DictReader(StringIO(response.content.decode())))


def test_the_bars_of_a_month_add_up(reader, march):
    response = reader("/kpis/waterfall/", period="2026-03")

    page = response.content.decode()
    found = bars(response)
    assert (found["opening"], found["churn"], found["closing"]) == (
        (3, "€900.00"),
        (1, "−€300.00"),
        (2, "€400.00"),
    )
    assert (found["new"], found["upsell"], "transfer_in" in found) == ((1, "+€200.00"), (0, "€0.00"), False)
    assert "€900.00 − €500.00 = €400.00" in page
    assert "Adds up" in page
    assert response.context["page"].finding == "Pauses of €500 were more than all growth of €300"
    assert "MRR fell by €500 to €400." in page


def test_the_finding_is_the_chart_s_heading_and_its_title(reader, march):
    response = reader("/kpis/waterfall/", period="2026-03")

    finding = response.context["page"].finding
    chart = response.context["page"].chart
    assert (chart.headline, f"<title>{finding}.</title>" in chart.svg) == (finding, True)


def test_each_bar_links_to_its_rows_in_the_same_place(reader, march):
    response = reader("/kpis/waterfall/", period="2026-03", by="am", key="ada")

    links = re.findall(r'<a href="([^"]+)"', response.context["page"].chart.svg)
    links = [unescape(link) for link in links]
    assert "/kpis/waterfall/churn/?period=2026-03&by=am&key=ada" in links
    assert "/kpis/waterfall/transfer_in/?period=2026-03&by=am&key=ada" in links
    assert len(links) == 8


@pytest.mark.parametrize("step", BY_KEY)
def test_the_rows_of_each_bar_sum_to_it(reader, march, step):
    amount = bars(reader("/kpis/waterfall/", period="2026-03", by="am", key="ada"))[step][1]

    response = reader(f"/kpis/waterfall/{step}/", period="2026-03", by="am", key="ada")

    assert (response.status_code, response.context["page"].total) == (200, amount)


def test_a_row_names_its_contract_line_and_leads_to_it(reader, march):
    response = reader("/kpis/waterfall/churn/", period="2026-03")

    (row,) = response.context["page"].rows
    ((behind, url),) = row.lines
    assert (row.client, row.day, row.amount) == ("leaves", date(2026, 3, 20), "−€300.00")
    assert (behind.did, behind.reason, behind.last_day) == ("ended", "budget cut", date(2026, 3, 19))
    assert url == row.client_url
    assert url.endswith(f"#line-{march['leaves'].pk}")


@pytest.mark.parametrize(
    ("step", "did", "name"),
    [
        ("new", ["began"], ["comes"]),
        ("price_change", ["ended", "began"], ["before", "after"]),
        ("cross_sell", ["began"], ["cross"]),
        ("pause", ["paused"], ["moves"]),
    ],
)
def test_what_the_lines_did_that_day(reader, march, step, did, name):
    response = reader(f"/kpis/waterfall/{step}/", period="2026-03")

    (row,) = response.context["page"].rows
    assert [line.did for line, _ in row.lines] == did
    assert [line.line_id for line, _ in row.lines] == [march[each].pk for each in name]


def test_a_move_between_slices_shows_the_lines_in_force(reader, march):
    response = reader("/kpis/waterfall/transfer_in/", period="2026-03", by="am", key="ada")

    (row,) = response.context["page"].rows
    assert (row.client, [line.did for line, _ in row.lines]) == ("moves", ["in force"])


def test_the_client_page_offers_the_way_back_to_the_same_row(sign_in, march):
    browser = sign_in(LeaderFactory())
    address = {"period": "2026-03", "by": "am", "key": "ada", "sort": "day"}
    (row,) = browser.get("/kpis/waterfall/churn/", address).context["page"].rows

    response = browser.get(row.client_url)

    way_back = find_way_back(response.wsgi_request)
    assert way_back.words == "the waterfall of March 2026, Ada"
    assert way_back.url == f"/kpis/waterfall/churn/?period=2026-03&by=am&key=ada&sort=day#{row.anchor}"
    page = response.content.decode()
    assert "Back to the waterfall of March 2026, Ada" in page
    assert f'id="line-{march["leaves"].pk}"' in page
    assert '<details class="fold" open><summary>1 ended' in page


def test_a_client_page_without_a_way_back_offers_none(sign_in, march):
    response = sign_in(LeaderFactory()).get(f"/clients/{client('leaves').pk}/?back=https://elsewhere.example")

    assert ("Back to" in response.content.decode(), response.context["way_back"]) == (False, None)


def test_rows_come_largest_first_and_in_other_orders(reader, march):
    line("tiny", 1, "2026-03-02")

    def order(**address):
        page = reader("/kpis/waterfall/new/", period="2026-03", **address).context["page"]
        return [row.client for row in page.rows]

    assert (order(), order(sort="amount"), order(sort="-day"), order(sort="nonsense")) == (
        ["comes", "tiny"],
        ["tiny", "comes"],
        ["tiny", "comes"],
        ["comes", "tiny"],
    )


def test_many_rows_come_in_pages_whose_sum_is_still_the_bar(reader, agency):
    for number in range(103):
        line(f"c{number:03}", 10, "2026-03-02")

    first = reader("/kpis/waterfall/new/", period="2026-03")
    last = reader("/kpis/waterfall/new/", period="2026-03", page="2")

    assert [len(page.context["page"].rows) for page in (first, last)] == [100, 3]
    assert {page.context["page"].total for page in (first, last)} == {"+€1,030.00"}
    assert (
        "page=2#row-"
        in find_way_back(last.client.get(last.context["page"].rows[0].client_url).wsgi_request).url
    )


@pytest.mark.parametrize("step", ["nothing", "CHURN", "transfer"])
@pytest.mark.parametrize("end", ["", "export/"])
def test_there_are_no_other_bars(reader, step, end):
    assert reader(f"/kpis/waterfall/{step}/{end}").status_code == 404


@pytest.mark.parametrize("path", ["/kpis/waterfall/", "/kpis/waterfall/churn/"])
def test_an_agency_without_a_book_says_so(reader, path):
    response = reader(path, period="2026-03")

    words = "There was no recurring revenue in this period" if path.endswith("fall/") else "Nothing here"
    assert (response.status_code, words in response.content.decode()) == (200, True)


def test_a_missing_exchange_rate_is_said_and_nothing_is_added_up(reader, march):
    line("abroad", 10, "2025-01-01", currency="SEK")

    response = reader("/kpis/waterfall/", period="2026-03")

    assert (response.context["page"].chart, "Missing: SEK." in response.content.decode()) == (None, True)


def test_exchange_rates_have_their_own_bar(reader, march):
    for day, rate in (("2025-01-01", "1.0"), ("2026-03-10", "1.5")):
        FxRateFactory(currency="USD", effective_on=date.fromisoformat(day), rate_to_base=Decimal(rate))
    line("abroad", 10, "2025-01-01", currency="USD")

    response = reader("/kpis/waterfall/fx/", period="2026-03")

    (row,) = response.context["page"].rows
    assert (row.client, row.amount, [line.did for line, _ in row.lines]) == ("abroad", "+€5.00", ["in force"])


def test_only_the_part_is_sent_when_htmx_asks(sign_in, march):
    response = sign_in(LeaderFactory()).get("/kpis/waterfall/?period=2026-03", headers=HTMX)

    page = response.content.decode()
    assert (page.lstrip().startswith('<div id="waterfall"'), "<html" in page) == (True, False)


def test_the_bridge_as_a_file(reader, march):
    response = reader("/kpis/waterfall/export/", period="2026-03")

    rows = {row["step"]: Decimal(row["mrr_eur"]) for row in table(response)}
    assert response["Content-Disposition"] == 'attachment; filename="waterfall-march-2026.csv"'
    assert rows.pop("Opening") + sum(rows.values()) - rows["Closing"] == rows["Closing"]


def test_the_rows_of_a_bar_as_a_file(reader, march):
    client("leaves").__class__.objects.filter(book_id="leaves").update(name="=cmd()")

    rows = table(reader("/kpis/waterfall/churn/export/", period="2026-03"))

    assert rows == [
        {
            "client": "leaves",
            "name": "'=cmd()",
            "service": "retainer",
            "service_name": "retainer",
            "day": "2026-03-20",
            "movement": "churn",
            "mrr_eur": "-300.000000",
            "known_on": "2026-04-10",
            "contract_lines": march["leaves"].book_id,
            "reasons": "ended: budget cut",
        }
    ]


def test_a_private_portfolio_shows_only_its_own_bars(sign_in, march):
    update_settings(by=None, is_portfolio_private=True)
    browser = sign_in(march["bo"])

    for address in (
        {},
        {"by": "agency"},
        {"by": "am", "key": "ada"},
        {"am": "ada"},
        {"by": "client", "key": "leaves"},
    ):
        response = browser.get("/kpis/waterfall/", {"period": "2026-03", **address})
        found = bars(response)
        assert (found["opening"][1], found["transfer_out"][1], found["churn"][1]) == (
            "€500.00",
            "−€500.00",
            "€0.00",
        )
    (row,) = browser.get("/kpis/waterfall/transfer_out/?period=2026-03").context["page"].rows
    assert (row.client, row.client_url, [url for _, url in row.lines]) == ("moves", "", [""])
    assert browser.get("/kpis/waterfall/churn/?period=2026-03&by=agency").context["page"].rows == []
    assert table(browser.get("/kpis/waterfall/churn/export/?period=2026-03&by=am&key=ada")) == []


@pytest.mark.usefixtures("agency_beside")
def test_another_agency_changes_nothing(reader, march):
    found = bars(reader("/kpis/waterfall/", period="2026-03"))

    assert (found["opening"], found["new"], found["churn"]) == (
        (3, "€900.00"),
        (1, "+€200.00"),
        (1, "−€300.00"),
    )


def test_long_names_and_markup_in_names_stay_text(reader, march):
    line("<b>" + "Donaudampfschifffahrt" * 8, 9, "2026-03-03")

    page = reader("/kpis/waterfall/new/", period="2026-03").content.decode()

    assert ("&lt;b&gt;Donaudampf" in page, "<b>Donaudampf" in page) == (True, False)


@pytest.mark.parametrize("path", ["/kpis/waterfall/", "/kpis/waterfall/new/", "/kpis/waterfall/new/export/"])
@pytest.mark.parametrize("by", [{}, {"by": "am", "key": "ada"}])
def test_the_number_of_queries_does_not_grow(sign_in, march, path, by):
    browser = sign_in(LeaderFactory())
    address = {"period": "2026-03", **by}
    browser.get(path, address)
    few = len(queries_of(lambda: browser.get(path, address)))
    for number in range(30):
        line(f"more{number}", 10, "2026-03-02", pauses=[("2026-03-20", "2026-03-22")])
        AssignmentFactory(client=client(f"more{number}"), member=march["ada"], starts_on=date(2025, 1, 1))

    many = len(queries_of(lambda: browser.get(path, address)))

    assert many == few
