"""How fast we answer, and how fast the client does.

The waits are those of the KPIs (`kpis.direct.waits`). Each is judged once: on which day it was answered,
dismissed, or late; then every day asked for counts those that it knows.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from agencyam.periods import local_day
from clients.service.business_time import NoOpening, add_business_seconds, business_microseconds
from kpis.direct.waits import MICROSECONDS_PER_HOUR, WAITS, Promise, list_promises
from kpis.health.readings.asking import WITH_DAYS, Days, Reading, by_client_day, fetch

_WAIT = (
    WAITS
    + """
SELECT request.client_id, client.sla_policy_id AS policy_id, numbered.inbound_at, numbered.replied_at,
  numbered.dismissed_at, numbered.is_first
FROM numbered
JOIN clients_request request ON request.id = numbered.request_id
JOIN clients_client client ON client.id = request.client_id
WHERE numbered.inbound_at >= %(starts_at)s AND numbered.inbound_at < %(cut_at)s
  AND request.client_id = ANY(%(clients)s::bigint[])
"""
)

_REPLIES = """, wait AS (
  SELECT * FROM unnest(%(of)s::bigint[], %(opened)s::date[], %(replied)s::date[], %(dismissed)s::date[],
    %(late)s::date[], %(first)s::boolean[], %(pace)s::numeric[])
    AS wait (client_id, opened_on, replied_on, dismissed_on, late_on, is_first, pace)
), known AS (
  SELECT wait.*, day.day, wait.late_on <= day.day AS is_late,
    wait.replied_on <= day.day AND wait.late_on IS NULL AS is_met
  FROM day JOIN wait ON opened_on <= day.day AND opened_on > day.day - %(window)s
  WHERE NOT COALESCE(wait.dismissed_on <= day.day, FALSE)
)
SELECT client_id, day, COUNT(*) FILTER (WHERE is_met) AS met, COUNT(*) FILTER (WHERE is_late) AS late,
  COUNT(*) FILTER (WHERE is_late AND is_first) AS late_first, MAX(opened_on) FILTER (WHERE is_late) AS last_late_on,
  COUNT(*) FILTER (WHERE replied_on <= day) AS replies,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY pace) FILTER (WHERE replied_on <= day)::numeric AS pace
FROM known GROUP BY client_id, day
"""

# From our message to the client's next one in the thread, in clock hours: we do not know their calendar.
_CLIENT_REPLIES = """, said AS (
  SELECT message.request_id, request.client_id, message.sent_at, message.direction,
    lag(message.direction) OVER thread AS before, lag(message.sent_at) OVER thread AS asked_at
  FROM clients_message message JOIN clients_request request ON request.id = message.request_id
  WHERE NOT message.is_auto AND message.is_public AND message.sent_at >= %(starts_at)s
    AND message.sent_at < %(cut_at)s AND request.client_id = ANY(%(clients)s::bigint[])
  WINDOW thread AS (PARTITION BY message.request_id ORDER BY message.sent_at, message.id)
), reply AS (
  SELECT client_id, (sent_at AT TIME ZONE %(zone)s)::date AS replied_on,
    extract(epoch FROM sent_at - asked_at) / 3600 AS hours
  FROM said WHERE direction = 'inbound' AND before = 'outbound'
)
SELECT reply.client_id, day.day, COUNT(*) AS client_replies,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY hours)::numeric AS client_hours
FROM day JOIN reply ON replied_on <= day.day AND replied_on > day.day - %(window)s
GROUP BY reply.client_id, day.day
"""


def read_service(asked: Days) -> list[Reading]:
    """Replies in time and late, the usual pace of ours against the promise, and the client's own."""
    known = asked.parameters()
    promises = list_promises(asked.settings)
    waits = [_judged(row, promises, asked.zone) for row in fetch(_WAIT, known)]
    columns = {name: [wait[name] for wait in waits] for name in _COLUMNS}
    return [
        by_client_day(fetch(WITH_DAYS + _REPLIES, known | columns)),
        by_client_day(fetch(WITH_DAYS + _CLIENT_REPLIES, known)),
    ]


_COLUMNS = ("of", "opened", "replied", "dismissed", "late", "first", "pace")


def _judged(row: dict[str, Any], promises: dict[int | None, Promise], zone: str) -> dict[str, Any]:
    """A wait with the local days on which it was opened, answered, dismissed and, if ever, late.

    `pace` is the business time of the answer as a share of what was promised.
    """
    promise = promises[row["policy_id"]]
    replied_at, late_at = row["replied_at"], _late_at(promise, row["inbound_at"])
    pace = None
    if replied_at is not None:
        hours = business_microseconds(promise.calendar, row["inbound_at"], replied_at)
        pace = Decimal(hours) / MICROSECONDS_PER_HOUR / promise.hours
    is_late = late_at is not None and (replied_at is None or replied_at >= late_at)
    return {
        "of": row["client_id"],
        "opened": local_day(row["inbound_at"], zone),
        # A reply dated before its message was there when the message came.
        "replied": local_day(max(replied_at, row["inbound_at"]), zone) if replied_at else None,
        "dismissed": local_day(row["dismissed_at"], zone) if row["dismissed_at"] else None,
        "late": local_day(late_at, zone) if late_at is not None and is_late else None,
        "first": row["is_first"],
        "pace": pace,
    }


def _late_at(promise: Promise, inbound_at: datetime) -> datetime | None:
    """The first instant by which more than the promised time has passed; None for a calendar that never opens."""
    try:
        seconds = promise.hours * 3600 + Decimal("0.000001")
        return add_business_seconds(promise.calendar, inbound_at, seconds)
    except NoOpening:
        return None
