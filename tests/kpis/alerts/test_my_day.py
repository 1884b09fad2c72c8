"""What clients ask of a member on their day: replies, unhappy answers, notice dates, alerts; one row a cause."""

import json
from datetime import date, timedelta

import pytest
import time_machine

from accounts.moment import Moment
from accounts.selectors import get_settings
from agencyam.way_back import PARAMETER
from clients.workspace.my_day.selectors import get_my_day
from kpis.alerts import services
from kpis.alerts.models import AlertNotice
from kpis.alerts.rules import Rule
from tests.factories.accounts import MemberFactory
from tests.factories.clients import AssignmentFactory, ContractLineFactory, ServiceFactory
from tests.kpis.alerts.news import (
    NOW,
    TODAY,
    answer,
    ask,
    health,
    kpi,
    listener,
    look,
    make_client,
    settings,
    subscribe,
    talk,
)
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _june(northwind):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada():
    """An account manager who hears of the usual."""
    return MemberFactory(name="Ada")


@pytest.fixture
def bluefin(ada):
    return make_client("Bluefin", manager=ada)


def day_of(member):
    return get_my_day(user=member, moment=Moment(NOW, TODAY, get_settings()))


def said(rows):
    return [(row.title, row.why) for row in rows]


def notice_of(member):
    return AlertNotice.objects.get(member=member)


def test_replies_owed_carry_their_clock_in_words(ada, bluefin):
    ask(bluefin, NOW - timedelta(hours=5), subject="Late")
    ask(bluefin, NOW - timedelta(days=2), subject="Very late")
    ask(bluefin, NOW - timedelta(hours=1), subject="Today")
    settings(time_zone="Europe/Berlin")

    day = day_of(ada)

    assert said(day.overdue) == [
        ("Very late", "Reply late since Mon 18:00"),
        ("Late", "Reply late since 13:00"),
    ]
    assert said(day.due) == [("Today", "Reply by 17:00")]
    assert {row.action_words for row in (*day.overdue, *day.due)} == {"Answer"}


def test_a_late_reply_and_the_alert_about_it_are_one_row(ada, bluefin):
    ask(bluefin, NOW - timedelta(hours=5))
    look(rules={Rule.LATE_REPLY})

    day = day_of(ada)

    assert AlertNotice.objects.filter(member=ada).count() == 1
    assert said(day.overdue) == [("Where is the report?", "Reply late since 11:00")]
    assert day.overdue[0].done_url.startswith(f"/alerts/{notice_of(ada).alert_id}/done/?{PARAMETER}=")


def test_what_was_said_of_the_alert_holds_for_its_cause(ada, bluefin):
    ask(bluefin, NOW - timedelta(hours=5))
    look(rules={Rule.LATE_REPLY})
    notice = notice_of(ada)

    services.snooze_notice(by=ada, notice=notice, until=TODAY + timedelta(days=1), today=TODAY)
    snoozed = day_of(ada)
    services.reopen_notice(by=ada, notice=notice)
    services.finish_notice(by=ada, notice=notice, now=NOW)
    done = day_of(ada)

    assert (snoozed.total, done.overdue) == (0, [])
    assert [(row.title, bool(row.undo_url)) for row in done.done] == [(notice.alert.title, True)]


def test_replies_to_clients_of_others_are_theirs(ada, bluefin):
    ask(make_client("Cedar", manager=MemberFactory()), NOW - timedelta(hours=5))

    assert day_of(ada).total == 0


@pytest.mark.parametrize(
    ("left", "why", "group"),
    [
        (0, "Notice until today", "due"),
        (3, "Notice until Saturday", "due"),
        (14, "Notice until 24 Jun", "due"),
        (15, "Notice until 25 Jun", "upcoming"),
        (21, "Notice until 1 Jul", "upcoming"),
    ],
)
def test_a_notice_date_is_for_today_two_weeks_before(ada, bluefin, left, why, group):
    ends_on = TODAY + timedelta(days=left + 30)
    ContractLineFactory(client=bluefin, service=ServiceFactory(), ends_on=ends_on, notice_days=30)

    day = day_of(ada)

    assert said(getattr(day, group)) == [("Agree the renewal", why)]
    assert (len(day.due) + len(day.upcoming), day.overdue) == (1, [])


def test_a_notice_date_is_next_before_its_two_weeks_begin(ada, bluefin):
    ends_on = TODAY + timedelta(days=70)
    ContractLineFactory(client=bluefin, service=ServiceFactory(), ends_on=ends_on, notice_days=30)

    day = day_of(ada)

    assert (day.due, day.upcoming) == ([], [])
    assert day.next_sentence == "Next: Agree the renewal for Bluefin, on 6 Jul."


def test_an_unhappy_answer_is_to_be_handled_within_two_days(ada, bluefin):
    answer(bluefin, 4, NOW - timedelta(hours=20))
    answer(make_client("Spoken with", manager=ada), 4, NOW - timedelta(days=5))
    look(rules=())

    day = day_of(ada)

    assert said(day.due) == [("Bluefin answered 4 of 10", "Speak by Thu 16:00")]
    assert day.overdue == []


