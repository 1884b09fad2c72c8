"""SQL that derives the movements from levels, presence and owners: kpis.md 4.8 for all days at once.

A moment is a day on which a client's lines, rates or owners change. The rules are those of
`kpis.direct.movements.classify`; a missing exchange rate adds nothing, as there.
MOVEMENTS continues kpis.facts.money.levels.LINE.
"""

# Digits after the point of a share that has no end.
PLACES = 40

MOVEMENTS = """, level AS MATERIALIZED (SELECT * FROM kpis_mrrlevel l WHERE {mine}),
owner AS MATERIALIZED (SELECT * FROM kpis_clientowner l WHERE {mine}),
presence AS MATERIALIZED (SELECT * FROM kpis_clientpresence l WHERE {mine}),
moment AS MATERIALIZED (
  SELECT client_id, starts_on AS day FROM level
  UNION SELECT client_id, ends_on FROM level WHERE ends_on IS NOT NULL
  UNION SELECT client_id, starts_on FROM owner WHERE starts_on > DATE '0001-01-01'
  UNION SELECT level.client_id, quote.effective_on FROM level
    JOIN kpis_mrrrate quote ON quote.currency = level.currency AND quote.effective_on > level.starts_on
      AND (level.ends_on IS NULL OR quote.effective_on <= level.ends_on)
    WHERE level.currency <> %(base)s AND level.amount <> 0
),
quote AS MATERIALIZED (
  SELECT day.day, money.currency, before.rate AS rate_before, today.rate AS rate_now
  FROM (SELECT DISTINCT day FROM moment) day
  CROSS JOIN (SELECT DISTINCT currency FROM level) money
  LEFT JOIN LATERAL (
    SELECT rate_to_base AS rate FROM kpis_mrrrate q
    WHERE money.currency <> %(base)s AND q.currency = money.currency AND q.effective_on < day.day
    ORDER BY q.effective_on DESC LIMIT 1
  ) earlier ON TRUE
  LEFT JOIN LATERAL (
    SELECT rate_to_base AS rate FROM kpis_mrrrate q
    WHERE money.currency <> %(base)s AND q.currency = money.currency AND q.effective_on <= day.day
    ORDER BY q.effective_on DESC LIMIT 1
  ) latest ON TRUE,
  LATERAL (SELECT CASE WHEN money.currency = %(base)s THEN 1 ELSE earlier.rate END AS rate) before,
  LATERAL (SELECT CASE WHEN money.currency = %(base)s THEN 1 ELSE latest.rate END AS rate) today
),
held AS (
  SELECT moment.client_id, moment.day, MIN(presence.starts_on) FILTER (WHERE presence.kind = 'paid') AS first_paid,
    bool_or(presence.kind = 'held' AND presence.starts_on < moment.day
      AND (presence.ends_on IS NULL OR presence.ends_on >= moment.day)) AS is_held_before,
    bool_or(presence.kind = 'held' AND presence.starts_on <= moment.day
      AND (presence.ends_on IS NULL OR presence.ends_on > moment.day)) AS is_held_now
  FROM moment LEFT JOIN presence USING (client_id)
  GROUP BY moment.client_id, moment.day
),
stance AS MATERIALIZED (
  SELECT held.*, mine.am_id, mine.team_id, theirs.am_id AS am_before, theirs.team_id AS team_before
  FROM held
  JOIN owner mine ON mine.client_id = held.client_id AND mine.starts_on <= held.day
    AND (mine.ends_on IS NULL OR mine.ends_on > held.day)
  JOIN owner theirs ON theirs.client_id = held.client_id AND theirs.starts_on < held.day
    AND (theirs.ends_on IS NULL OR theirs.ends_on >= held.day)
),
near AS MATERIALIZED (
  SELECT stance.*, level.service_id, level.currency, level.amount, level.starts_on < stance.day AS is_before,
    level.starts_on < stance.day AND level.is_live AS was_live,
    level.ends_on IS NULL OR level.ends_on > stance.day AS is_now
  FROM stance JOIN level ON level.client_id = stance.client_id AND level.starts_on <= stance.day
    AND (level.ends_on IS NULL OR level.ends_on >= stance.day)
),
mark AS (
  SELECT client_id, service_id, upper(days) AS day, 'resumed' AS word FROM line, unnest(idle) AS days
  WHERE amount > 0 AND term @> upper(days)
  UNION ALL
  SELECT client_id, service_id, starts_on, 'repriced' FROM line WHERE reason = 'price_change' AND live @> starts_on
),
-- One grouping instead of joins: the planner cannot know how many rows there are, and would choose badly.
raw AS (
  SELECT client_id, day, service_id, bool_or(was_live) AS had, bool_or(word = 'resumed') AS resumed,
    bool_or(word = 'repriced') AS repriced,
    COALESCE(SUM(amount * rate_before) FILTER (WHERE is_before), 0) AS was,
    COALESCE(SUM(amount * rate_now) FILTER (WHERE is_before), 0) AS carried,
    COALESCE(SUM(amount * rate_now) FILTER (WHERE is_now), 0) AS now,
    MIN(first_paid) AS first_paid, bool_or(is_held_before) AS is_held_before, bool_or(is_held_now) AS is_held_now,
    MIN(am_id) AS am_id, MIN(team_id) AS team_id, MIN(am_before) AS am_before, MIN(team_before) AS team_before
  FROM (
    SELECT near.*, quote.rate_before, quote.rate_now, NULL AS word FROM near JOIN quote USING (day, currency)
    UNION ALL
    SELECT mark.client_id, mark.day, NULL, NULL, NULL, NULL, NULL, NULL, NULL, mark.service_id, NULL, NULL, NULL,
      NULL, NULL, NULL, NULL, mark.word
    FROM mark
  ) known
  GROUP BY client_id, day, service_id
),
floored AS (
  SELECT client_id, day, service_id, had, resumed, repriced, first_paid, is_held_before, is_held_now,
    am_id, team_id, am_before, team_before,
    CASE WHEN SUM(was) OVER client > 0 THEN was ELSE 0 END AS was,
    CASE WHEN SUM(carried) OVER client > 0 THEN carried ELSE 0 END AS carried,
    CASE WHEN SUM(now) OVER client > 0 THEN now ELSE 0 END AS now
  FROM raw WINDOW client AS (PARTITION BY client_id, day)
),
state AS (
  SELECT *, now - carried AS change, SUM(carried) OVER client AS client_carried, SUM(now) OVER client AS client_now,
    SUM(GREATEST(now - carried, 0)) OVER client AS grown, SUM(LEAST(now - carried, 0)) OVER client AS shrunk
  FROM floored WINDOW client AS (PARTITION BY client_id, day)
),
judged AS MATERIALIZED (
  SELECT *,
    CASE
      WHEN client_carried = 0 OR client_now = 0 THEN change
      WHEN client_now > client_carried AND change > 0 THEN
        round(round((client_now - client_carried) * change, %(places)s) / grown, %(places)s)
      WHEN client_now < client_carried AND change < 0 THEN
        round(round((client_now - client_carried) * change, %(places)s) / shrunk, %(places)s)
      ELSE 0
    END AS moved,
    CASE
      WHEN client_carried = 0 THEN
        CASE WHEN first_paid IS NULL OR first_paid >= day THEN 'new' WHEN is_held_before THEN 'resume'
          ELSE 'reactivation' END
      WHEN client_now = 0 THEN CASE WHEN is_held_now THEN 'pause' ELSE 'churn' END
      WHEN client_now <= client_carried THEN 'contraction'
      WHEN had AND repriced THEN 'price_change'
      WHEN resumed THEN 'resume'
      WHEN had THEN 'upsell' ELSE 'cross_sell'
    END AS kind
  FROM state WHERE was <> 0 OR carried <> 0 OR now <> 0
)
INSERT INTO kpis_mrrmovement (client_id, service_id, day, kind, scope, amount, am_id, team_id)
SELECT client_id, service_id, day, kind, '', moved, am_id, team_id FROM judged WHERE moved <> 0
UNION ALL
SELECT client_id, service_id, day, 'fx', '', carried - was, am_before, team_before FROM judged WHERE carried <> was
UNION ALL
SELECT client_id, service_id, day, CASE WHEN change > moved THEN 'transfer_in' ELSE 'transfer_out' END, 'service',
  change - moved, am_id, team_id
FROM judged WHERE change <> moved
UNION ALL
SELECT client_id, service_id, day, side.kind, side.scope, side.sign * carried,
  CASE WHEN side.sign > 0 THEN am_id ELSE am_before END, CASE WHEN side.sign > 0 THEN team_id ELSE team_before END
FROM judged JOIN (
  VALUES ('transfer_out', 'am', -1), ('transfer_in', 'am', 1), ('transfer_out', 'team', -1), ('transfer_in', 'team', 1)
) AS side (kind, scope, sign) ON (side.scope = 'am' AND am_id IS DISTINCT FROM am_before)
  OR (side.scope = 'team' AND team_id IS DISTINCT FROM team_before)
WHERE carried <> 0"""
