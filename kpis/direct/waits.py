"""Waits: from a client's oldest unanswered message to the first human reply, in business time.

One set-based statement cuts every thread into waits; the elapsed time of each comes from
`clients.service.business_time`, the clock of every SLA figure. What opens and closes a wait:

- the client's message opens one when none is open; further messages of the client do not reset it;
- the agency's next public, human message closes it; automatic messages and internal notes do nothing;
- a message marked "no reply needed" ends the wait without a pair, and opens none itself;
- after a close the client's next message starts a new wait, also in a reopened thread.

A reply that is dated up to an hour before its request was opened is a wrong clock, not an earlier mail: it
answers the first message in no time and is flagged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from accounts.models import AgencySettings
from clients.models import SLAPolicy
from clients.service.business_time import Calendar, business_microseconds
from kpis.direct.evidence import as_json, fetch, remembered
from kpis.direct.query import Query, SliceKey
from kpis.direct.slices import client_slice

MICROSECONDS_PER_HOUR = 3_600_000_000
# Without any policy: round the clock, and the source's four hours.
DEFAULT_REPLY_HOURS = Decimal(4)

# Every wait that opens in `[starts_at, cut_at)`, as `numbered`, of what was written before `known_until`.
# Materialized: should the planner ever take a full table for an empty one, it must not cut the threads once a row.
WAITS = """
WITH thread AS MATERIALIZED (
  SELECT request_id,
    MIN(sent_at) FILTER (WHERE direction = 'inbound' AND NOT no_reply_needed) AS first_inbound_at
  FROM clients_message
  WHERE NOT is_auto AND is_public AND sent_at < %(known_until)s AND request_id IN (
    SELECT request_id FROM clients_message
    WHERE direction = 'inbound' AND sent_at >= %(starts_at)s AND sent_at < %(cut_at)s
  )
  GROUP BY request_id
), act AS (
  SELECT message.request_id, message.id, message.sent_at,
    CASE WHEN message.no_reply_needed THEN 'dismissal'
         WHEN message.direction = 'inbound' THEN 'opening' ELSE 'reply' END AS kind,
    CASE WHEN message.direction = 'outbound'
          AND message.sent_at < request.opened_at AND message.sent_at < thread.first_inbound_at
          AND message.sent_at >= thread.first_inbound_at - interval '1 hour'
         THEN thread.first_inbound_at ELSE message.sent_at END AS counts_at
  FROM clients_message message
  JOIN thread ON thread.request_id = message.request_id
  JOIN clients_request request ON request.id = message.request_id
  WHERE NOT message.is_auto AND (message.is_public OR message.no_reply_needed)
    AND message.sent_at < %(known_until)s
), turn AS (
  SELECT *, COUNT(*) FILTER (WHERE kind <> 'opening') OVER (
    PARTITION BY request_id ORDER BY counts_at, kind <> 'opening', id
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS number FROM act
), wait AS (
  SELECT request_id, number,
    MIN(sent_at) FILTER (WHERE kind = 'opening') AS inbound_at,
    MIN(sent_at) FILTER (WHERE kind = 'reply') AS replied_at,
    MIN(sent_at) FILTER (WHERE kind = 'dismissal') AS dismissed_at, bool_or(kind = 'dismissal') AS is_dismissed
  FROM turn GROUP BY request_id, number HAVING bool_or(kind = 'opening')
), numbered AS MATERIALIZED (
  SELECT *, NOT is_dismissed AND COUNT(*) FILTER (WHERE NOT is_dismissed) OVER (
    PARTITION BY request_id ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) = 0 AS is_first FROM wait
)
"""
_SQL = (
    WAITS
    + """
SELECT {slice} AS slice_key, request.book_id AS request, client.book_id AS client,
  client.name AS client_name, client.sla_policy_id AS policy_id,
  numbered.inbound_at, numbered.replied_at, numbered.is_dismissed, numbered.is_first
FROM numbered
JOIN clients_request request ON request.id = numbered.request_id
JOIN clients_client client ON client.id = request.client_id
WHERE numbered.inbound_at >= %(starts_at)s AND numbered.inbound_at < %(cut_at)s
ORDER BY numbered.inbound_at, request.book_id
"""
)


class Outcome(StrEnum):
    MET = "met"
    BREACHED = "breached"
    PENDING = "pending"
    NO_REPLY_NEEDED = "no_reply_needed"


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait of the period, with the business time until its reply, or so far if it has none."""

    slice_key: SliceKey
    request: str
    client: str
    client_name: str
    inbound_at: datetime
    replied_at: datetime | None
    is_first: bool
    outcome: Outcome
    hours: Decimal
    target_hours: Decimal

    @property
    def is_pair(self) -> bool:
        """Whether it was answered, so that its time counts in medians and means."""
        return self.replied_at is not None and self.outcome != Outcome.NO_REPLY_NEEDED

    @property
    def is_skewed(self) -> bool:
        """Whether the reply is dated before the message, which only a wrong clock can do."""
        return self.replied_at is not None and self.replied_at < self.inbound_at

    def as_json(self) -> dict[str, Any]:
        """The wait as an evidence row."""
        return as_json(
            request=self.request,
            client=self.client,
            name=self.client_name,
            inbound_at=self.inbound_at,
            replied_at=self.replied_at,
            hours=self.hours,
            target_hours=self.target_hours,
            outcome=self.outcome.value,
            is_first=self.is_first,
            is_skewed=self.is_skewed,
        )


@dataclass(frozen=True, slots=True)
class Promise:
    """What a client was promised: hours to a reply, counted by a calendar (None: round the clock)."""

    hours: Decimal
    calendar: Calendar | None


@dataclass(frozen=True, slots=True)
class _Span:
    slice_key: SliceKey
    request: str
    client: str
    client_name: str
    policy_id: int | None
    inbound_at: datetime
    replied_at: datetime | None
    is_dismissed: bool
    is_first: bool


def list_waits(query: Query) -> list[Wait]:
    """Waits whose opening message falls in the period, as known at the close of `as_of`; oldest first."""
    return remembered(query, "waits", lambda: _read_waits(query))


def _read_waits(query: Query) -> list[Wait]:
    day = "(numbered.inbound_at AT TIME ZONE %(zone)s)::date"
    sql = _SQL.format(slice=client_slice(query.by, "client.id", day))
    promises = list_promises(query.settings)
    spans = fetch(query, _Span, sql)
    return [_wait(span, promises, query.known_until) for span in spans]


def list_promises(settings: AgencySettings) -> dict[int | None, Promise]:
    """The promise of each policy; under None that of clients without one: the default policy's, else 4 h.

    `settings.reply_hours`, where the agency decided it, stands for the hours of the default policy.
    """
    chosen = settings.reply_hours
    promises: dict[int | None, Promise] = {None: Promise(chosen or DEFAULT_REPLY_HOURS, None)}
    calendars: dict[int, Calendar] = {}
    for policy in SLAPolicy.objects.select_related("calendar"):
        # Policies of one calendar share the years that it works out.
        if policy.calendar is not None and policy.calendar.pk not in calendars:
            calendars[policy.calendar.pk] = Calendar.from_spec(policy.calendar.spec)
        calendar = calendars[policy.calendar.pk] if policy.calendar else None
        hours = chosen if policy.is_default and chosen else policy.reply_hours
        promises[policy.pk] = Promise(hours, calendar)
        if policy.is_default:
            promises[None] = promises[policy.pk]
    return promises


def _wait(span: _Span, promises: Mapping[int | None, Promise], known_until: datetime) -> Wait:
    promise = promises[span.policy_id]
    elapsed = business_microseconds(promise.calendar, span.inbound_at, span.replied_at or known_until)
    return Wait(
        slice_key=span.slice_key,
        request=span.request,
        client=span.client,
        client_name=span.client_name,
        inbound_at=span.inbound_at,
        replied_at=span.replied_at,
        is_first=span.is_first,
        outcome=_outcome(span, is_late=elapsed > promise.hours * MICROSECONDS_PER_HOUR),
        hours=Decimal(elapsed) / MICROSECONDS_PER_HOUR,
        target_hours=promise.hours,
    )


def _outcome(span: _Span, *, is_late: bool) -> Outcome:
    if span.is_dismissed:
        return Outcome.NO_REPLY_NEEDED
    if is_late:
        return Outcome.BREACHED
    return Outcome.PENDING if span.replied_at is None else Outcome.MET
