"""Conversations with a client, and the people there who decide."""

from accounts.cadence import read_cadence
from kpis.direct.touchpoints import ACTIVE_DAYS
from kpis.health.readings.asking import WITH_BOOK, WITH_DAYS, Days, Reading, by_client_day, fetch

# The client-months of the last 90 days, as the KPI `touchpoint_coverage` counts them in such a period.
_COVERAGE = """, month AS (
  SELECT day.day, daterange(GREATEST(first::date, day.day - %(window)s + 1),
    LEAST((first + interval '1 month')::date, day.day + 1)) AS days
  FROM day, generate_series(date_trunc('month', (day.day - %(window)s + 1)::timestamp), day.day::timestamp,
    interval '1 month') AS first
), client_month AS MATERIALIZED (
  SELECT presence.client_id, month.day, month.days
  FROM presence JOIN month ON presence.active && month.days
  WHERE presence.client_id = ANY(%(clients)s::bigint[]) AND (SELECT SUM(upper(span) - lower(span))
    FROM unnest(presence.active * datemultirange(month.days)) AS span) >= %(active_days)s
), held AS MATERIALIZED (
  SELECT client_id, (occurred_at AT TIME ZONE %(zone)s)::date AS held_on FROM clients_touchpoint
  WHERE status = 'held' AND occurred_at >= %(starts_at)s AND occurred_at < %(cut_at)s
    AND client_id = ANY(%(clients)s::bigint[])
), counted AS (
  SELECT client_month.client_id, client_month.day, client_month.days, COUNT(held.held_on) AS touchpoints,
    (SELECT COALESCE(of_tier.minimum, of_segment.minimum, %(minimum)s) FROM clients_client client
      LEFT JOIN unnest(%(tiers)s::text[], %(tier_minimums)s::int[]) AS of_tier (tier, minimum) USING (tier)
      LEFT JOIN unnest(%(segments)s::text[], %(segment_minimums)s::int[]) AS of_segment (segment, minimum)
        USING (segment)
      WHERE client.id = client_month.client_id) AS enough
  FROM client_month LEFT JOIN held ON held.client_id = client_month.client_id AND client_month.days @> held.held_on
  GROUP BY client_month.client_id, client_month.day, client_month.days
)
SELECT client_id, day, COUNT(*) AS client_months, COUNT(*) FILTER (WHERE touchpoints >= enough) AS covered,
  SUM(touchpoints)::integer AS touchpoints
FROM counted GROUP BY client_id, day
"""

# Books write roles as they like; a role is known by the word in it.
_PEOPLE = """, role (role, pattern) AS (
  VALUES ('sponsor', '%%sponsor%%'), ('decision maker', '%%decision%%'), ('champion', '%%champion%%')
), person AS MATERIALIZED (
  SELECT contact.id, contact.client_id, contact.name, contact.left_on, role.role
  FROM clients_contact contact JOIN role ON contact.buying_role ILIKE role.pattern
  WHERE contact.client_id = ANY(%(clients)s::bigint[])
), client_day AS MATERIALIZED (
  SELECT client.id AS client_id, day.day, day.ends_at
  FROM unnest(%(clients)s::bigint[]) AS client (id) CROSS JOIN day
), met AS MATERIALIZED (
  SELECT person.client_id, person.left_on, touchpoint.occurred_at
  FROM person JOIN clients_touchpoint touchpoint ON touchpoint.contact_id = person.id
  WHERE person.role = 'decision maker' AND touchpoint.status = 'held'
), talk AS (
  SELECT client_day.client_id, client_day.day, (MAX(met.occurred_at) AT TIME ZONE %(zone)s)::date AS last_on
  FROM client_day JOIN met ON met.client_id = client_day.client_id AND met.occurred_at < client_day.ends_at
    AND (met.left_on IS NULL OR met.left_on > client_day.day)
  GROUP BY client_day.client_id, client_day.day
)
SELECT client_day.client_id, client_day.day, latest.last_on AS last_touchpoint_on, latest.at AS last_touchpoint_at,
  COALESCE(known.roles, '{}') AS roles, known.decision_makers, talk.last_on AS decision_maker_on,
  gone.name AS gone_name, gone.role AS gone_role, gone.left_on AS gone_on
FROM client_day
LEFT JOIN LATERAL (
  SELECT MAX(occurred_at) AS at, (MAX(occurred_at) AT TIME ZONE %(zone)s)::date AS last_on
  FROM clients_touchpoint touchpoint WHERE touchpoint.client_id = client_day.client_id
    AND touchpoint.status = 'held' AND touchpoint.occurred_at < client_day.ends_at
) latest ON TRUE
LEFT JOIN LATERAL (
  SELECT array_agg(DISTINCT role ORDER BY role) AS roles,
    string_agg(DISTINCT name, ', ') FILTER (WHERE role = 'decision maker') AS decision_makers
  FROM person WHERE person.client_id = client_day.client_id
    AND (person.left_on IS NULL OR person.left_on > client_day.day)
) known ON TRUE
LEFT JOIN talk USING (client_id, day)
LEFT JOIN LATERAL (
  SELECT person.name, person.role, person.left_on FROM person
  WHERE person.client_id = client_day.client_id AND person.left_on <= client_day.day
    AND person.left_on > client_day.day - %(window)s AND NOT person.role = ANY(COALESCE(known.roles, '{}'))
  ORDER BY person.left_on DESC, person.id LIMIT 1
) gone ON TRUE
"""


def read_conversations(asked: Days) -> list[Reading]:
    """Coverage by touchpoints, the latest one, and who of the people that decide is known, met or gone."""
    cadence = read_cadence(asked.settings.cadence)
    known = asked.parameters() | {
        "active_days": ACTIVE_DAYS,
        "minimum": cadence.usual.minimum,
        "tiers": list(cadence.tiers),
        "tier_minimums": [band.minimum for band in cadence.tiers.values()],
        "segments": list(cadence.segments),
        "segment_minimums": [band.minimum for band in cadence.segments.values()],
    }
    return [by_client_day(fetch(sql, known)) for sql in (WITH_BOOK + _COVERAGE, WITH_DAYS + _PEOPLE)]
