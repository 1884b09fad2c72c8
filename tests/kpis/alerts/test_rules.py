"""Each rule: it tells once, ends by itself, and tells anew when it begins anew."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from clients.models import CadencePolicy, ContractLine, Touchpoint
from kpis.alerts.models import Alert
from kpis.alerts.rules import Rule
from kpis.models import ClientHealth
from tests.factories.clients import ContractLineFactory
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
    open_alerts,
    reply,
    subscribe,
    talk,
    told,
)

LATER = NOW + timedelta(hours=1)


@dataclass
class Episode:
    """How a rule's condition begins, ends and begins anew, and what it is then called."""

    rule: Rule
    title: str
    begin: Callable
    end: Callable
    again: Callable
    again_title: str = ""


def quiet_since(client):
    Touchpoint.objects.filter(client=client).delete()
    talk(client, NOW - timedelta(days=50))


def clear_talks(client):
    Touchpoint.objects.filter(client=client).delete()


EPISODES = [
    Episode(
        Rule.KPI_STATUS,
        "Net promoter score missed its target in May 2026",
        lambda client: kpi("missed"),
        lambda client: kpi("met"),
        lambda client: kpi("missed"),
    ),
    Episode(
        Rule.HEALTH,
        "Bluefin's health fell by 12 points in 30 days",
        lambda client: (
            health(client, TODAY - timedelta(days=30), 80),
            health(client, score=68, band="amber"),
        ),
        lambda client: health(client, score=79),
        lambda client: health(client, score=68, band="amber"),
    ),
    Episode(
        Rule.HEALTH,
        "Bluefin's health is red: 30 of 100",
        lambda client: health(client, score=30, band="red"),
        lambda client: health(client, score=71),
        lambda client: health(client, score=30, band="red"),
    ),
    Episode(
        Rule.CHURN_RISK,
        "Bluefin is at high risk of leaving",
        lambda client: health(client, risk="high"),
        lambda client: health(client, risk="low"),
        lambda client: health(client, risk="high"),
    ),
    Episode(
        Rule.LATE_REPLY,
        "Bluefin has waited too long for a reply",
        lambda client: ask(client, NOW - timedelta(hours=5)),
        lambda client: reply(client.requests.get(), NOW),
        lambda client: ask(client, NOW - timedelta(hours=5), "Another"),
    ),
    Episode(
        Rule.NOTICE,
        "Bluefin: last day for notice in 20 days (Search)",
        lambda client: ContractLine.objects.update(
            ends_on=TODAY + timedelta(days=50), notice_days=30, is_auto_renewing=True
        ),
        lambda client: ContractLine.objects.update(ends_on=TODAY + timedelta(days=500)),
        lambda client: ContractLine.objects.update(ends_on=TODAY + timedelta(days=40)),
        again_title="Bluefin: last day for notice in 10 days (Search)",
    ),
    Episode(
        Rule.QUIET,
        "Bluefin: no contact for 50 days",
        quiet_since,
        lambda client: talk(client, NOW - timedelta(days=3)),
        quiet_since,
    ),
    Episode(
        Rule.DETRACTOR,
        "Bluefin answered 3 of 10",
        lambda client: answer(client, 3, NOW - timedelta(hours=5)),
        lambda client: talk(client, NOW - timedelta(hours=1)),
        lambda client: answer(client, 2, NOW - timedelta(minutes=5)),
        again_title="Bluefin answered 2 of 10",
    ),
]


@pytest.fixture
def bluefin():
    return make_client(service__name="Search")


@pytest.fixture
def leader():
    return listener()


@pytest.mark.parametrize("episode", EPISODES, ids=lambda episode: episode.title)
def test_rule_tells_once_ends_by_itself_and_tells_anew(episode, bluefin, leader):
    subscribe(leader, episode.rule)
    calm = look().raised
    episode.begin(bluefin)

    first, second = look(), look()

    assert (calm, first.raised, first.notices, second.raised, second.notices) == (0, 1, 1, 0, 0)
    assert told(leader) == open_alerts() == [episode.title]
    alert = Alert.objects.get()
    assert (alert.row_url[:1], alert.action_url[:1], alert.client) == (
        "/",
        "/",
        None if episode.rule == Rule.KPI_STATUS else bluefin,
    )

    episode.end(bluefin)
    over = look(LATER)

    alert.refresh_from_db()
    assert (over.ended, open_alerts(), told(leader)) == (1, [], [])
    assert (alert.ended_at, alert.resolved_at, alert.resolved_by, alert.ended_by_itself) == (
        LATER,
        LATER,
        None,
        True,
    )

    episode.again(bluefin)
    anew = look(LATER + timedelta(hours=1))

    assert (anew.raised, anew.notices) == (1, 1)
    assert told(leader) == [episode.again_title or episode.title]


