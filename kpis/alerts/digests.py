"""The morning mail: one a member and day, by the agency's clock, and none when there is nothing to say."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts.models import OutboxEmail
from accounts.selectors import get_settings
from agencyam.jobs.crashpoints import reach
from agencyam.jobs.localtime import at_local
from agencyam.locks import wait_for
from kpis.alerts import mail
from kpis.alerts.models import AlertNotice
from kpis.alerts.rules import TONE_ORDER, Delivery
from kpis.alerts.subscriptions import Listener, list_listeners


@transaction.atomic
def send_due(*, today: date, now: datetime, site: str) -> int:
    """Post the mails whose hour has come today and that are not posted yet. Returns how many.

    A mail tells what was new before its hour; what comes later waits for the next morning.
    """
    wait_for("alerts")
    settings = get_settings()
    listeners = list_listeners(today=today, settings=settings)
    due = {
        listener.member.pk: listener
        for listener in listeners
        if _hour_on(listener, today, settings.time_zone) <= now
    }
    waiting = _waiting(due.values(), today)
    keys = {member: mail.digest_key(due[member].member, today) for member in waiting}
    posted = set(OutboxEmail.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    done = 0
    for member, notices in waiting.items():
        at = _hour_on(due[member], today, settings.time_zone)
        told = sorted((row for row in notices if row.created_at < at), key=_importance)
        if not told or keys[member] in posted:
            continue
        mail.post_digest(member=due[member].member, notices=told, day=today, site=site)
        AlertNotice.objects.filter(pk__in=[row.pk for row in told]).update(mailed_key=keys[member])
        reach("alerts.mailed")
        done += 1
    return done


def find_next(*, today: date, now: datetime) -> datetime | None:
    """When the next morning mail is due that has something to say; None if nothing waits."""
    settings = get_settings()
    listeners = {row.member.pk: row for row in list_listeners(today=today, settings=settings)}
    hours = []
    for member in _waiting(listeners.values(), today):
        hour = _hour_on(listeners[member], today, settings.time_zone)
        tomorrow = _hour_on(listeners[member], today + timedelta(days=1), settings.time_zone)
        hours.append(hour if hour > now else tomorrow)
    return min(hours, default=None)


def _hour_on(listener: Listener, day: date, zone: str) -> datetime:
    return at_local(day, time(listener.digest_hour), zone)


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
