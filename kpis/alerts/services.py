"""Alerts: finding causes and telling each once; what members do about them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Permission
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs.crashpoints import reach
from agencyam.locks import wait_for
from kpis.alerts import mail
from kpis.alerts.cause import Asking, Cause
from kpis.alerts.causes import list_causes
from kpis.alerts.models import Alert, AlertNotice
from kpis.alerts.rules import TONE_ORDER, Delivery, Rule
from kpis.alerts.subscriptions import Listener, list_listeners

# More than so many at once are a flood: the others wait for the morning mail.
MOST_MAILS_AT_ONCE = 5
_TOLD = ("measure", "tone", "title", "detail", "row", "action")
# A member puts an alert off for a year at most.
MOST_SNOOZE_DAYS = 366


class CannotSnooze(Refused):
    pass


class CannotResolve(Refused):
    pass


@dataclass(frozen=True)
class Evaluated:
    """How many alerts were raised and ended, how many members were told, and how many of them by mail."""

    raised: int
    ended: int
    notices: int
    mails: int


@transaction.atomic
def evaluate(
    *,
    today: date,
    now: datetime,
    site: str,
    clients: Collection[int] | None = None,
    rules: Collection[Rule] = tuple(Rule),
) -> Evaluated:
    """Raise what is new, end what is over, and tell who wants to know. Safe to run twice or at once.

    `clients` None looks at everybody, otherwise at these alone. `site` is the agency's address, for the mails.
    """
    wait_for("alerts")
    settings = get_settings()
    asked = Asking(today, now, settings, None if clients is None else sorted(set(clients)))
    told, causes = list_causes(asked, rules=rules)
    found = {cause.key: cause for cause in causes if cause.rule in rules}
    holding = {alert.cause_key: alert for alert in _holding(told & set(rules), asked)}
    ended = [alert for key, alert in holding.items() if key not in found]
    _end(ended, now)
    kept = [alert for key, alert in holding.items() if key in found]
    _retell(kept, found)
    raised = _raise(found, holding, {alert.cause_key for alert in ended}, now)
    listeners = list_listeners(today=today, settings=settings)
    fresh = _tell([*kept, *raised], listeners, now)
    reach("alerts.told")
    return Evaluated(len(raised), len(ended), len(fresh), _mail_at_once(fresh, listeners, site))


def _holding(rules: Collection[Rule], asked: Asking) -> Iterable[Alert]:
    alerts = Alert.objects.holding().filter(rule__in=rules)
    if asked.clients is not None:
        alerts = alerts.filter(Q(client__isnull=True) | Q(client__in=asked.clients))
    return alerts.order_by("pk")


def _end(alerts: Sequence[Alert], now: datetime) -> None:
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(
        ended_at=now, resolved_at=Coalesce("resolved_at", now)
    )


def _retell(alerts: Iterable[Alert], found: Mapping[str, Cause]) -> None:
    """What holds on is told as it stands now."""
    changed = []
    for alert in alerts:
        fields = _told(found[alert.cause_key])
        if any(getattr(alert, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(alert, name, value)
            changed.append(alert)
    if changed:
        Alert.objects.bulk_update(changed, _TOLD, batch_size=500)


def _raise(
    found: Mapping[str, Cause], holding: Mapping[str, Alert], over: Collection[str], now: datetime
) -> list[Alert]:
    """What did not hold before. Right after a graver cause a milder one is kept, but as no news."""
    alerts = []
    for key, cause in found.items():
        if key in holding:
            continue
        is_news = not set(cause.after) & set(over)
        alerts.append(
            Alert(
                rule=cause.rule,
                cause_key=key,
                client_id=cause.client_id,
                by=cause.by,
                slice_key=cause.slice_key,
                raised_at=now,
                resolved_at=None if is_news else now,
                **_told(cause),
            )
        )
    return Alert.objects.bulk_create(alerts, batch_size=500)


def _told(cause: Cause) -> dict[str, object]:
    return {
        "measure": cause.measure,
        "tone": cause.tone,
        "title": cause.title[:300],
        "detail": cause.detail,
        "row": cause.row.stored(),
        "action": cause.action.stored(),
    }


def _tell(alerts: Iterable[Alert], listeners: Iterable[Listener], now: datetime) -> list[AlertNotice]:
    """A notice for everybody who wants to know and does not yet; nobody is told of what is resolved."""
    current = [alert for alert in alerts if alert.resolved_at is None]
    known = set(
        AlertNotice.objects.filter(alert__in=[alert.pk for alert in current]).values_list(
            "alert_id", "member_id"
        )
    )
    notices = [
        AlertNotice(alert=alert, member=listener.member, created_at=now)
        for listener in listeners
        for alert in current
        if (alert.pk, listener.member.pk) not in known and listener.wants(alert)
    ]
    return AlertNotice.objects.bulk_create(notices, batch_size=1000)


def _mail_at_once(notices: Iterable[AlertNotice], listeners: Iterable[Listener], site: str) -> int:
    """Post the mails of those who want them now, the gravest first. Returns how many."""
    by_member = {listener.member.pk: listener for listener in listeners}
    wanted: dict[int, list[AlertNotice]] = {}
    for notice in notices:
        if by_member[notice.member_id].delivery(notice.alert) == Delivery.AT_ONCE:
            wanted.setdefault(notice.member_id, []).append(notice)
    posted = []
    for waiting in wanted.values():
        for notice in sorted(waiting, key=lambda notice: TONE_ORDER[notice.alert.tone])[:MOST_MAILS_AT_ONCE]:
            notice.mailed_key = mail.post_alert(notice=notice, site=site)
            posted.append(notice)
    AlertNotice.objects.bulk_update(posted, ["mailed_key"])
    reach("alerts.mailed")
    return len(posted)


@transaction.atomic
def finish_notice(*, by: User, notice: AlertNotice, now: datetime) -> None:
    """The member has done what there was to do; others keep theirs."""
    notice.done_at, notice.seen_at = now, notice.seen_at or now
    notice.save(update_fields=["done_at", "seen_at"])
    audit.record(by=by, action="alert.done", target=notice.alert)


@transaction.atomic
def snooze_notice(*, by: User, notice: AlertNotice, until: date, today: date) -> None:
    """Put it off until a day, on which it comes back as new. Raises CannotSnooze."""
    if until <= today:
        raise CannotSnooze("An alert comes back on a later day than today.")
    if (until - today).days > MOST_SNOOZE_DAYS:
        raise CannotSnooze("An alert can be put off for a year at most.")
    notice.snoozed_until, notice.done_at, notice.seen_at = until, None, None
    notice.save(update_fields=["snoozed_until", "done_at", "seen_at"])
    audit.record(by=by, action="alert.snooze", target=notice.alert, changes={"until": until})


@transaction.atomic
def reopen_notice(*, by: User, notice: AlertNotice) -> None:
    """Take back "done" or "snoozed", and one's own word that it is resolved for everybody."""
    notice.done_at = notice.snoozed_until = None
    notice.save(update_fields=["done_at", "snoozed_until"])
    Alert.objects.filter(pk=notice.alert_id, resolved_by=by, ended_at__isnull=True).update(
        resolved_by=None, resolved_at=None
    )
    audit.record(by=by, action="alert.reopen", target=notice.alert)


@transaction.atomic
def resolve_alert(*, by: User, alert: Alert, now: datetime) -> None:
    """Close it for everybody: it is not raised again unless it ends and begins anew. Raises CannotResolve."""
    if not can(by, Permission.TOUCHPOINT_LOG):
        raise CannotResolve("Your role reads alerts; it does not close them for others.")
    alert = Alert.objects.select_for_update().get(pk=alert.pk)
    if alert.resolved_at is not None:
        raise CannotResolve("This alert is resolved already.")
    alert.resolved_at, alert.resolved_by = now, by
    alert.save(update_fields=["resolved_at", "resolved_by"])
    audit.record(by=by, action="alert.resolve", target=alert)


@transaction.atomic
def mark_seen(*, member: User, now: datetime) -> int:
    """Everything of a member up to now is no longer new. Returns how many."""
    return (
        AlertNotice.objects.of(member).filter(seen_at__isnull=True, created_at__lte=now).update(seen_at=now)
    )
