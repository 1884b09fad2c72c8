"""The morning mail: one a member and day, by the member's clock, and none when there is nothing to say."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from accounts.models import OutboxEmail
from accounts.selectors import get_settings
from agencyam.jobs.crashpoints import reach
from agencyam.locks import wait_for
from kpis.alerts import mail
from kpis.alerts.models import AlertNotice
from kpis.alerts.morning import Morning
from kpis.alerts.rules import TONE_ORDER, Delivery
from kpis.alerts.subscriptions import Listener, list_listeners


class _Due(NamedTuple):
    """Whose mail is due, for which of their days, and since when."""

    listener: Listener
    day: date
    at: datetime


@transaction.atomic
def send_due(*, today: date, now: datetime, site: str) -> int:
    """Post the mails whose hour has come today and that are not posted yet. Returns how many.

    A mail tells what was new before its hour; what comes later waits for the next morning.
    """
    wait_for("alerts")
    settings = get_settings()
    due = {
        listener.member.pk: _Due(listener, day, at)
        for listener in list_listeners(today=today, settings=settings)
        for day in [listener.morning.day_of(now, settings.time_zone)]
        if (at := listener.morning.on(day, settings.time_zone)) <= now
    }
    waiting = _waiting([each.listener for each in due.values()], today)
    keys = {member: mail.digest_key(due[member].listener.member, due[member].day) for member in waiting}
    posted = set(OutboxEmail.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    done = 0
    for member, notices in waiting.items():
        listener, day, at = due[member]
        told = sorted((row for row in notices if row.created_at < at), key=_importance)
        if not told or keys[member] in posted:
            continue
        mail.post_digest(member=listener.member, notices=told, day=day, site=site)
        AlertNotice.objects.filter(pk__in=[row.pk for row in told]).update(mailed_key=keys[member])
        reach("alerts.mailed")
        done += 1
    return done


def find_next(*, today: date, now: datetime) -> datetime | None:
    """When the next morning mail is due that has something to say; None if nothing waits."""
    settings = get_settings()
    listeners = {row.member.pk: row for row in list_listeners(today=today, settings=settings)}
    mornings = [listeners[member].morning for member in _waiting(listeners.values(), today)]
    return min((_next_mail(morning, now, settings.time_zone) for morning in mornings), default=None)


def _next_mail(morning: Morning, now: datetime, zone: str) -> datetime:
    day = morning.day_of(now, zone)
    at = morning.on(day, zone)
    return at if at > now else morning.on(day + timedelta(days=1), zone)


def _waiting(listeners: Iterable[Listener], today: date) -> dict[int, list[AlertNotice]]:
    """By member: open notices that no mail has told and that one should. One query."""
    by_member = {listener.member.pk: listener for listener in listeners}
    rows = AlertNotice.objects.open_on(today).filter(member__in=by_member, mailed_key="")
    found: dict[int, list[AlertNotice]] = {}
    for row in rows.select_related("alert").order_by("pk"):
        listener = by_member[row.member_id]
        if listener.delivery(row.alert) != Delivery.APP and listener.wants(row.alert):
            found.setdefault(row.member_id, []).append(row)
    return found


def _importance(row: AlertNotice) -> tuple[int, Sequence[object]]:
    return TONE_ORDER[row.alert.tone], (-row.alert.raised_at.timestamp(), row.pk)
