"""What was due, what is late, and how long clients take to approve."""

from clients.models import Deliverable
from kpis.health.readings.asking import WITH_DAYS, Days, Reading, by_client_day, fetch

# The promised day as the KPI `on_time_delivery_rate` has it.
_PROMISE = """, promise AS (
  SELECT *, CASE WHEN delay_cause = %(agreed)s THEN COALESCE(due_on, baseline_due_on) ELSE baseline_due_on END
    AS promised_on
  FROM clients_deliverable
  WHERE lower(status) <> %(cancelled)s AND client_id = ANY(%(clients)s::bigint[])
)"""

_DUE = """
SELECT promise.client_id, day.day,
  COUNT(*) FILTER (WHERE promised_on > day.day - %(window)s) AS due,
  COUNT(*) FILTER (WHERE promised_on > day.day - %(window)s
    AND delivered_on <= LEAST(promised_on, day.day)) AS on_time,
  MAX(promised_on) FILTER (WHERE promised_on > day.day - %(window)s
    AND NOT COALESCE(delivered_on <= LEAST(promised_on, day.day), FALSE)) AS last_late_due_on,
  COUNT(*) FILTER (WHERE promised_on < day.day AND NOT COALESCE(delivered_on <= day.day, FALSE)) AS overdue,
  MIN(promised_on) FILTER (WHERE promised_on < day.day
    AND NOT COALESCE(delivered_on <= day.day, FALSE)) AS overdue_since
FROM day JOIN promise ON promised_on <= day.day AND promised_on > day.day - %(sentiment_window)s
GROUP BY promise.client_id, day.day
"""

# An open approval has waited until the day itself.
_APPROVALS = """
SELECT promise.client_id, day.day, COUNT(*) AS submitted,
  AVG(GREATEST(LEAST(COALESCE(approved_on, day.day), day.day) - submitted_on, 0)) AS approval_days,
  COUNT(*) FILTER (WHERE NOT COALESCE(approved_on <= day.day, FALSE)) AS unapproved
FROM day JOIN promise ON submitted_on <= day.day AND submitted_on > day.day - %(window)s
GROUP BY promise.client_id, day.day
"""


def read_delivery(asked: Days) -> list[Reading]:
    """Deliverables due, late and waiting for the client's approval."""
    known = asked.parameters() | {
        "agreed": Deliverable.DelayCause.AGREED.value,
        "cancelled": Deliverable.CANCELLED,
    }
    return [by_client_day(fetch(WITH_DAYS + _PROMISE + sql, known)) for sql in (_DUE, _APPROVALS)]
