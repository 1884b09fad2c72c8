"""The response-time page: bars, shares and lists from the same waits as the KPIs."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest

from accounts.services.settings import update_settings
from agencyam.way_back import find_way_back
from tests.factories.accounts import LeaderFactory
from tests.factories.clients import AssignmentFactory, MessageFactory, RequestFactory, SLAPolicyFactory
from tests.kpis.asking import at
from tests.kpis.books import ask, client
from tests.kpis.frozen.closing import freeze, look_again
from tests.queries import queries_of


def asked(name, inbound, hours, **fields):
    """A client's message and the reply after so many hours round the clock; None is no reply."""
    request = RequestFactory(client=client(name), opened_at=at(inbound), **fields)
    MessageFactory(request=request, sent_at=at(inbound))
    if hours is not None:
        MessageFactory(request=request, sent_at=at(inbound) + timedelta(hours=hours), direction="outbound")
    return request


@pytest.fixture
def messages(agency):
    """Monday 2 March to Wednesday: three in time, one late by an hour, one never answered, one just asked."""
    asked("quick", "2026-03-02T09:00Z", 1)
    asked("quick", "2026-03-02T10:00Z", 2)
    asked("quick", "2026-03-03T10:00Z", 4)
    late = asked("slow", "2026-03-03T09:00Z", 5, subject="Where is it?")
    forgotten = asked("slow", "2026-03-04T09:00Z", None)
    follow_up = MessageFactory(request=late, sent_at=at("2026-03-05T09:00Z"))
    MessageFactory(request=late, sent_at=at("2026-03-05T19:00Z"), direction="outbound")
    return {"late": late, "forgotten": forgotten, "follow_up": follow_up}


def test_first_responses_of_a_month(reader, messages):
    page = reader("/kpis/response-times/", period="2026-03").context["page"]

    assert page.finding == page.chart.headline == "2 of 5 first responses (40%) took longer than 4\u00a0h"
    assert (page.chosen.in_time, page.chosen.open_late, page.chosen.median) == (Decimal("0.6"), 1, 3)
    assert page.chosen.p90 == Decimal("4.7")


def test_the_page_says_what_the_kpis_say(reader, messages):
    page = reader("/kpis/response-times/", period="2026-03").context["page"]
    replies = reader("/kpis/response-times/", period="2026-03", show="all").context["page"]

    kpis = ask("2026-03", "first_response_hours", "first_response_hours_p90", "reply_hours", "sla_attainment")
    assert page.chosen.median == kpis["first_response_hours"].value
    assert page.chosen.p90 == kpis["first_response_hours_p90"].value
    assert replies.chosen.median == kpis["reply_hours"].value
    assert replies.chosen.in_time == kpis["sla_attainment"].value


def test_all_replies_count_the_second_answer_too(reader, messages):
    page = reader("/kpis/response-times/", period="2026-03", show="all").context["page"]

    assert page.finding == "3 of 6 replies (50%) took longer than 4\u00a0h"


def test_bars_past_the_promise_are_late_and_add_up(reader, messages):
    rows = reader("/kpis/response-times/", period="2026-03").context["page"].chart.rows

    assert sum(int(count) for _, count, _ in rows) == 5
    assert sum(int(count) for _, count, late in rows if late == "Yes") == 2


def test_by_weekday(reader, messages):
    page = reader("/kpis/response-times/", period="2026-03").context["page"]

    found = [(day.name, day.spread.n, len(day.spread.late), day.spread.median) for day in page.weekdays]
    assert found == [
        ("Monday", 2, 0, Decimal("1.5")),
        ("Tuesday", 2, 1, Decimal("4.5")),
        ("Wednesday", 1, 1, None),
    ]
    assert page.worst_day == "1 of the 2 late ones began on a Tuesday."


def test_the_late_ones_lead_to_their_client_and_back(sign_in, messages):
    browser = sign_in(LeaderFactory())
    late = browser.get("/kpis/response-times/?period=2026-03&show=all").context["page"].late

    assert [(reply.client, reply.subject, reply.replied_at is None) for reply in late] == [
        ("slow", messages["forgotten"].subject, True),
        ("slow", "Where is it?", False),
        ("slow", "Where is it?", False),
    ]
    way_back = find_way_back(browser.get(late[1].client_url).wsgi_request)
    assert way_back.words == "the response times of March 2026"
    assert way_back.url == f"/kpis/response-times/?period=2026-03&show=all#{late[1].anchor}"