def test_an_older_unhappy_answer_is_overdue_as_long_as_one_hears_of_it(ada):
    client = make_client("Bluefin", manager=ada)
    client.touchpoints.all().delete()
    answer(client, 4, NOW - timedelta(days=5))
    look(rules=())
    unheard = day_of(ada)

    look(rules={Rule.DETRACTOR})
    heard = day_of(ada)

    assert unheard.total == 0
    assert said(heard.overdue) == [("Bluefin answered 4 of 10", "Unhappy since 5 Jun")]


def test_a_conversation_ends_the_unhappy_answer(ada, bluefin):
    answer(bluefin, 4, NOW - timedelta(hours=20))
    look(rules=())
    talk(bluefin, NOW - timedelta(hours=2))

    assert day_of(ada).total == 0


def test_other_alerts_are_one_row_for_a_client_and_a_kind_of_worry(ada):
    client = make_client("Bluefin", manager=ada)
    client.touchpoints.all().delete()
    late = NOW.replace(day=28)
    health(client, day=late.date(), score=30, band="red", risk="high")
    look(now=late)

    day = get_my_day(user=ada, moment=Moment(late, late.date(), get_settings()))

    told = [(row.why, row.detail.count("Also:")) for row in day.due]
    assert told == [("Churn risk rises", 1), ("No contact for long", 1)]


def test_kpis_off_their_targets_are_one_row(ada):
    grace = listener(name="Grace")
    subscribe(grace, Rule.KPI_STATUS)
    kpi("missed")
    kpi("missed", kpi="csat")
    look()

    day = day_of(grace)

    assert [(row.title, row.action_url) for row in day.due] == [
        ("2 KPIs are off their targets", "/alerts/?kind=kpi_status")
    ]


def test_one_kpi_off_its_target_is_dealt_with_here(ada):
    grace = listener(name="Grace")
    subscribe(grace, Rule.KPI_STATUS)
    kpi("missed")
    look()

    (row,) = day_of(grace).due

    assert (row.why, row.done_url != "") == ("KPI misses its target", True)


def test_alerts_about_clients_of_others_stay_on_their_page(ada):
    grace = listener(name="Grace")
    subscribe(grace, Rule.HEALTH)
    for name in ("Bluefin", "Cedar"):
        health(make_client(name, manager=ada), score=30, band="red")
    look()

    day = day_of(grace)

    assert (day.total, day.elsewhere) == (0, [("2 alerts about other clients", "/alerts/")])


def test_done_and_snooze_come_back_to_the_day(sign_in, ada, bluefin):
    ask(bluefin, NOW - timedelta(hours=5))
    look(rules={Rule.LATE_REPLY})
    (row,) = day_of(ada).overdue
    browser = sign_in(ada)

    in_place = browser.post(row.done_url, headers=HTMX)
    undo = json.loads(in_place["HX-Trigger"])["toast"]["undo"]
    answers = [
        browser.post(undo),
        browser.post(row.later_url, {"until": "2026-06-12"}),
        browser.post(row.done_url),
    ]

    assert [response["Location"] for response in answers] == ["/"] * 3
    assert f'action="{row.later_url}"' in browser.get(row.later_url).content.decode()


def test_tiles_are_what_the_night_left(ada, bluefin):
    health(bluefin, risk="high")
    health(make_client("Cedar", manager=ada))
    second = make_client("Only second")
    AssignmentFactory(client=second, member=ada, role="secondary")
    health(second, risk="high")
    kpi("missed", kpi="sla_attainment", months_ago=0, by="am", key=ada.book_id)
    kpi("met", kpi="sla_attainment", months_ago=0)

    tiles = day_of(ada).tiles

    assert [(tile.label, tile.detail, tile.state) for tile in tiles] == [
        ("Clients at risk", "of 2", ""),
        ("Replies within the agreed time", "this month, target 7,000.0%", "Missed"),
    ]
    assert tiles[0].url == f"/kpis/risk/?manager={ada.pk}"
    assert tiles[1].url == f"/kpis/sla_attainment/?period=2026-06&by=am&key={ada.book_id}"


def test_tiles_of_the_agency_are_for_who_may_see_it(ada):
    kpi("met", kpi="sla_attainment", months_ago=0)
    before = day_of(ada).tiles
    settings(is_portfolio_private=True)

    assert [tile.url for tile in before] == ["/kpis/sla_attainment/?period=2026-06"]
    assert day_of(ada).tiles == []


def test_clients_cost_the_same_queries_at_1_and_at_30_rows(ada):
    def fill(first, last):
        for number in range(first, last):
            client = make_client(f"Client {number}", manager=ada)
            ask(client, NOW - timedelta(hours=5))
            answer(client, 3, NOW - timedelta(hours=3))
            health(client, score=30, band="red")
            ContractLineFactory(client=client, ends_on=date(2026, 6, 20), service=ServiceFactory())
        look()

    fill(0, 1)
    few = queries_of(lambda: day_of(ada))
    fill(1, 30)

    many = queries_of(lambda: day_of(ada))

    day = day_of(ada)
    assert (len(day.overdue), len(day.due)) == (30, 90)
    assert len(many) == len(few)
