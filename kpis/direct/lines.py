"""Contract lines in SQL: what each client pays on which days, exactly.

Monthly amounts are kept in 72nds of a currency unit, so that thirds and twelfths of amounts stay whole:
a year's price / 12 is the price x 6 / 72, a week's x 52 / 12 is the price x 312 / 72.
Every text below is a `WITH` list that the queries of the family begin with.
"""

from typing import Any

from clients.contracts.models import MONTHLY_FRACTIONS
from kpis.direct.query import Query

SCALE = 72
PROJECT_TAIL_DAYS = 90  # client_basis "any": a client of a project stays one for so long after its end

_FACTORS = {interval: SCALE * times // by for interval, (times, by) in MONTHLY_FRACTIONS.items()}

# Recurring lines; with client_basis "any" also one-off lines, as terms without an amount.
_LINE = """
factor (interval, per) AS (SELECT * FROM unnest(%(intervals)s::text[], %(factors)s::numeric[])),
line AS MATERIALIZED (
  SELECT l.client_id, l.service_id, TRUE AS is_recurring, l.currency, l.amount * f.per AS amount, l.starts_on,
    l.reason, datemultirange(daterange(l.starts_on, l.ends_on)) AS term, COALESCE(
      (SELECT range_agg(daterange(p.starts_on, p.ends_on)) FROM clients_linepause p WHERE p.line_id = l.id),
      '{}') AS pauses
  FROM clients_contractline l JOIN factor f ON f.interval = l.interval
  WHERE l.kind = 'recurring' AND NOT l.is_void AND l.starts_on < %(cut_end)s
  UNION ALL
  SELECT client_id, service_id, FALSE, %(base)s, 0, starts_on, '',
    datemultirange(daterange(starts_on, ends_on + %(project_tail_days)s)), '{}'
  FROM clients_contractline
  WHERE kind = 'one_off' AND NOT is_void AND starts_on < %(cut_end)s AND %(basis)s = 'any'
)"""

# Days on which what a client pays in the contract's currency may change.
_EDGE = """
edge AS MATERIALIZED (
  SELECT client_id, lower(days) AS day FROM line, unnest(term - pauses) AS days WHERE is_recurring
  UNION
  SELECT client_id, upper(days) FROM line, unnest(term - pauses) AS days
  WHERE is_recurring AND upper(days) < %(cut_end)s
),
rate AS MATERIALIZED (
  SELECT %(base)s::text AS currency, daterange(NULL, NULL) AS days, 1::numeric AS rate,
    DATE '0001-01-01' AS since
  UNION ALL
  SELECT currency, daterange(effective_on, lead(effective_on) OVER following), rate_to_base, effective_on
  FROM clients_fxrate WHERE currency <> %(base)s AND effective_on < %(cut_end)s
  WINDOW following AS (PARTITION BY currency ORDER BY effective_on)
)"""

# The days on which a client pays (MRR above 0), and those on which it is a client: paying, or in a pause that
# broke off its paying and is no longer than allowed, or (client_basis "any") in a project.
_PRESENCE = """
level AS (
  SELECT edge.client_id, COALESCE(SUM(line.amount * COALESCE(rate.rate, 1)), 0) AS mrr,
    daterange(edge.day, lead(edge.day) OVER (PARTITION BY edge.client_id ORDER BY edge.day)) AS days
  FROM edge
  LEFT JOIN line ON line.client_id = edge.client_id AND line.term @> edge.day AND NOT line.pauses @> edge.day
  LEFT JOIN rate ON rate.currency = line.currency AND rate.days @> edge.day
  GROUP BY edge.client_id, edge.day
),
paid AS MATERIALIZED (SELECT client_id, range_agg(days) AS days FROM level WHERE mrr > 0 GROUP BY client_id),
kept_pause AS (
  SELECT paid.client_id,
    range_agg(daterange(lower(gap), LEAST(upper(gap), lower(gap) + %(max_pause_days)s))) AS days
  FROM paid
  JOIN (SELECT client_id, range_agg(term * pauses) AS days FROM line WHERE amount > 0 GROUP BY client_id) idle
    USING (client_id), unnest(idle.days - paid.days) AS gap
  WHERE paid.days @> (lower(gap) - 1)
  GROUP BY paid.client_id
),
project AS (SELECT client_id, range_agg(term) AS days FROM line WHERE NOT is_recurring GROUP BY client_id),
presence AS MATERIALIZED (
  SELECT client_id, days.paid, days.paid + days.paused AS held,
    days.paid + days.paused + days.at_work AS active
  FROM paid LEFT JOIN kept_pause USING (client_id) FULL JOIN project USING (client_id),
    LATERAL (SELECT COALESCE(paid.days, '{}') AS paid, COALESCE(kept_pause.days, '{}') AS paused,
      COALESCE(project.days, '{}') AS at_work) AS days
)"""

BOOK = "WITH " + ", ".join((_LINE, _EDGE, _PRESENCE))


def parameters(query: Query) -> dict[str, Any]:
    """The named parameters that BOOK and the queries of the family use."""
    return {
        "start": query.start,
        "cut_end": query.cut_end,
        "opening_day": query.opening_day,
        "closing_day": query.closing_day,
        "base": query.settings.currency,
        "basis": query.settings.client_basis,
        "max_pause_days": query.settings.max_pause_days,
        "project_tail_days": PROJECT_TAIL_DAYS,
        "intervals": list(_FACTORS),
        "factors": list(_FACTORS.values()),
    }
