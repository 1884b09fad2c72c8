"""The pages of alerts: what a member sees, does and chooses; with and without script."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages

from kpis.alerts.models import Alert, AlertNotice, AlertSubscription
from kpis.alerts.rules import Rule
from tests.factories.accounts import LeaderFactory, MemberFactory, ViewerFactory
from tests.kpis.alerts.news import (
    NOW,
    TODAY,
    ask,
    health,
    kpi,
    listener,
    look,
    make_client,
    settings,
    subscribe,
)
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}
LIST, SETTINGS = "/alerts/", "/alerts/settings/"
RED = "Bluefin's health is red: 30 of 100"


@pytest.fixture(autouse=True)
def _june(northwind):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def grace():
    """A leader who hears of health and late replies."""
    member = listener(name="Grace")
    for rule in (Rule.HEALTH, Rule.LATE_REPLY):
        subscribe(member, rule)
    return member


def red(name="Bluefin", **about):
    client = make_client(name, **about)
    health(client, score=30, band="red")
    return client


def titles(response):
    return [notice.alert.title for notice in response.context["page"].object_list]


def own(member):
    return AlertNotice.objects.get(member=member)


def words(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def badge(browser):
    navigation = browser.get("/settings/").context["navigation"]
    return next(item.badge for item in navigation if item.label == "Alerts")


def test_without_alerts_all_is_clear(sign_in, grace):
    page = sign_in(grace).get(LIST)

    assert "All clear." in page.content.decode()
    assert badge(sign_in(grace)) == ""


def test_list_shows_what_happened_its_row_and_the_next_action(sign_in, grace):
    client = red()
    look()

    content = sign_in(grace).get(LIST).content.decode()

    assert (
        f'<a class="title" href="/kpis/client/{client.pk}/health/">' in content
        or RED.replace("'", "&#x27;") in content
    )
    assert f'href="/clients/{client.pk}/#touchpoint">Talk to them and log it' in content
    assert f'action="/alerts/{Alert.objects.get().pk}/done/"' in content
    for key in ("e", "s"):
        assert f'data-row-key="{key}"' in content


def test_gravest_and_latest_come_first(sign_in, grace):
    client = red("First")
    look(NOW - timedelta(hours=2))
    red("Second")
    subscribe(grace, Rule.NOTICE, threshold=90)
    client.lines.update(ends_on=TODAY + timedelta(days=80), notice_days=30)
    look(NOW - timedelta(hours=1))

    page = sign_in(grace).get(LIST)

    assert titles(page) == [
        "Second's health is red: 30 of 100",
        "First's health is red: 30 of 100",
        f"First: last day for notice in 50 days ({client.lines.get().service.name})",
    ]


def test_kind_and_client_narrow_the_list(sign_in, grace):
    bluefin, other = red(), red("Other")
    ask(bluefin, NOW - timedelta(hours=9))
    look()
    browser = sign_in(grace)

    late = browser.get(f"{LIST}?kind=late_reply")
    others = browser.get(f"{LIST}?client={other.pk}")
    none = browser.get(f"{LIST}?kind=late_reply&client={other.pk}")
    strange = browser.get(f"{LIST}?kind=x&client=99999999999&state=x&page=7")

    assert titles(late) == ["Bluefin has waited too long for a reply"]
    assert titles(others) == ["Other's health is red: 30 of 100"]
    assert "No alert matches" in none.content.decode()
    assert len(titles(strange)) == 3


def test_done_moves_it_and_undo_brings_it_back(sign_in, grace):
    red()
    look()
    browser, pk = sign_in(grace), Alert.objects.get().pk

    done = browser.post(f"/alerts/{pk}/done/")
    listed = titles(browser.get(LIST)), titles(browser.get(f"{LIST}?state=done"))
    back = browser.post(f"/alerts/{pk}/reopen/")

    assert (done.status_code, done["Location"], back.status_code) == (302, LIST, 302)
    assert listed == ([], [RED])
    assert titles(browser.get(LIST)) == [RED]


def test_done_in_place_offers_undo(sign_in, grace):
    red()
    look()
    pk = Alert.objects.get().pk

    response = sign_in(grace).post(f"/alerts/{pk}/done/", headers=HTMX)

    assert (response.status_code, response.content) == (200, b"")
    events = json.loads(response["HX-Trigger"])
    assert events["toast"] == {"text": "Done.", "undo": f"/alerts/{pk}/reopen/"}
    assert "alerts-changed" in events


def test_snooze_asks_for_a_day(sign_in, grace):
    red()
    look()
    browser, url = sign_in(grace), f"/alerts/{Alert.objects.get().pk}/snooze/"

    shown = browser.get(url)
    answers = [browser.post(url, {"until": until}) for until in ("", "soon", str(TODAY), "2026-06-12")]

    assert 'value="2026-06-17"' in shown.content.decode()
    assert [answer.status_code for answer in answers] == [422, 422, 422, 302]
    assert own(grace).snoozed_until == date(2026, 6, 12)
    assert (titles(browser.get(LIST)), titles(browser.get(f"{LIST}?state=snoozed"))) == ([], [RED])


def test_snooze_in_the_dialog_closes_it(sign_in, grace):
    red()
    look()
    browser, url = sign_in(grace), f"/alerts/{Alert.objects.get().pk}/snooze/"

    shown = browser.get(url, headers=HTMX).content.decode()
    done = browser.post(url, {"until": "2026-06-12"}, headers=HTMX)

    assert "<html" not in shown
    assert done.status_code == 204
    assert {"dialog-close", "toast", "alerts-changed"} == set(json.loads(done["HX-Trigger"]))


def test_done_for_all_is_seen_by_all(sign_in, grace):
    olga = listener(name="Olga")
    subscribe(olga, Rule.HEALTH)
    red()
    look()
    pk = Alert.objects.get().pk

    done = sign_in(grace).post(f"/alerts/{pk}/resolve/")
    again = sign_in(olga).post(f"/alerts/{pk}/resolve/")
    page = sign_in(olga).get(f"{LIST}?state=done")

    assert (done.status_code, words(again)) == (302, ["This alert is resolved already."])
    assert titles(page) == [RED]
    assert "resolved by Grace" in page.content.decode()


def test_a_viewer_does_not_resolve_for_all(sign_in):
    vera = ViewerFactory()
    kpi("missed")
    look()
    browser = sign_in(vera)

    response = browser.post(f"/alerts/{Alert.objects.get().pk}/resolve/")

    assert response.status_code == 403
    assert "Done for everybody" not in browser.get(LIST).content.decode()


@pytest.mark.parametrize("verb", ["done", "snooze", "reopen", "resolve"])
def test_anothers_alert_does_not_exist(sign_in, grace, verb):
    red()
    look()
    url = f"/alerts/{Alert.objects.get().pk}/{verb}/"

    response = sign_in(listener()).post(url, {"until": "2026-07-01"})

    assert response.status_code == 404
    assert (own(grace).done_at, own(grace).snoozed_until, Alert.objects.get().resolved_at) == (
        None,
        None,
        None,
    )


def test_a_client_that_is_no_longer_ones_own_disappears(sign_in):
    """Also from an alert that was told while it was."""
    settings(is_portfolio_private=True)
    ada = listener("account_manager", book_id="ada")
    for rule in (Rule.HEALTH, Rule.KPI_STATUS):
        subscribe(ada, rule, scope="portfolio")
    kpi("met")
    kpi("missed", by="am", key="ada", label="Ada")
    client = red(manager=ada)
    look()
    browser = sign_in(ada)
    before = len(titles(browser.get(LIST))), badge(browser)
    client.assignments.update(ends_on=TODAY)

    page = browser.get(LIST)

    assert before == (2, "2")
    assert titles(page) == ["Ada: Net promoter score missed its target in May 2026"]
    assert (badge(browser), list(page.context["clients"])) == ("1", [])
    alert = Alert.objects.get(client=client)
    assert browser.post(f"/alerts/{alert.pk}/done/").status_code == 404


def test_badge_counts_what_is_new(sign_in, grace):
    for number in range(3):
        red(f"Client {number}")
    look()
    browser = sign_in(grace)
    first = badge(browser)
    browser.post(f"/alerts/{Alert.objects.first().pk}/done/")
    second = badge(browser)

    browser.post("/alerts/seen/")

    assert (first, second, badge(browser)) == ("3", "2", "")
    assert len(titles(browser.get(LIST))) == 2


def test_badge_is_one_question_on_a_page(sign_in, grace):
    red()
    look()
    browser = sign_in(grace)

    asked = queries_of(lambda: browser.get("/settings/"))

    assert sum("kpis_alertnotice" in sql for sql in asked) == 1


def test_as_many_questions_for_thirty_alerts_as_for_one(sign_in, grace):
    red()
    look()
    browser = sign_in(grace)
    few = [len(queries_of(lambda at=state: browser.get(f"{LIST}?state={at}"))) for state in ("open", "done")]
    for number in range(29):
        red(f"Client {number}")
    look()

    many = [len(queries_of(lambda at=state: browser.get(f"{LIST}?state={at}"))) for state in ("open", "done")]

    assert (many, len(titles(browser.get(LIST)))) == (few, 30)


def test_htmx_gets_the_rows_alone(sign_in, grace):
    red()
    look()

    content = sign_in(grace).get(LIST, headers=HTMX).content.decode().strip()

    assert content.startswith('<div id="alert-rows"')
    assert "<html" not in content


def test_settings_show_what_is_usual_without_writing_it(sign_in):
    ada = MemberFactory()

    form = sign_in(ada).get(SETTINGS).context["form"]

    assert AlertSubscription.objects.count() == 0
    usual = {row["label"]: row["delivery"].value() for row in form.rows}
    assert usual["Reply is late"] == "at_once"
    assert usual["Health falls"] == "digest"


def chosen(**changes):
    data = {"digest_hour": "7", "digest_zone": "Asia/Tokyo"}
    for rule in Rule:
        data |= {f"{rule}_delivery": "off", f"{rule}_scope": "portfolio"}
        data[f"{rule}_threshold"] = {"health": "10", "notice": "30", "cadence": "7", "quiet": "45"}.get(
            rule, "2"
        )
    return data | changes


def test_settings_are_kept(sign_in):
    grace = LeaderFactory()
    browser = sign_in(grace)

    response = browser.post(
        SETTINGS, chosen(health_delivery="at_once", health_scope="agency", health_threshold="20")
    )

    assert (response.status_code, words(response)) == (
        302,
        ["Saved. What is open and fits comes at the next look, the rest as it happens."],
    )
    kept = grace.alert_subscriptions.get(rule="health")
    assert (kept.is_active, kept.delivery, kept.scope, kept.threshold) == (True, "at_once", "agency", 20)
    assert (kept.digest_hour, kept.digest_zone) == (7, "Asia/Tokyo")
    assert grace.alert_subscriptions.filter(is_active=True).count() == 1
    form = browser.get(SETTINGS).context["form"]
    assert (form["digest_hour"].value(), form["digest_zone"].value()) == (7, "Asia/Tokyo")


@pytest.mark.parametrize(
    "wrong",
    [
        {"health_threshold": "7"},
        {"digest_hour": "24"},
        {"digest_zone": "Mars/Base"},
        {"notice_delivery": "pigeon"},
    ],
)
def test_settings_refuse_what_is_not_offered(sign_in, wrong):
    response = sign_in(LeaderFactory()).post(SETTINGS, chosen(**wrong))

    assert response.status_code == 422
    assert AlertSubscription.objects.count() == 0


def test_a_private_portfolio_is_all_that_is_offered(sign_in):
    settings(is_portfolio_private=True)
    browser = sign_in(MemberFactory())

    form = browser.get(SETTINGS).context["form"]
    refused = browser.post(SETTINGS, chosen(health_delivery="app", health_scope="agency"))

    assert {value for row in form.rows for value, _ in row["scope"].field.choices} == {"portfolio"}
    assert refused.status_code == 422
