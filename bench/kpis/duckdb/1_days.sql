-- Months, what an account manager and a team own on which days, and the rates of exchange.
-- Settings come as variables: zone, base, as_of, opens_on, months, max_pause_days, expiry_days,
-- fcr_window_days, clv_window_months, gross_margin.

CREATE TABLE month AS
SELECT number, starts, (starts + INTERVAL 1 MONTH)::DATE AS ends,
  starts - 1 AS opening_day, (starts + INTERVAL 1 MONTH)::DATE - 1 AS closing_day
FROM (
  SELECT number::INTEGER AS number, (getvariable('opens_on') + number * INTERVAL 1 MONTH)::DATE AS starts
  FROM range(getvariable('months')) AS numbers (number)
);

-- The instant after which nothing is known.
SET VARIABLE known_until = timezone(getvariable('zone'), (getvariable('as_of') + 1)::TIMESTAMP);

-- From `since` on until the next row the client has this account manager and this team.
CREATE TABLE owner AS
WITH cut AS (
  SELECT id AS client_id, DATE '0001-01-01' AS since FROM client
  UNION SELECT client_id, unnest([starts_on, ends_on]) FROM assignment WHERE role = 'primary'
  UNION SELECT a.client_id, unnest([m.starts_on, m.ends_on]) FROM assignment a
  JOIN membership m USING (member_id) WHERE a.role = 'primary'
)
SELECT cut.client_id, cut.since, COALESCE(member.book_id, 'unassigned') AS am,
  COALESCE(team.book_id, 'unassigned') AS team,
  COALESCE(NULLIF(client.segment, ''), 'unassigned') AS segment, client.book_id AS client
FROM cut
JOIN client ON client.id = cut.client_id
LEFT JOIN assignment ON assignment.client_id = cut.client_id AND assignment.role = 'primary'
  AND assignment.starts_on <= cut.since AND COALESCE(assignment.ends_on, DATE '9999-12-31') > cut.since
LEFT JOIN member ON member.id = assignment.member_id
LEFT JOIN membership ON membership.member_id = assignment.member_id
  AND membership.starts_on <= cut.since AND COALESCE(membership.ends_on, DATE '9999-12-31') > cut.since
LEFT JOIN team ON team.id = membership.team_id
WHERE cut.since IS NOT NULL;

-- The agency's own currency has the rate 1 for ever; before its first known rate a currency has none.
CREATE TABLE quote AS
SELECT currency, effective_on AS since, rate_to_base AS rate FROM rate WHERE currency <> getvariable('base')
UNION ALL SELECT getvariable('base'), DATE '0001-01-01', 1::DECIMAL(20, 10);

CREATE MACRO local_day(moment) AS timezone(getvariable('zone'), moment)::DATE;

-- One row per month, kind of slice and slice: which set of a GROUPING SETS query a row is.
CREATE MACRO kind_of(bits) AS CASE bits WHEN 15 THEN 'agency' WHEN 7 THEN 'am' WHEN 11 THEN 'team'
  WHEN 13 THEN 'segment' WHEN 14 THEN 'client' END;

CREATE TABLE result (
  kpi VARCHAR, number INTEGER, kind VARCHAR, key VARCHAR, numerator DOUBLE, denominator DOUBLE, n BIGINT,
  value DOUBLE
);