def test_too_few_conversations_as_the_month_ends(bluefin, leader):
    """In its own month; what was missed in the next one is news again."""
    subscribe(leader, Rule.CADENCE)
    clear_talks(bluefin)
    talk(bluefin, datetime(2026, 6, 3, 9, tzinfo=UTC))
    early = look(datetime(2026, 6, 19, 12, tzinfo=UTC))
    wide = look(datetime(2026, 6, 20, 12, tzinfo=UTC))
    late = look(datetime(2026, 6, 24, 12, tzinfo=UTC))

    assert (early.raised, wide.raised, wide.notices, late.raised, late.notices) == (0, 1, 0, 0, 1)
    assert told(leader) == ["Bluefin: one conversation in June 2026, at least 2 should be"]

    talk(bluefin, datetime(2026, 6, 24, 13, tzinfo=UTC))
    over = look(datetime(2026, 6, 25, 12, tzinfo=UTC))
    next_month = look(datetime(2026, 7, 30, 12, tzinfo=UTC))

    assert (over.ended, next_month.raised, next_month.notices) == (1, 2, 1)
    assert told(leader) == ["Bluefin: no conversation in July 2026, at least 2 should be"]


def test_the_cadence_is_that_of_the_tier(bluefin):
    bluefin.tier = "gold"
    bluefin.save()
    clear_talks(bluefin)
    talk(bluefin, *[datetime(2026, 6, day, 9, tzinfo=UTC) for day in (3, 4, 5)])
    CadencePolicy.objects.create(tier="gold", minimum_per_month=4, maximum_per_month=6)
    CadencePolicy.objects.create(tier="", minimum_per_month=1, maximum_per_month=2)

    look(datetime(2026, 6, 28, 12, tzinfo=UTC))

    assert open_alerts() == ["Bluefin: 3 conversations in June 2026, at least 4 should be"]


def test_a_client_of_a_few_days_owes_no_conversations(leader):
    clear_talks(make_client("New", starts_on=date(2026, 6, 20)))

    look(datetime(2026, 6, 28, 12, tzinfo=UTC))

    assert open_alerts() == []


def test_a_milder_state_right_after_a_graver_one_is_no_news(bluefin, leader):
    subscribe(leader, Rule.CHURN_RISK, threshold=1)
    subscribe(leader, Rule.HEALTH, threshold=5)
    health(bluefin, TODAY - timedelta(days=30), 80)
    health(bluefin, score=30, band="red", risk="high")
    look()
    health(bluefin, score=60, band="amber", risk="medium")

    look()
    again = look()

    assert (open_alerts(), told(leader), again.raised) == ([], [], 0)
    health(bluefin, score=79, risk="low")
    look()
    health(bluefin, score=60, band="amber", risk="medium")
    assert look().notices == 2


def test_a_graver_state_after_a_milder_one_is_news(bluefin, leader):
    subscribe(leader, Rule.CHURN_RISK, threshold=1)
    health(bluefin, risk="medium")
    look()
    health(bluefin, risk="high")

    look()

    assert told(leader) == ["Bluefin is at high risk of leaving"]


def test_a_kpi_that_is_missed_month_after_month_is_one_cause(leader):
    subscribe(leader, Rule.KPI_STATUS)
    for back in (1, 2, 3):
        kpi("missed", months_ago=back)
    kpi("met", months_ago=4)
    look()
    kpi("missed", months_ago=0)

    july = look(datetime(2026, 7, 8, 12, tzinfo=UTC))

    assert (july.raised, july.ended) == (0, 0)
    alert = Alert.objects.get()
    assert alert.title == "Net promoter score missed its target in June 2026"
    assert alert.detail == "Northwind: 42, aimed at at least 70. The target was last met in February 2026."
    assert alert.row_url == "/kpis/nps/?period=2026-06"


def test_a_kpi_that_is_near_is_told_to_those_who_asked(leader):
    keen = listener()
    subscribe(leader, Rule.KPI_STATUS)
    subscribe(keen, Rule.KPI_STATUS, threshold=1)
    kpi("near")
    near = look().notices
    kpi("missed")

    missed = look().notices

    assert (near, missed) == (1, 1)
    assert told(leader) == told(keen) == ["Net promoter score missed its target in May 2026"]


def test_no_closed_month_stored_ends_no_alert():
    kpi("missed")
    look()

    late = look(datetime(2026, 12, 10, 12, tzinfo=UTC))

    assert (late.ended, len(open_alerts())) == (0, 1)


def test_a_reply_is_nearly_late_within_the_last_hour_of_the_promise(bluefin, leader):
    keen = listener()
    subscribe(leader, Rule.LATE_REPLY)
    subscribe(keen, Rule.LATE_REPLY, threshold=1)
    ask(bluefin, NOW - timedelta(hours=3))

    early = look(NOW - timedelta(seconds=1)).notices
    nearly = look(NOW).notices
    due = look(NOW + timedelta(hours=1)).notices
    late = look(NOW + timedelta(hours=1, seconds=1)).notices

    assert (early, nearly, due, late) == (0, 1, 0, 1)
    assert told(leader) == ["Bluefin has waited too long for a reply"]


