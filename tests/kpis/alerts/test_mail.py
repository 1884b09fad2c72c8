"""Mails: one a member and cause, one morning mail a day by the agency's clock, and when to look again."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.models import OutboxEmail
from agencyam.jobs.models import Job
from agencyam.jobs.registry import get_kind
from clients.models import BusinessCalendar, SLAPolicy
from kpis import tasks as kpi_tasks
from kpis.alerts import digests, services, tasks
from kpis.alerts.models import Alert, AlertNotice
from kpis.alerts.rules import Rule
from tests.factories.clients import SLAPolicyFactory
from tests.kpis.alerts.news import (
    NOW,
    SITE,
    TODAY,
    ask,
    health,
    listener,
    look,
    make_client,
    reply,
    settings,
    subscribe,
)

pytestmark = pytest.mark.usefixtures("northwind")

EARLY = datetime(2026, 6, 10, 5, tzinfo=UTC)


def red(name="Bluefin"):
    client = make_client(name)
    health(client, score=30, band="red")
    return client


def reader(hour=8, **changes):
    member = listener()
    subscribe(member, Rule.HEALTH, **{"delivery": "digest"} | changes)
    member.alert_subscriptions.update(digest_hour=hour)
    return member


def send(now):
    return digests.send_due(today=now.date(), now=now, site=SITE)


def mails():
    return list(OutboxEmail.objects.order_by("pk").values_list("key", "to_email", "subject"))


def test_mail_at_once_is_posted_with_the_alert_and_never_again():
    grace = reader(delivery="at_once")
    red()

    first, second = look(), look()

    alert = Alert.objects.get()
    key = f"alert:{alert.pk}:{grace.pk}"
    assert (first.mails, second.mails) == (1, 0)
    assert mails() == [(key, grace.email, "Bluefin's health is red: 30 of 100")]
    assert AlertNotice.objects.get().mailed_key == key
    assert send(NOW + timedelta(days=1)) == 0


def test_in_the_app_only_posts_no_mail():
    reader(delivery="app")
    red()

    look()

    assert (send(NOW + timedelta(days=1)), mails()) == (0, [])


def test_a_flood_comes_as_five_mails_and_one_in_the_morning():
    grace = reader(delivery="at_once")
    for number in range(7):
        red(f"Client {number}")

    done = look()
    morning = send(NOW + timedelta(days=1))

    assert (done.notices, done.mails, morning) == (7, 5, 1)
    assert mails()[-1] == (f"digest:{grace.pk}:2026-06-11", grace.email, "2 new alerts")


def test_the_morning_mail_tells_what_was_new_before_its_hour():
    grace = reader()
    red()
    look(EARLY)

    before = send(datetime(2026, 6, 10, 7, 59, tzinfo=UTC))
    at = send(datetime(2026, 6, 10, 8, tzinfo=UTC))
    red("Late")
    look(datetime(2026, 6, 10, 8, tzinfo=UTC))
    again = send(datetime(2026, 6, 10, 9, tzinfo=UTC))
    next_day = send(datetime(2026, 6, 11, 8, tzinfo=UTC))
    nothing_new = send(datetime(2026, 6, 12, 8, tzinfo=UTC))

    assert (before, at, again, next_day, nothing_new) == (0, 1, 0, 1, 0)
    assert mails() == [
        (f"digest:{grace.pk}:2026-06-10", grace.email, "Bluefin's health is red: 30 of 100"),
        (f"digest:{grace.pk}:2026-06-11", grace.email, "Late's health is red: 30 of 100"),
    ]


def test_a_late_worker_sends_the_morning_mail_once():
    reader()
    red()
    look(EARLY)

    sent = [send(datetime(2026, 6, 10, hour, tzinfo=UTC)) for hour in (11, 11, 23)]

    assert sent == [1, 0, 0]


def test_the_hour_is_the_members_own():
    reader(hour=10)
    red()
    look(EARLY)

    assert [send(datetime(2026, 6, 10, hour, tzinfo=UTC)) for hour in (8, 9, 10)] == [0, 0, 1]


def test_another_hour_brings_no_second_mail_on_the_same_day():
    grace = reader()
    red()
    look(EARLY)
    send(datetime(2026, 6, 10, 8, tzinfo=UTC))
    red("Late")
    look(datetime(2026, 6, 10, 9, tzinfo=UTC))
    grace.alert_subscriptions.update(digest_hour=10)

    assert send(datetime(2026, 6, 10, 10, tzinfo=UTC)) == 0
    assert AlertNotice.objects.filter(mailed_key="").count() == 1


def test_what_is_done_snoozed_over_or_no_longer_wanted_is_not_told():
    grace, olga, ida, vera = reader(), reader(), reader(), reader()
    red()
    look(EARLY)
    notices = {notice.member: notice for notice in AlertNotice.objects.select_related("alert", "member")}
    services.finish_notice(by=grace, notice=notices[grace], now=NOW)
    services.snooze_notice(by=olga, notice=notices[olga], until=date(2026, 6, 20), today=TODAY)
    ida.alert_subscriptions.update(is_active=False)

    send(datetime(2026, 6, 10, 8, tzinfo=UTC))

    assert [to for _, to, _ in mails()] == [vera.email]


def test_a_client_that_is_no_longer_ones_own_is_not_told():
    settings(is_portfolio_private=True)
    ada = listener("account_manager")
    subscribe(ada, Rule.HEALTH, scope="portfolio", delivery="digest")
    client = make_client(manager=ada)
    health(client, score=30, band="red")
    look(EARLY)
    client.assignments.update(ends_on=date(2026, 6, 11))

    assert send(datetime(2026, 6, 11, 8, tzinfo=UTC)) == 0


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("Europe/Berlin", date(2026, 3, 28), datetime(2026, 3, 28, 7, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 29, 6, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 24), datetime(2026, 10, 24, 6, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 25, 7, tzinfo=UTC)),
        ("America/New_York", date(2026, 11, 1), datetime(2026, 11, 1, 13, tzinfo=UTC)),
    ],
)
def test_the_morning_is_that_of_the_agencys_zone(zone, day, due):
    settings(time_zone=zone)
    grace = reader()
    client = make_client()
    night = due - timedelta(hours=5)
    health(client, day, 30, "red")
    look(night)

    next_at = digests.find_next(today=day, now=night)
    sent = [
        digests.send_due(today=day, now=due + timedelta(minutes=minutes), site=SITE)
        for minutes in (-1, 0, 60, 120)
    ]

    assert (next_at, sent) == (due, [0, 1, 0, 0])
    assert mails()[0][0] == f"digest:{grace.pk}:{day}"


def test_members_far_apart_each_have_their_own_morning():
    settings(time_zone="Europe/Berlin")
    here, east, west = reader(), reader(), reader()
    east.alert_subscriptions.update(digest_zone="Asia/Tokyo")
    west.alert_subscriptions.update(digest_zone="America/Los_Angeles")
    red()
    look(datetime(2026, 6, 9, 22, 30, tzinfo=UTC))

    next_at = digests.find_next(today=TODAY, now=datetime(2026, 6, 9, 22, 30, tzinfo=UTC))
    ticks = [datetime(2026, 6, 9, 22, tzinfo=UTC) + timedelta(hours=hours) for hours in range(1, 40)]
    sent = [at for at in ticks for _ in range(digests.send_due(today=TODAY, now=at, site=SITE))]

    assert next_at == sent[0]
    assert sent == [
        datetime(2026, 6, 9, 23, tzinfo=UTC),
        datetime(2026, 6, 10, 6, tzinfo=UTC),
        datetime(2026, 6, 10, 15, tzinfo=UTC),
    ]
    assert [key for key, *_ in mails()] == [f"digest:{each.pk}:2026-06-10" for each in (east, here, west)]


def test_an_hour_that_the_clock_skips_or_shows_twice_brings_one_mail():
    settings(time_zone="Europe/Berlin")
    reader(hour=2)
    client = make_client()
    sent = []
    for day, start in (
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC)),
    ):
        health(client, day, 30, "red")
        look(start)
        ticks = [start + timedelta(minutes=15 * number) for number in range(1, 30)]
        sent.append([at for at in ticks if digests.send_due(today=day, now=at, site=SITE)])
        health(client, day, 90, "green")
        look(ticks[-1])

    assert sent == [[datetime(2026, 3, 29, 1, tzinfo=UTC)], [datetime(2026, 10, 25, 0, tzinfo=UTC)]]


def watches():
    return list(
        Job.objects.filter(kind=tasks.WATCH).order_by("available_at").values_list("available_at", flat=True)
    )


def office_hours():
    spec = {
        "time_zone": "UTC",
        "hours": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    }
    calendar = BusinessCalendar.objects.create(name="Office", spec=spec)
    SLAPolicy.objects.update(is_default=False)
    SLAPolicyFactory(calendar=calendar, reply_hours=4, is_default=True)


def test_the_next_look_is_at_the_minute_at_which_a_reply_becomes_late():
    office_hours()
    request = ask(make_client(), datetime(2026, 6, 10, 15, tzinfo=UTC))

    tasks.plan_next(now=datetime(2026, 6, 10, 15, 30, tzinfo=UTC))
    tasks.plan_next(now=datetime(2026, 6, 11, 10, tzinfo=UTC))
    reply(request, datetime(2026, 6, 11, 10, 30, tzinfo=UTC))
    nothing = tasks.plan_next(now=datetime(2026, 6, 11, 10, 45, tzinfo=UTC))

    nearly, late = datetime(2026, 6, 11, 10, tzinfo=UTC), datetime(2026, 6, 11, 11, 1, tzinfo=UTC)
    assert (watches(), nothing) == ([nearly, late], None)


def test_a_reply_becomes_late_by_the_clock_alone():
    grace = listener()
    subscribe(grace, Rule.LATE_REPLY, delivery="at_once")
    ask(make_client(), NOW - timedelta(minutes=1))
    told = []

    with time_machine.travel(NOW, tick=False) as clock:
        tasks.look(now=NOW)
        for _ in range(2):
            job = Job.objects.filter(kind=tasks.WATCH).latest("available_at")
            clock.move_to(job.available_at)
            get_kind(tasks.WATCH).handler(**job.payload)
            told.append((job.available_at - NOW, AlertNotice.objects.count(), len(mails())))

    assert told == [(timedelta(hours=2, minutes=59), 0, 0), (timedelta(hours=4), 1, 1)]
    assert Job.objects.filter(kind=tasks.WATCH).count() == 2


def test_a_morning_mail_that_waits_is_planned():
    reader()
    red()
    look(NOW)

    tasks.plan_next(now=NOW)

    assert watches() == [datetime(2026, 6, 11, 8, tzinfo=UTC)]


def test_refresh_and_night_look_for_alerts():
    grace = listener()
    subscribe(grace, Rule.LATE_REPLY)
    with time_machine.travel(NOW, tick=False):
        ask(make_client(), NOW - timedelta(hours=9))
        kpi_tasks.refresh()
        after_write = AlertNotice.objects.count()
        ask(make_client("Other"), NOW - timedelta(hours=9))
        kpi_tasks.compute_nightly(day=str(TODAY))

    assert (after_write, AlertNotice.objects.count()) == (1, 2)