def test_several_promises_share_one_picture_or_are_looked_at_one_by_one(reader, messages):
    policy = SLAPolicyFactory(reply_hours=Decimal(8))
    client("slow").__class__.objects.filter(book_id="slow").update(sla_policy=policy)

    together = reader("/kpis/response-times/", period="2026-03").context["page"]
    alone = reader("/kpis/response-times/", period="2026-03", promise="8").context["page"]

    assert together.promises == [("", "All promises"), ("4", "4\u00a0h promised"), ("8", "8\u00a0h promised")]
    assert (together.finding, together.chart.columns[0]) == (
        "1 of 5 first responses (20%) took longer than promised",
        "Share of the promised time",
    )
    assert (alone.finding, alone.chosen.n) == ("1 of 2 first responses (50%) took longer than 8\u00a0h", 2)


@pytest.mark.parametrize("promise", ["5", "four", "\x00"])
def test_a_promise_that_nobody_has_is_all_of_them(reader, messages, promise):
    assert reader("/kpis/response-times/", period="2026-03", promise=promise).context["page"].chosen.n == 5


def test_a_message_within_its_promise_is_pending(reader, agency):
    asked("quick", "2026-04-10T09:00Z", None)
    update_settings(by=None, time_zone="UTC")
    SLAPolicyFactory(reply_hours=Decimal(400), is_default=True)

    page = reader("/kpis/response-times/", period="2026-04").context["page"]

    assert (page.pending, page.chosen.n, page.chart) == (1, 0, None)


@pytest.mark.parametrize("address", [{}, {"show": "all"}, {"by": "am", "key": "unassigned"}])
def test_an_empty_agency_says_so(reader, address):
    response = reader("/kpis/response-times/", **address)

    assert (response.status_code, "in this period" in response.content.decode()) == (200, True)


def test_there_are_none_by_service(reader, march, messages):
    page = reader("/kpis/response-times/", period="2026-03", by="service", key="retainer").content.decode()

    assert "Not kept by service" in page


def test_a_private_portfolio_shows_its_own_waits(sign_in, messages):
    update_settings(by=None, is_portfolio_private=True)
    member = AssignmentFactory(client=client("quick"), starts_on=date(2026, 1, 1)).member
    AssignmentFactory(client=client("slow"), starts_on=date(2026, 1, 1))
    browser = sign_in(member)

    response = browser.get("/kpis/response-times/?period=2026-03&by=agency")
    export = browser.get("/kpis/response-times/export/?period=2026-03&by=agency").content.decode()

    assert response.context["page"].finding == "All 3 first responses stayed within 4\u00a0h"
    assert ("slow" in response.content.decode(), "slow" in export) == (False, False)


def test_waits_as_a_file(reader, messages):
    response = reader("/kpis/response-times/export/", period="2026-03", show="all")

    rows = list(csv.DictReader(StringIO(response.content.decode())))
    late = [row for row in rows if row["outcome"] == "breached"]
    assert (len(rows), [row["client"] for row in late], late[0]["hours"]) == (6, ["slow"] * 3, "5.000000")


def test_the_number_of_queries_does_not_grow(sign_in, messages):
    browser = sign_in(LeaderFactory())
    browser.get("/kpis/response-times/?period=2026-03")
    few = len(queries_of(lambda: browser.get("/kpis/response-times/?period=2026-03")))
    for number in range(30):
        asked(f"more{number}", "2026-03-06T09:00Z", 4 + number)

    many = len(queries_of(lambda: browser.get("/kpis/response-times/?period=2026-03")))

    assert many == few


def test_a_closed_month_that_was_reported_otherwise_says_so(reader, messages):
    month = freeze("2026-03", on="2026-04-09")
    asked("forgotten", "2026-03-10T09:00Z", 3)
    look_again(month, on="2026-04-10")

    first = reader("/kpis/response-times/", period="2026-03")
    replies = reader("/kpis/response-times/", period="2026-03", show="all")

    assert first.context["page"].restated == (
        "Reported on 9 Apr: First response time, 90th percentile 4.7 h, now 4.6 h."
    )
    assert replies.context["page"].restated == (
        "Reported on 9 Apr: Reply time 4.0 h, now 3.5 h; Replies within the agreed time 50.0%, now 57.1%."
    )
    assert "this page shows what is known today" in first.content.decode()


def test_a_closed_month_as_it_was_reported_says_nothing_of_it(reader, messages):
    freeze("2026-03", on="2026-04-09")

    assert reader("/kpis/response-times/", period="2026-03").context["page"].restated == ""
