"""Causes that the clock makes: replies that become late, and days until which notice can be given."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from agencyam.money import format_money
from clients.models import ContractLine
from clients.service.business_time import NoOpening, add_business_seconds
from kpis.alerts.cause import Asking, Cause, Link, client_link, days_words, in_words
from kpis.alerts.rules import GRAVE, MILD, RULES, Rule
from kpis.direct.waits import WAITS, Promise, list_promises
from kpis.health.readings.asking import fetch
from kpis.health.readings.contracts import CHANGES_OF_TERMS

# A message that nobody answered for so long is no longer answered by an alert.
_WAITS_DAYS = 90
_HOUR = 3600
_INSTANT = Decimal("0.000001")
# Where a client's page shows what they ask.
REQUESTS = "?show=requests#story"

_OPEN_WAITS = (
    WAITS
    + """
SELECT request.id AS request_id, request.subject, request.client_id, client.name AS client_name,
  client.sla_policy_id AS policy_id, numbered.inbound_at, contact.name AS contact_name
FROM numbered
JOIN clients_request request ON request.id = numbered.request_id
JOIN clients_client client ON client.id = request.client_id
LEFT JOIN clients_contact contact ON contact.id = request.contact_id
WHERE numbered.replied_at IS NULL AND NOT numbered.is_dismissed
  AND numbered.inbound_at >= %(starts_at)s AND numbered.inbound_at < %(cut_at)s
  AND (request.resolved_at IS NULL OR request.resolved_at > %(cut_at)s)
  AND (%(clients)s::bigint[] IS NULL OR request.client_id = ANY(%(clients)s::bigint[]))
ORDER BY numbered.inbound_at, request.id
"""
)


@dataclass(frozen=True)
class Wait:
    """A client's message without a reply: when it begins to be nearly late (`soon_at`), and when it is late."""

    row: dict[str, Any]
    soon_at: datetime
    late_at: datetime

    @property
    def key(self) -> str:
        """The key of its cause."""
        return f"wait:{self.row['request_id']}:{self.row['inbound_at']:%Y%m%dT%H%M%S%fZ}"


def read_waits(asked: Asking) -> list[Cause]:
    """Unanswered messages of open requests that are late, or will be within one business hour."""
    return [_wait_cause(wait, asked) for wait in list_open_waits(asked) if wait.soon_at <= asked.now]


def list_open_waits(asked: Asking) -> Iterator[Wait]:
    """Every unanswered message of an open request; two queries."""
    rows = fetch(
        _OPEN_WAITS,
        {
            "starts_at": asked.now - timedelta(days=_WAITS_DAYS),
            "cut_at": asked.now,
            "known_until": asked.now,
            "clients": None if asked.clients is None else sorted(asked.clients),
        },
    )
    promises = list_promises(asked.settings)
    for row in rows:
        wait = _timed(row, promises[row["policy_id"]])
        if wait is not None:
            yield wait


def find_next_change(asked: Asking) -> datetime | None:
    """When the next unanswered message becomes nearly late, or late; None if none will."""
    moments = (at for wait in list_open_waits(asked) for at in (wait.soon_at, wait.late_at))
    return min((at for at in moments if at > asked.now), default=None)


def _timed(row: dict[str, Any], promise: Promise) -> Wait | None:
    """None for a calendar that never opens again."""
    seconds = promise.hours * _HOUR
    try:
        return Wait(
            row,
            add_business_seconds(promise.calendar, row["inbound_at"], max(seconds - _HOUR, Decimal(0))),
            add_business_seconds(promise.calendar, row["inbound_at"], seconds + _INSTANT),
        )
    except NoOpening:
        return None


