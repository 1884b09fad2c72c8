"""Who is a client on which day, what they pay, and what is known about the end of it.

How the book tells of a notice: a recurring line that still runs, whose end is agreed and which gives a reason
for ending that is no change of terms, while nothing of the same service follows it. It counts for the client
as a whole where no recurring line runs on after it; otherwise a part was cancelled, which is a contraction to
come. The book does not say when the notice came, so for past days the latest day that the contract allows is
taken: the end less the line's days of notice (30 where they are unknown).
"""

from typing import Any

from clients.contracts.models import ContractLine
from kpis.direct.lines import SCALE
from kpis.health.readings.asking import WITH_BOOK, WITH_DAYS, ClientDay, Days, Reading, by_client_day, fetch

# A line that ends for one of these goes on in another form.
CHANGES_OF_TERMS = tuple(ContractLine.Reason.values)
USUAL_NOTICE_DAYS = 30
SOON_DAYS = 90
OVERDUE_DAYS = 30
USAGE_MONTHS = 3

# Clients that pay, are paused or have a project on the day, and what they pay then and 90 days before; the
# change is measured at one exchange rate.
_SCOPE = """, scope AS MATERIALIZED (
  SELECT client.id AS client_id, day.day, COALESCE(presence.held @> day.day, FALSE) AS is_held, presence.held
  FROM clients_client client
  JOIN day ON client.archived_on IS NULL OR client.archived_on > day.day
  LEFT JOIN presence ON presence.client_id = client.id
  WHERE (%(clients)s::bigint[] IS NULL OR client.id = ANY(%(clients)s::bigint[]))
    AND (presence.active @> day.day OR EXISTS (
      SELECT FROM clients_contractline project
      WHERE project.client_id = client.id AND project.kind = 'one_off' AND NOT project.is_void
        AND project.starts_on <= day.day AND (project.ends_on IS NULL OR project.ends_on > day.day)))
), pay AS (
  SELECT scope.client_id, scope.day, line.amount,
    line.term @> scope.day AND NOT line.pauses @> scope.day AS is_live,
    line.term @> (scope.day - %(window)s) AND NOT line.pauses @> (scope.day - %(window)s) AS was_live,
    COALESCE(now_rate.rate, 1) AS rate, COALESCE(old_rate.rate, now_rate.rate, 1) AS old_rate
  FROM scope
  JOIN line ON line.client_id = scope.client_id AND line.is_recurring
  LEFT JOIN rate now_rate ON now_rate.currency = line.currency AND now_rate.days @> scope.day
  LEFT JOIN rate old_rate ON old_rate.currency = line.currency AND old_rate.days @> (scope.day - %(window)s)
)
SELECT scope.client_id, scope.day, scope.is_held,
  (SELECT MIN(lower(span)) FROM unnest(scope.held) AS span WHERE span @> scope.day) AS client_since,
  COALESCE(SUM(pay.amount * pay.rate) FILTER (WHERE pay.is_live), 0) / %(scale)s AS mrr,
  COALESCE(SUM(pay.amount * pay.old_rate) FILTER (WHERE pay.is_live), 0) / %(scale)s AS mrr_after,
  COALESCE(SUM(pay.amount * pay.old_rate) FILTER (WHERE pay.was_live), 0) / %(scale)s AS mrr_before
FROM scope LEFT JOIN pay USING (client_id, day)
GROUP BY scope.client_id, scope.day, scope.is_held, scope.held
"""

# The latest day in the window on which a client went on with less than the day before.
_CONTRACTION = """, change AS (
  SELECT edge.client_id, edge.day,
    COALESCE(SUM(line.amount * COALESCE(rate.rate, 1)) FILTER (
      WHERE line.term @> edge.day AND NOT line.pauses @> edge.day), 0) AS after,
    COALESCE(SUM(line.amount * COALESCE(rate.rate, 1)) FILTER (
      WHERE line.term @> (edge.day - 1) AND NOT line.pauses @> (edge.day - 1)), 0) AS before
  FROM edge
  JOIN line ON line.client_id = edge.client_id AND line.is_recurring
  LEFT JOIN rate ON rate.currency = line.currency AND rate.days @> edge.day
  WHERE edge.client_id = ANY(%(clients)s::bigint[])
    AND edge.day > %(first)s::date - %(window)s AND edge.day <= %(last)s
  GROUP BY edge.client_id, edge.day
)
SELECT DISTINCT ON (change.client_id, day.day) change.client_id, day.day, change.day AS contracted_on,
  (change.before - change.after) / %(scale)s AS lost_mrr
FROM day JOIN change ON change.day <= day.day AND change.day > day.day - %(window)s
WHERE change.after > 0 AND change.after < change.before
ORDER BY change.client_id, day.day, change.day DESC
"""

