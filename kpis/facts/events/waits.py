"""Waits as facts, cut from the threads as `kpis.direct.waits` does it, for all as-of days at once.

What a message makes of a thread does not change with later messages: it opens, closes or does nothing. So a wait
is known from its first message on, and only its end comes later: `closed_on`, and before that perhaps `late_on`.
"""

from collections.abc import Sequence

from django.db.models import Max, Min

from accounts.models import AgencySettings
from clients.models import Message
from kpis.facts.events.promises import PROMISES, microseconds, promise_parameters, reached_at, worked_until
from kpis.facts.events.storing import PLACED, delete_facts, place, run, scope

_THREADS = """
act AS (
  SELECT message.request_id, message.id, message.sent_at, message.direction, request.client_id,
    CASE WHEN message.no_reply_needed THEN 'dismissal'
         WHEN message.direction = 'inbound' THEN 'opening' ELSE 'reply' END AS kind,
    request.opened_at, MIN(message.sent_at) FILTER (
      WHERE message.direction = 'inbound' AND NOT message.no_reply_needed
    ) OVER (PARTITION BY message.request_id) AS first_inbound_at
  FROM clients_message message
  JOIN clients_request request ON request.id = message.request_id
  WHERE NOT message.is_auto AND (message.is_public OR message.no_reply_needed) AND {scope}
), placed_act AS (
  SELECT *, CASE WHEN direction = 'outbound' AND sent_at < opened_at AND sent_at < first_inbound_at
      AND sent_at >= first_inbound_at - interval '1 hour'
    THEN first_inbound_at ELSE sent_at END AS counts_at
  FROM act
), turn AS (
  SELECT *, COUNT(*) FILTER (WHERE kind <> 'opening') OVER (
    PARTITION BY request_id ORDER BY counts_at, kind <> 'opening', id
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS number FROM placed_act
), wait AS (
  SELECT request_id, client_id, number, MIN(id) FILTER (WHERE kind = 'opening') AS id,
    MIN(sent_at) FILTER (WHERE kind = 'opening') AS inbound_at,
    MIN(sent_at) FILTER (WHERE kind <> 'opening') AS closed_at,
    bool_or(kind = 'dismissal') AS is_dismissed
  FROM turn GROUP BY request_id, client_id, number HAVING bool_or(kind = 'opening')
), numbered AS (
  SELECT *, NOT is_dismissed AND COUNT(*) FILTER (WHERE NOT is_dismissed) OVER (
    PARTITION BY request_id ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) = 0 AS is_first, (inbound_at AT TIME ZONE %(zone)s)::date AS day
  FROM wait
)"""

# OFFSET 0 keeps each step apart, so that every search in a calendar runs once a wait.
_INSERT = """
INSERT INTO kpis_waitfact (id, client_id, am_id, team_id, segment, day, closed_on, late_on, elapsed, is_first,
  is_dismissed, is_late, is_skewed)
WITH {promises}, {threads}, held AS (
  SELECT numbered.*, {placed}, COALESCE(place_client.sla_policy_id, 0) AS policy
  FROM numbered {place} OFFSET 0
), timed AS (
  SELECT held.*, promise.*, {inbound} AS came, {closed} AS closed
  FROM held JOIN promise USING (policy) OFFSET 0
), measured AS (
  SELECT timed.*, {worked_before} AS worked_before, {worked_until} AS worked_until FROM timed OFFSET 0
), judged AS (
  SELECT measured.*, {due} AS due,
    CASE WHEN closed <= came THEN 0 WHEN closed IS NOT NULL THEN worked_until - worked_before END AS elapsed
  FROM measured OFFSET 0
)
SELECT id, client_id, am_id, team_id, segment, day,
  (CASE WHEN closed < came THEN inbound_at ELSE closed_at END AT TIME ZONE %(zone)s)::date,
  ((timestamptz 'epoch' + due * interval '1 microsecond') AT TIME ZONE %(zone)s)::date,
  elapsed, is_first, is_dismissed, COALESCE(elapsed > target, FALSE),
  NOT is_dismissed AND COALESCE(closed < came, FALSE)
FROM judged ORDER BY day
"""


def store_waits(*, settings: AgencySettings, clients: Sequence[int] | None) -> None:
    """Replace the waits of these clients (all if None)."""
    delete_facts("kpis_waitfact", clients)
    sent = Message.objects.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    if sent["first"] is None:
        return
    text = _INSERT.format(
        promises=PROMISES,
        threads=_THREADS.format(scope=scope("request.client_id", clients)),
        placed=PLACED,
        place=place("numbered.client_id", "numbered.day"),
        inbound=microseconds("held.inbound_at"),
        closed=microseconds("held.closed_at"),
        worked_before=worked_until("came"),
        worked_until=worked_until("closed"),
        due=reached_at("(worked_before + target)"),
    )
    run(text, settings, clients, **promise_parameters(sent["first"], sent["last"], settings))
