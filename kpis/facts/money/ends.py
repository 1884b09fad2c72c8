"""SQL for both ends of many periods at once: MRR and clients at the opening and the closing, slice by slice.

Amounts are in 72nds, by the rules of `kpis.direct.waterfall`. The relation `standing` has a row per period
number, `key` and `side`: `o` the opening, `c` the closing, `x` only that the slice took part, `p` (no slice) the
clients of the whole agency that paid at the opening.
"""

from kpis.facts.money.slicing import Slicing

# Periods by number, and what a currency was worth on their days.
PERIOD = """WITH period AS MATERIALIZED (
  SELECT number, start, cut_end, start - 1 AS opening_day, cut_end - 1 AS closing_day
  FROM unnest(%(starts)s::date[], %(cut_ends)s::date[]) WITH ORDINALITY AS p (start, cut_end, number)
),
day AS MATERIALIZED (SELECT opening_day AS day FROM period UNION SELECT closing_day FROM period)"""

_QUOTES = """,
money AS MATERIALIZED (SELECT DISTINCT currency FROM kpis_mrrlevel),
quote AS MATERIALIZED (
  SELECT day.day, money.currency, CASE WHEN money.currency = %(base)s THEN 1 ELSE latest.rate END AS rate
  FROM day CROSS JOIN money LEFT JOIN LATERAL (
    SELECT rate_to_base AS rate FROM kpis_mrrrate q
    WHERE money.currency <> %(base)s AND q.currency = money.currency AND q.effective_on <= day.day
    ORDER BY q.effective_on DESC LIMIT 1
  ) latest ON TRUE
),
opening_quote AS MATERIALIZED (
  SELECT period.number, money.currency, CASE WHEN money.currency = %(base)s THEN 1 ELSE COALESCE(
    (SELECT rate_to_base FROM kpis_mrrrate q WHERE q.currency = money.currency
      AND q.effective_on <= period.opening_day ORDER BY q.effective_on DESC LIMIT 1),
    (SELECT rate_to_base FROM kpis_mrrrate q WHERE q.currency = money.currency
      AND q.effective_on < period.cut_end ORDER BY q.effective_on LIMIT 1)) END AS rate
  FROM period CROSS JOIN money
),
active AS MATERIALIZED (
  SELECT day.day, presence.client_id FROM day JOIN kpis_clientpresence presence ON presence.kind = 'active'
    AND presence.starts_on <= day.day AND (presence.ends_on IS NULL OR presence.ends_on > day.day)
),
owned AS MATERIALIZED (
  SELECT day.day, owner.client_id, owner.am_id, owner.team_id FROM day JOIN kpis_clientowner owner
    ON owner.starts_on <= day.day AND (owner.ends_on IS NULL OR owner.ends_on > day.day)
)"""

_CLIENT_ENDS = """,
worth AS MATERIALIZED (
  SELECT day.day, level.client_id, GREATEST(COALESCE(SUM(level.amount * quote.rate), 0), 0) AS mrr
  FROM day JOIN kpis_mrrlevel level ON level.starts_on <= day.day AND (level.ends_on IS NULL OR level.ends_on > day.day)
  JOIN quote ON quote.day = day.day AND quote.currency = level.currency
  WHERE {among}
  GROUP BY day.day, level.client_id
),
fixed AS MATERIALIZED (
  SELECT period.number, level.client_id, GREATEST(COALESCE(SUM(level.amount * quote.rate), 0), 0) AS mrr
  FROM period JOIN kpis_mrrlevel level ON level.starts_on <= period.closing_day
    AND (level.ends_on IS NULL OR level.ends_on > period.closing_day)
  JOIN opening_quote quote ON quote.number = period.number AND quote.currency = level.currency
  WHERE {among}
  GROUP BY period.number, level.client_id
),
profile AS MATERIALIZED (
  SELECT worth.day, worth.client_id, worth.mrr, active.client_id IS NOT NULL AS is_active, {key} AS key
  FROM worth JOIN owned USING (day, client_id) JOIN clients_client client ON client.id = worth.client_id
  LEFT JOIN active USING (day, client_id)
),
standing AS (
  SELECT period.number, opening.key, 'o' AS side, SUM(opening.mrr) AS mrr,
    COUNT(*) FILTER (WHERE opening.mrr > 0) AS paying, COUNT(*) FILTER (WHERE opening.is_active) AS clients,
    COUNT(*) FILTER (WHERE opening.is_active AND active.client_id IS NOT NULL) AS retained,
    COALESCE(SUM(fixed.mrr) FILTER (WHERE opening.mrr > 0), 0) AS cohort_closing,
    COALESCE(SUM(LEAST(opening.mrr, COALESCE(fixed.mrr, 0))) FILTER (WHERE opening.mrr > 0), 0) AS kept
  FROM period JOIN profile opening ON opening.day = period.opening_day
  LEFT JOIN active ON active.day = period.closing_day AND active.client_id = opening.client_id
  LEFT JOIN fixed ON fixed.number = period.number AND fixed.client_id = opening.client_id
  GROUP BY period.number, opening.key
  UNION ALL
  SELECT period.number, closing.key, 'c', SUM(closing.mrr), COUNT(*) FILTER (WHERE closing.mrr > 0),
    COUNT(*) FILTER (WHERE closing.is_active), 0, 0, 0
  FROM period JOIN profile closing ON closing.day = period.closing_day
  GROUP BY period.number, closing.key
  UNION ALL
  SELECT period.number, {key}, 'x', 0, 0, 0, 0, 0, 0
  FROM period JOIN kpis_mrrlevel level ON level.starts_on = period.start OR level.ends_on = period.closing_day
  JOIN owned ON owned.client_id = level.client_id AND (
    (level.starts_on = period.start AND owned.day = period.opening_day)
    OR (level.ends_on = period.closing_day AND owned.day = period.closing_day))
  JOIN clients_client client ON client.id = level.client_id
  GROUP BY 1, 2
)"""