_ENDING = """, term AS (
  SELECT line.*, service.name AS service_name, btrim(line.ended_reason) <> ''
      AND lower(replace(btrim(line.ended_reason), ' ', '_')) <> ALL(%(changes)s::text[]) AS is_cancelled,
    EXISTS (
      SELECT FROM clients_contractline next WHERE next.client_id = line.client_id
        AND next.service_id = line.service_id AND next.id <> line.id AND next.kind = 'recurring'
        AND NOT next.is_void AND next.starts_on <= line.ends_on
        AND (next.ends_on IS NULL OR next.ends_on > line.ends_on)) AS goes_on
  FROM clients_contractline line JOIN clients_service service ON service.id = line.service_id
  WHERE line.kind = 'recurring' AND NOT line.is_void AND line.client_id = ANY(%(clients)s::bigint[])
), ending AS (
  SELECT day.day, term.client_id, term.ends_on, term.service_name, btrim(term.ended_reason) AS reason,
    term.is_auto_renewing, term.is_cancelled,
    GREATEST(LEAST(term.ends_on - COALESCE(term.notice_days, %(usual_notice)s), %(today)s), term.starts_on)
      AS noticed_on
  FROM day JOIN term ON term.starts_on <= day.day AND term.ends_on > day.day AND NOT term.goes_on
), noticed AS (
  SELECT client_id, day, MIN(ends_on) AS ends_on, MAX(ends_on) AS last_end, MIN(noticed_on) AS noticed_on,
    string_agg(DISTINCT service_name, ', ') AS services, MIN(reason) AS reason
  FROM ending WHERE is_cancelled AND noticed_on <= day GROUP BY client_id, day
), soon AS (
  SELECT client_id, day, MIN(ends_on) AS ends_on FROM ending
  WHERE NOT is_cancelled AND NOT is_auto_renewing AND ends_on <= day + %(soon)s GROUP BY client_id, day
)
SELECT client_id, day, noticed.ends_on AS notice_ends_on, noticed.noticed_on, noticed.services AS noticed_services,
  noticed.reason AS notice_reason, EXISTS (
    SELECT FROM clients_contractline other WHERE other.client_id = noticed.client_id
      AND other.kind = 'recurring' AND NOT other.is_void AND other.starts_on <= noticed.last_end
      AND (other.ends_on IS NULL OR other.ends_on > noticed.last_end)) AS is_partial,
  soon.ends_on AS ends_on, EXISTS (
    SELECT FROM clients_opportunity talk WHERE talk.client_id = soon.client_id AND talk.kind = 'renewal'
      AND (talk.closed_on IS NULL OR talk.closed_on > soon.day)
      AND (talk.expected_on IS NULL OR talk.expected_on <= soon.ends_on + %(soon)s)) AS has_renewal_talk
FROM noticed FULL JOIN soon USING (client_id, day)
"""

_OVERDUE = """
SELECT invoice.client_id, day.day, MIN(invoice.due_on) AS due_on, COUNT(*) AS invoices
FROM day JOIN clients_invoice invoice ON invoice.issued_on <= day.day
  AND invoice.due_on < day.day - %(overdue)s AND (invoice.paid_on IS NULL OR invoice.paid_on > day.day)
WHERE invoice.amount > 0 AND invoice.client_id = ANY(%(clients)s::bigint[])
GROUP BY invoice.client_id, day.day
"""

# Closed months only: the running one is not used up yet.
_USAGE = """
SELECT line.client_id, day.day, SUM(usage.hours_budget) AS hours_budget, SUM(usage.hours_used) AS hours_used
FROM day JOIN clients_retainerusage usage ON usage.month < date_trunc('month', day.day::timestamp)::date
  AND usage.month >= (date_trunc('month', day.day::timestamp) - make_interval(months => %(usage_months)s))::date
JOIN clients_contractline line ON line.id = usage.line_id AND NOT line.is_void
WHERE usage.hours_budget > 0 AND usage.hours_used IS NOT NULL AND line.client_id = ANY(%(clients)s::bigint[])
GROUP BY line.client_id, day.day
"""

# Whether a client of the day was one no longer `after` days later.
_LEAVING = """
SELECT presence.client_id, day.day, NOT presence.active @> (day.day + %(window)s) AS has_left
FROM presence JOIN day ON presence.held @> day.day
"""


def read_scope(asked: Days) -> Reading:
    """Everybody who is a client on each day, with `mrr` and the two ends of the commercial trend."""
    return by_client_day(fetch(WITH_BOOK + _SCOPE, asked.parameters() | {"scale": SCALE}))


def read_contracts(asked: Days) -> list[Reading]:
    """Contractions, agreed ends, late payments and used hours."""
    known: dict[str, Any] = asked.parameters() | {
        "scale": SCALE,
        "first": asked.first,
        "last": asked.last,
        "changes": list(CHANGES_OF_TERMS),
        "usual_notice": USUAL_NOTICE_DAYS,
        "soon": SOON_DAYS,
        "overdue": OVERDUE_DAYS,
        "usage_months": USAGE_MONTHS,
    }
    contraction = by_client_day(fetch(WITH_BOOK + _CONTRACTION, known))
    return [
        contraction,
        *(by_client_day(fetch(WITH_DAYS + sql, known)) for sql in (_ENDING, _OVERDUE, _USAGE)),
    ]


def read_leaving(asked: Days) -> dict[ClientDay, bool]:
    """Whether each client of each day had left `WINDOW_DAYS` later; `asked.today` must not lie before that."""
    last = Days((*asked.days, asked.today), asked.today, asked.settings)
    rows = fetch(WITH_BOOK + _LEAVING, last.parameters() | {"days": list(asked.days), "ends_at": []})
    return {(row["client_id"], row["day"]): row["has_left"] for row in rows}
