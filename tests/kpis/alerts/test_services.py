"""Telling each cause once: who hears of it, what members do about it, and two evaluations at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import AuditEvent, OutboxEmail
from accounts.selectors import get_settings
from agencyam.tenancy.context import tenant_context
from kpis.alerts import services
from kpis.alerts.models import Alert, AlertNotice
from kpis.alerts.morning import Morning
from kpis.alerts.rules import Rule
from kpis.alerts.subscriptions import CannotSubscribe, list_wishes, save_wishes
from tests.constraints import refused_by
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.kpis.alerts.news import (
    NOW,
    SITE,
    TODAY,
    ask,
    health,
    hear_nothing,
    kpi,
    listener,
    look,
    make_client,
    open_alerts,
    reply,
    settings,
    subscribe,
    told,
)
from tests.queries import queries_of

pytestmark = pytest.mark.usefixtures("northwind")

RED = "Bluefin's health is red: 30 of 100"


@pytest.fixture
def bluefin():
    client = make_client()
    health(client, score=30, band="red")
    return client


def notice_of(member):
    return AlertNotice.objects.get(member=member)


def test_a_portfolio_is_the_members_own_clients(bluefin):
    ada, bo = listener("account_manager"), listener("account_manager")
    other = make_client("Other", manager=ada)
    health(other, score=20, band="red")
    for member in (ada, bo):
        subscribe(member, Rule.HEALTH, scope="portfolio")

    look()

    assert (told(ada), told(bo)) == (["Other's health is red: 20 of 100"], [])


def test_the_whole_agency_is_for_those_who_may_see_it(bluefin):
    ada, grace = listener("account_manager"), listener("leader")
    for member in (ada, grace):
        subscribe(member, Rule.HEALTH)

    look()

    assert (told(ada), told(grace)) == ([RED], [RED])


def test_private_portfolios_keep_others_clients_from_an_account_manager(bluefin):
    settings(is_portfolio_private=True)
    ada, grace = listener("account_manager"), listener("leader")
    own = make_client("Own", manager=ada)
    health(own, score=20, band="red")
    for member in (ada, grace):
        subscribe(member, Rule.HEALTH)

    look()

    assert told(ada) == ["Own's health is red: 20 of 100"]
    assert sorted(told(grace)) == [RED, "Own's health is red: 20 of 100"]


def test_numbers_of_an_account_manager_are_for_that_member_alone():
    settings(is_portfolio_private=True)
    ada, bo = listener("account_manager", book_id="ada"), listener("account_manager", book_id="bo")
    grace = listener("leader", book_id="grace")
    for member in (ada, bo, grace):
        subscribe(member, Rule.KPI_STATUS)
    kpi("missed", by="am", key="ada", label="Ada")
    kpi("missed", kpi="csat")
    kpi("missed", kpi="nrr", by="team", key="north", label="North")
    kpi("missed", by="am", key="unassigned", label="Unassigned")

    look()

    nps, csat, nrr = (
        f"{name} missed its target in May 2026"
        for name in ("Ada: Net promoter score", "Client satisfaction", "North: Net revenue retention")
    )
    assert (told(ada), told(bo), sorted(told(grace))) == ([nps], [], sorted([csat, nrr]))


def test_members_without_access_hear_nothing(bluefin):
    gone = listener("leader", is_active=False)
    subscribe(gone, Rule.HEALTH)

    look()

    assert AlertNotice.objects.count() == 0


def test_new_members_hear_what_is_usual_for_their_role(bluefin):
    ada, bo = MemberFactory(), MemberFactory()
    grace, vera = LeaderFactory(), ViewerFactory()
    own = make_client("Own", manager=ada)
    ask(own, NOW - timedelta(hours=9))
    kpi("missed")

    look()

    late, missed = "Own has waited too long for a reply", "Net promoter score missed its target in May 2026"
    assert (told(ada), told(bo)) == ([late], [])
    assert (sorted(told(grace)), told(vera)) == (sorted([RED, late, missed]), [missed])


def test_done_is_for_oneself(bluefin):
    grace, olga = listener(), listener()
    for member in (grace, olga):
        subscribe(member, Rule.HEALTH)
    look()
    services.finish_notice(by=grace, notice=notice_of(grace), now=NOW)

    again = look()

    assert again.notices == 0
    assert (notice_of(grace).done_at, notice_of(olga).done_at) == (NOW, None)
    assert open_alerts() == [RED]


def test_what_a_person_resolved_comes_back_only_with_a_new_episode(bluefin):
    grace, olga = listener(), listener()
    for member in (grace, olga):
        subscribe(member, Rule.HEALTH)
    look()
    services.resolve_alert(by=grace, alert=Alert.objects.get(), now=NOW)

    held = look()
    health(bluefin, score=80)
    calm = look()
    health(bluefin, score=30, band="red")
    anew = look()

    assert (held.raised, calm.ended, anew.raised, anew.notices) == (0, 1, 1, 2)
    first, second = Alert.objects.order_by("pk")
    assert (first.resolved_by, second.resolved_at) == (grace, None)


def test_only_who_works_with_clients_resolves_for_all(bluefin):
    look()

    with pytest.raises(services.CannotResolve):
        services.resolve_alert(by=ViewerFactory(), alert=Alert.objects.get(), now=NOW)


def test_an_alert_is_resolved_once(bluefin):
    grace = listener()
    look()
    services.resolve_alert(by=grace, alert=Alert.objects.get(), now=NOW)

    with pytest.raises(services.CannotResolve):
        services.resolve_alert(by=listener(), alert=Alert.objects.get(), now=NOW)

    assert Alert.objects.get().resolved_by == grace


def test_undo_takes_back_ones_own_word_only(bluefin):
    grace, olga = listener(), listener()
    for member in (grace, olga):
        subscribe(member, Rule.HEALTH)
    look()
    services.finish_notice(by=grace, notice=notice_of(grace), now=NOW)
    services.resolve_alert(by=grace, alert=Alert.objects.get(), now=NOW)

    services.reopen_notice(by=olga, notice=notice_of(olga))
    others = Alert.objects.get().resolved_by
    services.reopen_notice(by=grace, notice=notice_of(grace))

    assert (others, Alert.objects.get().resolved_at, notice_of(grace).done_at) == (grace, None, None)


def test_snoozed_comes_back_on_its_day(bluefin):
    grace = listener()
    subscribe(grace, Rule.HEALTH)
    look()
    until = TODAY + timedelta(days=3)
    services.mark_seen(member=grace, now=NOW)

    services.snooze_notice(by=grace, notice=notice_of(grace), until=until, today=TODAY)

    open_on = [AlertNotice.objects.open_on(day).count() for day in (TODAY, until - timedelta(days=1), until)]
    assert (open_on, notice_of(grace).is_new) == ([0, 0, 1], True)
    assert look().notices == 0


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_snoozing_needs_a_later_day_within_a_year(bluefin, days):
    grace = listener()
    subscribe(grace, Rule.HEALTH)
    look()

    with pytest.raises(services.CannotSnooze):
        services.snooze_notice(
            by=grace, notice=notice_of(grace), until=TODAY + timedelta(days=days), today=TODAY
        )

    assert notice_of(grace).snoozed_until is None


def test_what_members_do_is_in_the_trail(bluefin):
    grace = listener()
    subscribe(grace, Rule.HEALTH)
    look()
    notice = notice_of(grace)

    services.snooze_notice(by=grace, notice=notice, until=TODAY + timedelta(days=1), today=TODAY)
    services.finish_notice(by=grace, notice=notice, now=NOW)
    services.reopen_notice(by=grace, notice=notice)
    services.resolve_alert(by=grace, alert=notice.alert, now=NOW)

    events = AuditEvent.objects.filter(actor=grace).order_by("pk")
    actions = list(events.values_list("action", "actor__name"))
    assert actions == [(f"alert.{verb}", grace.name) for verb in ("snooze", "done", "reopen", "resolve")]


def test_the_threshold_is_the_subscribers_own(bluefin):
    health(bluefin, TODAY - timedelta(days=30), 80)
    health(bluefin, score=68, band="amber")
    coarse, fine = listener(), listener()
    subscribe(coarse, Rule.HEALTH, threshold=15)
    subscribe(fine, Rule.HEALTH, threshold=10)
    look()
    before = told(coarse), told(fine)
    health(bluefin, score=64, band="amber")

    look()

    worse = ["Bluefin's health fell by 16 points in 30 days"]
    assert before == ([], ["Bluefin's health fell by 12 points in 30 days"])
    assert (told(coarse), told(fine)) == (worse, worse)


def test_wishes_are_saved_and_told_in_the_trail():
    ada = MemberFactory()
    wishes, usual = list_wishes(member=ada)
    assert ({wish.scope for wish in wishes}, usual) == ({"portfolio"}, Morning(8))
    changed = [*wishes[:-1], wishes[-1].__class__(Rule.DETRACTOR, False, "portfolio", "app", 2)]

    save_wishes(by=ada, member=ada, wishes=changed, morning=Morning(9, "Asia/Tokyo"), settings=get_settings())
    save_wishes(by=ada, member=ada, wishes=changed, morning=Morning(9, "Asia/Tokyo"), settings=get_settings())

    assert list_wishes(member=ada) == (changed, Morning(9, "Asia/Tokyo"))
    first, second = AuditEvent.objects.filter(actor=ada).order_by("pk")
    assert first.changes == {
        "detractor": ["portfolio, at_once, 2", "off"],
        "digest_hour": [8, 9],
        "digest_zone": ["", "Asia/Tokyo"],
    }
    assert second.changes == {}


def test_a_private_portfolio_does_not_offer_the_whole_agency():
    settings(is_portfolio_private=True)
    ada = MemberFactory()
    wishes, morning = list_wishes(member=ada)
    wide = [wish.__class__(wish.rule, True, "agency", "app", wish.threshold) for wish in wishes]

    with pytest.raises(CannotSubscribe):
        save_wishes(by=ada, member=ada, wishes=wide, morning=morning, settings=get_settings())


def test_as_many_questions_for_thirty_clients_as_for_one():
    grace = hear_nothing(LeaderFactory())
    for rule in Rule:
        subscribe(grace, rule)
    trouble("first")
    look()
    few = queries_of(lambda: services.evaluate(today=TODAY, now=NOW, site=SITE))
    for number in range(29):
        trouble(f"client {number}")
    look()

    many = queries_of(lambda: services.evaluate(today=TODAY, now=NOW, site=SITE))

    assert Alert.objects.count() == 30 * 4
    assert len(many) == len(few)
    assert len(many) <= 24


def trouble(name):
    client = make_client(name, ends_on=TODAY + timedelta(days=40), notice_days=30)
    health(client, score=20, band="red", risk="high")
    ask(client, NOW - timedelta(hours=9))


def test_the_database_refuses_a_second_alert_of_a_cause_that_holds(bluefin):
    look()
    alert = Alert.objects.get()
    alert.pk = None

    assert refused_by(alert.save) == "alert_cause_once"


def test_the_database_refuses_what_cannot_be(bluefin):
    look()
    alerts = Alert.objects.all()

    assert refused_by(lambda: alerts.update(ended_at=NOW)) == "alert_ended_is_resolved"
    assert refused_by(lambda: alerts.update(resolved_by=listener())) == "alert_resolver_has_time"
    assert refused_by(lambda: alerts.update(by="agency")) == "alert_client_or_slice"
    assert refused_by(lambda: alerts.update(rule="x")) == "alert_rule_listed"
    assert refused_by(lambda: alerts.update(tone="x")) == "alert_tone_listed"
    ada = listener()
    notice = AlertNotice(alert=alerts.get(), member=ada, created_at=NOW)
    notice.save()
    notice.pk = None
    assert refused_by(notice.save) == "alertnotice_once"
    own = ada.alert_subscriptions
    assert refused_by(lambda: own.update(rule="health")) == "alertsubscription_rule_once"
    for field in ("rule", "scope", "delivery"):
        wrong = own.filter(rule="health")
        assert (
            refused_by(lambda w=wrong, f=field: w.update(**{f: "x"})) == f"alertsubscription_{field}_listed"
        )
    assert refused_by(lambda: own.update(digest_hour=24)) == "alertsubscription_hour_exists"


def test_another_agencys_rows_raise_nothing(other_agency, agency):
    with tenant_context(other_agency):
        client = make_client("Theirs")
        health(client, score=10, band="red")
        ask(client, NOW - timedelta(hours=9))

    done = look()

    assert (done.raised, Alert.objects.count()) == (0, 0)


def test_a_dead_evaluation_leaves_neither_alert_nor_mail(bluefin):
    grace = listener()
    subscribe(grace, Rule.HEALTH, delivery="at_once")

    def break_down(execute, sql, params, many, context):
        if sql.startswith('UPDATE "kpis_alertnotice"'):
            raise IntegrityError("The connection broke.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(break_down), pytest.raises(IntegrityError), transaction.atomic():
        look()
    left = Alert.objects.count(), OutboxEmail.objects.count()
    look()
    look()

    assert left == (0, 0)
    assert (Alert.objects.count(), OutboxEmail.objects.count()) == (1, 1)


def test_a_reply_ends_it_for_everybody(bluefin):
    grace = listener()
    subscribe(grace, Rule.LATE_REPLY)
    request = ask(bluefin, NOW - timedelta(hours=9))
    look()
    reply(request, NOW)

    done = look(NOW + timedelta(minutes=1))

    assert (done.ended, told(grace)) == (1, [])