def _wait_cause(wait: Wait, asked: Asking) -> Cause:
    row, is_late = wait.row, wait.late_at <= asked.now
    zone = ZoneInfo(asked.settings.time_zone)
    due, asked_at = wait.late_at.astimezone(zone), row["inbound_at"].astimezone(zone)
    who = f"{row['contact_name']} of {row['client_name']}" if row["contact_name"] else row["client_name"]
    about = f"“{row['subject']}”: " if row["subject"] else ""
    state = "has waited too long for a reply" if is_late else "waits for a reply that is nearly late"
    promised = "was" if is_late else "is"
    return Cause(
        key=wait.key,
        rule=Rule.LATE_REPLY,
        measure=GRAVE if is_late else MILD,
        tone="bad" if is_late else "warn",
        title=f"{who} {state}"[:300],
        detail=f"{about}asked {_clock(asked_at)}; the reply {promised} promised by {_clock(due)}.",
        row=client_link(row["client_id"], row["subject"] or "The request", REQUESTS),
        action=client_link(row["client_id"], "Reply to the request", REQUESTS),
        client_id=row["client_id"],
    )


def _clock(instant: datetime) -> str:
    return f"{in_words(instant.date())}, {instant:%H:%M}"


def read_notice_dates(asked: Asking) -> list[Cause]:
    """Recurring lines whose last day for notice comes near, and whose end nobody has settled yet."""
    until = asked.today + timedelta(days=RULES[Rule.NOTICE].widest)
    following = (
        ContractLine.objects.recurring()
        .valid()
        .filter(
            Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on")),
            client=OuterRef("client"),
            service=OuterRef("service"),
            starts_on__lte=OuterRef("ends_on"),
        )
        .exclude(pk=OuterRef("pk"))
    )
    lines = (
        ContractLine.objects.recurring()
        .active_on(asked.today)
        .filter(ends_on__isnull=False, client__archived_on__isnull=True)
        .filter(Q(ended_reason="") | Q(ended_reason__in=CHANGES_OF_TERMS))
        .filter(ends_on__gt=asked.today, ends_on__lte=until + timedelta(days=_MOST_NOTICE_DAYS))
        .exclude(Exists(following))
        .annotate(notice=Coalesce(F("notice_days"), 0))
        .select_related("client", "service")
        .order_by("ends_on", "pk")
    )
    if asked.clients is not None:
        lines = lines.filter(client__in=asked.clients)
    causes = (_notice_cause(line, line.ends_on, asked) for line in lines if line.ends_on is not None)
    return [cause for cause in causes if 0 <= cause.measure <= RULES[Rule.NOTICE].widest]


# Longer notice than two years is a slip of the keyboard.
_MOST_NOTICE_DAYS = 731


def _notice_cause(line: ContractLine, ends_on: date, asked: Asking) -> Cause:
    notice_on = ends_on - timedelta(days=line.notice_days or 0)
    left = (notice_on - asked.today).days
    amount = format_money(line.monthly_amount, line.currency, locale=asked.settings.locale, places=0)
    what = f"{line.service.name}, {amount} a month"
    if line.is_auto_renewing:
        outcome = f"It renews by itself on {in_words(ends_on)}."
        words = "Agree the renewal before it renews by itself"
    else:
        outcome = f"Its last day is {in_words(ends_on - timedelta(days=1))}; nothing follows it yet."
        words = "Agree the renewal"
    unknown = "" if line.notice_days is not None else " No notice period is known."
    when = "today" if left == 0 else f"in {days_words(left)}"
    return Cause(
        key=f"line:{line.pk}:{notice_on}",
        rule=Rule.NOTICE,
        measure=left,
        tone="bad" if left <= 7 else "warn" if left <= 30 else "info",
        title=f"{line.client.name}: last day for notice {when} ({line.service.name})"[:300],
        detail=f"{what}: notice until {in_words(notice_on)}. {outcome}{unknown}",
        row=_line_link(line, what),
        action=_line_link(line, words),
        client_id=line.client_id,
    )


def _line_link(line: ContractLine, words: str) -> Link:
    return client_link(line.client_id, words, "#lines")
