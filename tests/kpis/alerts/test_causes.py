"""What is a cause of an alert and what is none, rule by rule."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from kpis.alerts.models import Alert
from kpis.alerts.rules import Rule
from kpis.models import ClientHealth
from tests.factories.clients import ContactFactory, ContractLineFactory
from tests.kpis.alerts.news import (
    NOW,
    TODAY,
    answer,
    ask,
    health,
    listener,
    look,
    make_client,
    open_alerts,
    reply,
    subscribe,
    told,
)

pytestmark = pytest.mark.usefixtures("northwind")


@pytest.fixture
def bluefin():
    return make_client(service__name="Search")


@pytest.fixture
def leader():
    return listener()


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
    julia = ContactFactory(client=bluefin, name="Julia")
    answer(bluefin, 3, NOW - timedelta(hours=2), contact=julia)
    look()
    assert open_alerts() == ["Julia of Bluefin answered 3 of 10"]

    answer(bluefin, 9, NOW - timedelta(hours=1), contact=julia)
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
    assert alert.detail == "Now 50 of 100. 50 points are possible by replying within the promise."
    assert alert.action["words"] == "See what to repair"
    assert alert.action_url == f"/clients/{bluefin.pk}/?show=requests#story"
    assert alert.row_url == reverse("kpis:client-health", args=[bluefin.pk])


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