_SERVICE_ENDS = """,
raw AS (
  SELECT day.day, level.client_id, level.service_id, COALESCE(SUM(level.amount * quote.rate), 0) AS mrr,
    bool_or(level.is_offered) AS is_offered
  FROM day JOIN kpis_mrrlevel level ON level.starts_on <= day.day AND (level.ends_on IS NULL OR level.ends_on > day.day)
  JOIN quote ON quote.day = day.day AND quote.currency = level.currency
  GROUP BY day.day, level.client_id, level.service_id
),
worth AS MATERIALIZED (
  SELECT raw.day, raw.client_id, service_id, is_offered AND active.client_id IS NOT NULL AS is_client,
    CASE WHEN SUM(mrr) OVER client > 0 THEN mrr ELSE 0 END AS mrr, SUM(mrr) OVER client > 0 AS is_paying
  FROM raw LEFT JOIN active USING (day, client_id) WINDOW client AS (PARTITION BY raw.day, raw.client_id)
),
fixed_raw AS (
  SELECT period.number, level.client_id, level.service_id, COALESCE(SUM(level.amount * quote.rate), 0) AS mrr
  FROM period JOIN kpis_mrrlevel level ON level.starts_on <= period.closing_day
    AND (level.ends_on IS NULL OR level.ends_on > period.closing_day)
  JOIN opening_quote quote ON quote.number = period.number AND quote.currency = level.currency
  GROUP BY period.number, level.client_id, level.service_id
),
fixed AS (
  SELECT number, client_id, service_id,
    CASE WHEN SUM(mrr) OVER (PARTITION BY number, client_id) > 0 THEN mrr ELSE 0 END AS mrr
  FROM fixed_raw
),
pair AS (
  SELECT number, client_id, service_id, COALESCE(opening.mrr, 0) AS was, COALESCE(fixed.mrr, 0) AS fixed,
    opening.is_client, opening.is_paying
  FROM (SELECT period.number, worth.* FROM period JOIN worth ON worth.day = period.opening_day) opening
  FULL JOIN fixed USING (number, client_id, service_id)
),
judged AS (
  SELECT *, bool_or(is_paying) OVER client AS is_cohort,
    GREATEST(SUM(was - fixed) OVER client, 0) AS loss, SUM(GREATEST(was - fixed, 0)) OVER client AS shrunk
  FROM pair WINDOW client AS (PARTITION BY number, client_id)
),
standing AS (
  SELECT judged.number, service_id AS key, 'o' AS side, SUM(was) AS mrr, COUNT(*) FILTER (WHERE was > 0) AS paying,
    COUNT(*) FILTER (WHERE is_client) AS clients,
    COUNT(*) FILTER (WHERE is_client AND active.client_id IS NOT NULL) AS retained,
    COALESCE(SUM(fixed) FILTER (WHERE is_cohort), 0) AS cohort_closing,
    COALESCE(SUM(CASE WHEN loss = 0 THEN was
      ELSE was - round(round(loss * GREATEST(was - fixed, 0), %(places)s) / shrunk, %(places)s) END)
      FILTER (WHERE is_cohort), 0) AS kept
  FROM judged JOIN period USING (number)
  LEFT JOIN active ON active.day = period.closing_day AND active.client_id = judged.client_id
  WHERE is_client IS NOT NULL OR is_cohort
  GROUP BY judged.number, service_id
  UNION ALL
  SELECT period.number, service_id, 'c', SUM(mrr), COUNT(*) FILTER (WHERE mrr > 0),
    COUNT(*) FILTER (WHERE is_client), 0, 0, 0
  FROM period JOIN worth ON worth.day = period.closing_day GROUP BY period.number, service_id
  UNION ALL
  SELECT DISTINCT period.number, level.service_id, 'x', 0, 0, 0, 0, 0, 0 FROM period
  JOIN kpis_mrrlevel level ON level.starts_on = period.start OR level.ends_on = period.closing_day
  UNION ALL
  SELECT period.number, NULL, 'p', 0, COUNT(DISTINCT client_id) FILTER (WHERE is_paying), 0, 0, 0, 0
  FROM period JOIN worth ON worth.day = period.opening_day GROUP BY period.number
)"""


def ends_query(slicing: Slicing, only: str | None) -> str:
    """The beginning of a WITH list, up to the relation `standing`."""
    body = _SERVICE_ENDS
    if slicing.by != "service":
        body = _CLIENT_ENDS.format(key=slicing.of_client, among=slicing.among("level.client_id", only))
    return PERIOD + _QUOTES + body
