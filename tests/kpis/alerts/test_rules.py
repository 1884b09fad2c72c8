"""Each rule: it tells once, ends by itself, and tells anew when it begins anew."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.services.settings import update_settings
from clients.models import ContractLine, Touchpoint
from kpis.alerts.models import Alert
from kpis.alerts.rules import Rule
from kpis.frozen.models import FrozenFigure, FrozenMonth
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

pytestmark = pytest.mark.usefixtures("northwind")

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
    assert (alert.ended_at, alert.resolved_at, alert.resolved_by) == (LATER, LATER, None)

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
    update_settings(by=None, cadence={"gold": [4, 6], "": [1, 2]})

    look(datetime(2026, 6, 28, 12, tzinfo=UTC))

    assert open_alerts() == ["Bluefin: 3 conversations in June 2026, at least 4 should be"]


def test_the_cadence_is_that_of_the_segment(bluefin):
    bluefin.segment = "Retail"
    bluefin.save()
    clear_talks(bluefin)
    talk(bluefin, datetime(2026, 6, 3, 9, tzinfo=UTC))
    update_settings(by=None, cadence={"segment:Retail": [3, 6], "": [1, 2]})

    look(datetime(2026, 6, 28, 12, tzinfo=UTC))

    assert open_alerts() == ["Bluefin: one conversation in June 2026, at least 3 should be"]
    assert Alert.objects.get().detail.endswith("The cadence for segment Retail is 3 or more a month.")


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
    assert alert.detail == "42; the target is at least 70. The target was last met in February 2026."
    assert alert.row_url == "/kpis/nps/?period=2026-06"


def test_of_a_closed_month_the_figure_of_record_is_told(leader):
    subscribe(leader, Rule.KPI_STATUS)
    kpi("met")
    month = FrozenMonth.objects.create(
        starts_on=date(2026, 5, 1),
        as_of=date(2026, 6, 4),
        frozen_at=datetime(2026, 6, 5, tzinfo=UTC),
        currency="EUR",
        digest="0" * 64,
    )
    FrozenFigure.objects.create(
        month=month,
        kpi="nps",
        by="agency",
        value=42,
        n=10,
        unit="points",
        display="42",
        target=70,
        status="missed",
        definition_version=1,
        digest="0" * 64,
    )

    look()

    assert told(leader) == ["Net promoter score missed its target in May 2026"]


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