def test_what_needs_no_reply_is_never_late(bluefin):
    resolved = ask(bluefin, NOW - timedelta(hours=9))
    resolved.resolved_at = NOW - timedelta(hours=1)
    resolved.save()
    answered = ask(bluefin, NOW - timedelta(hours=9))
    reply(answered, NOW - timedelta(hours=8))

    look()

    assert open_alerts() == []


def line(client, **fields):
    return ContractLineFactory(client=client, **{"starts_on": date(2025, 1, 1), **fields})


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"ends_on": date(2026, 7, 10), "notice_days": 30}, ["in 0 days"]),
        ({"ends_on": date(2026, 7, 9), "notice_days": 30}, []),
        ({"ends_on": date(2026, 10, 8), "notice_days": 30}, ["in 90 days"]),
        ({"ends_on": date(2026, 10, 9), "notice_days": 30}, []),
        ({"ends_on": date(2026, 6, 11), "notice_days": None}, ["in 1 day"]),
        ({"ends_on": None}, []),
        ({"ends_on": date(2026, 7, 20), "notice_days": 30, "is_void": True}, []),
        ({"ends_on": date(2026, 7, 20), "notice_days": 30, "ended_reason": "budget cut"}, []),
        ({"ends_on": date(2026, 7, 20), "notice_days": 30, "kind": "one_off", "interval": ""}, []),
    ],
)
def test_which_lines_have_a_notice_date_ahead(bluefin, fields, expected):
    line(bluefin, service__name="Ads", **fields)

    look()

    words = {"in 0 days": "today"}
    assert open_alerts() == [
        f"Bluefin: last day for notice {words.get(each, each)} (Ads)" for each in expected
    ]


def test_a_line_that_is_followed_needs_no_decision(bluefin):
    ending = line(bluefin, ends_on=date(2026, 7, 20), notice_days=30)
    line(bluefin, service=ending.service, starts_on=date(2026, 7, 20))

    look()

    assert open_alerts() == []


def test_an_answer_that_was_changed_for_the_better_is_over(bluefin):
    first = answer(bluefin, 3, NOW - timedelta(hours=2))
    look()
    assert len(open_alerts()) == 1

    answer(bluefin, 9, NOW - timedelta(hours=1), contact=first.contact)
    look()

    assert open_alerts() == []


@pytest.mark.parametrize(("score", "number"), [(6, 1), (7, 0)])
def test_detractors_answer_with_six_or_less(bluefin, score, number):
    answer(bluefin, score, NOW - timedelta(hours=2))

    look()

    assert len(open_alerts()) == number


def test_health_that_was_not_worked_out_lately_tells_nothing(bluefin):
    health(bluefin, TODAY - timedelta(days=3), 20, "red")

    look()

    assert open_alerts() == []


def test_a_fall_says_what_to_repair(bluefin):
    part = {"weight": "15", "score": "50", "gained": "50", "lost": "50"}
    components = {"replies": part | {"facts": {"met": 1, "late": 1}}}
    health(bluefin, TODAY - timedelta(days=30), 100)
    health(bluefin, score=50, band="amber", components=components)

    look()

    alert = Alert.objects.get(rule=Rule.HEALTH)
    assert alert.detail == "Now 50 of 100."
    assert alert.action["words"] == "Replying within the promise"
    assert alert.action_url == f"/clients/{bluefin.pk}/?show=requests#story"
    assert alert.row_url == f"/kpis/health/{bluefin.pk}/" or alert.row_url.endswith("/health/")


def test_only_the_clients_that_were_written_about_are_looked_at(bluefin):
    other = make_client("Other")
    for client in (bluefin, other):
        health(client, score=20, band="red")
        ask(client, NOW - timedelta(hours=9))

    look(clients=[bluefin.pk])

    assert {alert.client for alert in Alert.objects.all()} == {bluefin}
    ClientHealth.objects.update(band="green", score=Decimal(80))
    look()
    health(bluefin, score=20, band="red")
    health(other, score=20, band="red")
    look(clients=[other.pk])
    reds = Alert.objects.open().filter(rule=Rule.HEALTH)
    assert [alert.client for alert in reds] == [other]


def test_only_the_rules_that_are_asked_for_are_looked_at(bluefin):
    health(bluefin, score=20, band="red")
    ask(bluefin, NOW - timedelta(hours=9))
    look()
    ClientHealth.objects.update(band="green", score=Decimal(80))

    done = look(rules={Rule.LATE_REPLY})

    assert (done.raised, done.ended) == (0, 0)
    assert len(open_alerts(Rule.HEALTH)) == 1
