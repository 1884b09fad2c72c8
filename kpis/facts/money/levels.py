"""SQL that turns contract lines and assignments into levels, presence and owners.

Set by set, for some clients or all. The rules are those of `kpis.direct.lines`; LEVELS and PRESENCE continue LINE.
"""

# Recurring lines; with client_basis "any" also one-off lines, as terms without an amount. `live`: served.
# `idle`: paused. Together they are the term.
LINE = """WITH factor (interval, per) AS (SELECT * FROM unnest(%(intervals)s::text[], %(factors)s::numeric[])),
pause AS (
  SELECT line_id, range_agg(daterange(starts_on, ends_on)) AS days FROM clients_linepause GROUP BY line_id
),
line AS MATERIALIZED (
  SELECT l.client_id, l.service_id, TRUE AS is_recurring, l.currency, l.amount * f.per AS amount, l.starts_on,
    l.reason, term.days AS term, term.days - COALESCE(pause.days, '{{}}') AS live,
    term.days * COALESCE(pause.days, '{{}}') AS idle
  FROM clients_contractline l JOIN factor f USING (interval) LEFT JOIN pause ON pause.line_id = l.id,
    LATERAL (SELECT datemultirange(daterange(l.starts_on, l.ends_on)) AS days) term
  WHERE l.kind = 'recurring' AND NOT l.is_void AND {mine}
  UNION ALL
  SELECT l.client_id, l.service_id, FALSE, %(base)s, 0, l.starts_on, '', term.days, term.days, '{{}}'
  FROM clients_contractline l,
    LATERAL (SELECT datemultirange(daterange(l.starts_on, l.ends_on + %(project_tail_days)s)) AS days) term
  WHERE l.kind = 'one_off' AND NOT l.is_void AND %(basis)s = 'any' AND {mine}
)"""

LEVELS = """, stretch AS (
  SELECT client_id, service_id, currency, days FROM line, unnest(live) AS days
  UNION ALL SELECT client_id, service_id, currency, days FROM line, unnest(idle) AS days
),
cut AS (
  SELECT client_id, service_id, currency, lower(days) AS day FROM stretch
  UNION SELECT client_id, service_id, currency, upper(days) FROM stretch WHERE NOT upper_inf(days)
),
span AS (
  SELECT client_id, service_id, currency, day,
    lead(day) OVER (PARTITION BY client_id, service_id, currency ORDER BY day) AS until
  FROM cut
)
INSERT INTO kpis_mrrlevel (client_id, service_id, currency, starts_on, ends_on, amount, is_live, is_offered)
SELECT client_id, service_id, currency, span.day, span.until,
  COALESCE(SUM(line.amount) FILTER (WHERE line.live @> span.day), 0),
  COALESCE(bool_or(line.live @> span.day) FILTER (WHERE line.is_recurring), FALSE),
  bool_or(line.amount > 0 OR NOT line.is_recurring)
FROM span JOIN line USING (client_id, service_id, currency)
WHERE line.term @> span.day
GROUP BY client_id, service_id, currency, span.day, span.until"""

# A client pays while its MRR is above 0, judged on the days on which its lines change; it is held while it pays
# or is in a pause that broke off its paying and is no longer than allowed.
PRESENCE = """, edge AS (
  SELECT client_id, lower(days) AS day FROM line, unnest(live) AS days WHERE is_recurring
  UNION SELECT client_id, upper(days) FROM line, unnest(live) AS days WHERE is_recurring AND NOT upper_inf(days)
),
rung AS (
  SELECT client_id, day, daterange(day, lead(day) OVER (PARTITION BY client_id ORDER BY day)) AS days FROM edge
),
paid AS MATERIALIZED (
  SELECT client_id, range_agg(days) AS days FROM (
    SELECT rung.client_id, rung.days FROM rung
    JOIN line ON line.client_id = rung.client_id AND line.live @> rung.day
    LEFT JOIN LATERAL (
      SELECT rate_to_base AS rate FROM kpis_mrrrate quote
      WHERE line.currency <> %(base)s AND quote.currency = line.currency AND quote.effective_on <= rung.day
      ORDER BY quote.effective_on DESC LIMIT 1
    ) rate ON TRUE
    GROUP BY rung.client_id, rung.days HAVING SUM(line.amount * COALESCE(rate.rate, 1)) > 0
  ) paying GROUP BY client_id
),
kept_pause AS (
  SELECT paid.client_id,
    range_agg(daterange(lower(gap), LEAST(upper(gap), lower(gap) + %(max_pause_days)s))) AS days
  FROM paid JOIN (SELECT client_id, range_agg(idle) AS days FROM line WHERE amount > 0 GROUP BY client_id) idle
    USING (client_id), unnest(idle.days - paid.days) AS gap
  WHERE paid.days @> (lower(gap) - 1)
  GROUP BY paid.client_id
),
project AS (SELECT client_id, range_agg(term) AS days FROM line WHERE NOT is_recurring GROUP BY client_id)
INSERT INTO kpis_clientpresence (client_id, kind, starts_on, ends_on)
SELECT client_id, ranges.kind, lower(stay), upper(stay)
FROM paid LEFT JOIN kept_pause USING (client_id) FULL JOIN project USING (client_id),
  LATERAL (SELECT COALESCE(paid.days, '{{}}') AS paid, COALESCE(kept_pause.days, '{{}}') AS paused,
    COALESCE(project.days, '{{}}') AS at_work) AS found,
  LATERAL (VALUES ('paid', found.paid), ('held', found.paid + found.paused),
    ('active', found.paid + found.paused + found.at_work)) AS ranges (kind, days),
  unnest(ranges.days) AS stay"""

# One row per client and stretch of days with the same owners; the first begins with the calendar.
OWNERS = """WITH border AS (
  SELECT id AS client_id, DATE '0001-01-01' AS day FROM clients_client l WHERE {mine_by_id}
  UNION SELECT l.client_id, edge.day FROM clients_assignment l, unnest(ARRAY[l.starts_on, l.ends_on]) AS edge (day)
    WHERE l.role = 'primary' AND edge.day IS NOT NULL AND {mine}
  UNION SELECT l.client_id, edge.day FROM clients_assignment l
    JOIN accounts_teammembership place USING (member_id), unnest(ARRAY[place.starts_on, place.ends_on]) AS edge (day)
    WHERE l.role = 'primary' AND edge.day IS NOT NULL AND {mine}
),
owner AS (
  SELECT border.client_id, border.day, held.member_id AS am_id, place.team_id,
    lag(border.day) OVER before AS previous, lag(held.member_id) OVER before AS am_before,
    lag(place.team_id) OVER before AS team_before
  FROM border
  LEFT JOIN clients_assignment held ON held.client_id = border.client_id AND held.role = 'primary'
    AND held.starts_on <= border.day AND (held.ends_on IS NULL OR held.ends_on > border.day)
  LEFT JOIN accounts_teammembership place ON place.member_id = held.member_id
    AND place.starts_on <= border.day AND (place.ends_on IS NULL OR place.ends_on > border.day)
  WINDOW before AS (PARTITION BY border.client_id ORDER BY border.day)
)
INSERT INTO kpis_clientowner (client_id, am_id, team_id, starts_on, ends_on)
SELECT client_id, am_id, team_id, day, lead(day) OVER (PARTITION BY client_id ORDER BY day)
FROM owner
WHERE previous IS NULL OR am_id IS DISTINCT FROM am_before OR team_id IS DISTINCT FROM team_before"""
