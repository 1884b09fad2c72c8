-- The money facts of every month with the owners of their day, added up by slice.

-- A client at a month's opening and closing; `side` says whose owner counts.
CREATE TABLE ends AS
SELECT month.number, month.opening_day, month.closing_day, client.id AS client_id, COALESCE(opening.mrr, 0) AS opening,
  COALESCE(closing.mrr, 0) AS closing, COALESCE(closing.fixed, 0) AS fixed, before.client_id IS NOT NULL AS was_client,
  after.client_id IS NOT NULL AS is_client
FROM month CROSS JOIN client
LEFT JOIN stand opening ON opening.day = month.opening_day AND opening.client_id = client.id
LEFT JOIN stand closing ON closing.day = month.closing_day AND closing.client_id = client.id
LEFT JOIN active before ON before.day = month.opening_day AND before.client_id = client.id
LEFT JOIN active after ON after.day = month.closing_day AND after.client_id = client.id
WHERE opening.client_id IS NOT NULL OR closing.client_id IS NOT NULL OR before.client_id IS NOT NULL
  OR after.client_id IS NOT NULL;

-- Terms that a slice is made for, also where they are worth nothing: at an end of the month, or the day beside it.
CREATE TABLE seen AS
SELECT DISTINCT month.number, month.opening_day AS day, term.client_id, term.service FROM month
JOIN term ON term.since <= month.starts AND month.opening_day < term.until
UNION
SELECT DISTINCT month.number, month.closing_day, term.client_id, term.service FROM month
JOIN term ON term.since <= month.closing_day AND month.closing_day - 1 < term.until;

CREATE TABLE fact AS
WITH raw AS (
  SELECT number, opening_day AS day, client_id, NULL::VARCHAR AS kind, opening::DOUBLE / 72 AS opening,
    CASE WHEN opening > 0 THEN LEAST(opening, fixed)::DOUBLE / 72 END AS kept,
    CASE WHEN opening > 0 THEN fixed::DOUBLE / 72 END AS cohort_closing, (opening > 0)::INTEGER AS cohort,
    was_client::INTEGER AS opening_clients, (was_client AND is_client)::INTEGER AS retained, 0::DOUBLE AS closing,
    0 AS paying, 0 AS closing_clients, 0::DOUBLE AS amount, 0::DOUBLE AS sold
  FROM ends WHERE opening > 0 OR was_client
  UNION ALL
  SELECT number, closing_day, client_id, NULL, 0, 0, 0, 0, 0, 0, closing::DOUBLE / 72, (closing > 0)::INTEGER,
    is_client::INTEGER, 0, 0
  FROM ends WHERE closing > 0 OR is_client
  UNION ALL
  SELECT number, day, client_id, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, amount, 0 FROM movement
  WHERE amount <> 0
  UNION ALL
  SELECT number, eve, client_id, 'fx', 0, 0, 0, 0, 0, 0, 0, 0, 0, fx, 0 FROM movement WHERE fx <> 0
  UNION ALL
  SELECT movement.number, ends.opening_day, client_id, 'sold ' || kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, amount
  FROM movement JOIN ends USING (number, client_id)
  WHERE kind IN ('upsell', 'cross_sell') AND amount <> 0 AND ends.opening > 0
  UNION ALL
  SELECT DISTINCT number, day, client_id, 'seen', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM seen
), owned AS (
  SELECT raw.*, owner.am, owner.team, owner.segment, owner.client
  FROM raw ASOF JOIN owner ON owner.client_id = raw.client_id AND owner.since <= raw.day
), moved AS (
  SELECT moved.*, before.am AS am_before, before.team AS team_before FROM (
    SELECT movement.number, movement.client_id, movement.day, movement.eve, owner.am, owner.team FROM movement
    ASOF JOIN owner ON owner.client_id = movement.client_id AND owner.since <= movement.day
    WHERE movement.is_carried
  ) moved ASOF JOIN owner before ON before.client_id = moved.client_id AND before.since <= moved.eve
)
SELECT * FROM owned
UNION ALL BY NAME  -- a slice to or from which a client moved within the month, if only for a day
SELECT number, day, client_id, 'seen' AS kind, unnest([am, am_before]) AS am FROM moved WHERE am <> am_before
UNION ALL BY NAME
SELECT number, day, client_id, 'seen' AS kind, unnest([team, team_before]) AS team FROM moved
WHERE team <> team_before;

-- The same for services. What a client lost is borne by the services that shrank, in proportion.
CREATE TABLE service_fact AS
WITH was AS (
  SELECT ends.number, ends.client_id, standing.service, standing.mrr, standing.is_offered, ends.was_client,
    ends.is_client, ends.opening AS all_opening, GREATEST(ends.opening - ends.fixed, 0) AS loss,
    GREATEST(standing.mrr - COALESCE(after.fixed, 0), 0) AS shrunk
  FROM ends JOIN standing ON standing.day = ends.opening_day AND standing.client_id = ends.client_id
  LEFT JOIN standing after ON after.day = ends.closing_day AND after.client_id = ends.client_id
    AND after.service = standing.service
), borne AS (
  SELECT *, CASE WHEN loss = 0 THEN mrr::DOUBLE
    ELSE mrr::DOUBLE - loss::DOUBLE * shrunk::DOUBLE / (SUM(shrunk) OVER (PARTITION BY number, client_id))::DOUBLE
    END / 72 AS kept
  FROM was
)
SELECT number, client_id, service, NULL::VARCHAR AS kind, mrr::DOUBLE / 72 AS opening,
  CASE WHEN all_opening > 0 THEN kept END AS kept, 0::DOUBLE AS cohort_closing, (mrr > 0)::INTEGER AS cohort,
  (was_client AND is_offered)::INTEGER AS opening_clients, (was_client AND is_offered AND is_client)::INTEGER AS retained,
  0::DOUBLE AS closing, 0 AS paying, 0 AS closing_clients, 0::DOUBLE AS amount, 0::DOUBLE AS sold
FROM borne
UNION ALL
SELECT ends.number, client_id, standing.service, NULL, 0, 0,
  CASE WHEN ends.opening > 0 THEN standing.fixed::DOUBLE / 72 END, 0, 0, 0, standing.mrr::DOUBLE / 72,
  (standing.mrr > 0)::INTEGER, (ends.is_client AND standing.is_offered)::INTEGER, 0, 0
FROM ends JOIN standing USING (client_id) WHERE standing.day = ends.closing_day
UNION ALL
SELECT number, client_id, service, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, amount, 0 FROM movement WHERE amount <> 0
UNION ALL
SELECT number, client_id, service, 'fx', 0, 0, 0, 0, 0, 0, 0, 0, 0, fx, 0 FROM movement WHERE fx <> 0
UNION ALL
SELECT movement.number, client_id, service, 'sold ' || kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, amount
FROM movement JOIN ends USING (number, client_id)
WHERE kind IN ('upsell', 'cross_sell') AND amount <> 0 AND ends.opening > 0
UNION ALL
SELECT DISTINCT number, client_id, service, 'seen', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM seen;

-- The sums are those of measures.sql.
CREATE TABLE money AS
WITH added AS (
  SELECT number, kind_of(GROUPING(am, team, segment, client)) AS slice, COALESCE(am, team, segment, client) AS key,
    {measures}
  FROM fact GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client))
  HAVING slice = 'agency' OR key IS NOT NULL
  UNION ALL
  SELECT number, 'service', service, {measures} FROM service_fact GROUP BY number, service
)
SELECT added.*, upsell + cross_sell + price_change + resume AS expansion, contraction + pause AS reduced,
  CASE slice WHEN 'service' THEN owners.clients ELSE cohort END AS prospects
FROM added LEFT JOIN (SELECT number, COUNT(*) AS clients FROM ends WHERE opening > 0 GROUP BY number) owners
  USING (number);

-- Client-months at risk and clients lost, in the slice of the month's eve; a client counts as its segment.
CREATE TABLE loss AS
WITH at_risk AS (
  SELECT churn_month.number, churn_month.opening_day, active.client_id, (after.client_id IS NULL)::INTEGER AS is_lost
  FROM churn_month JOIN active ON active.day = churn_month.opening_day
  LEFT JOIN active after ON after.day = churn_month.closing_day AND after.client_id = active.client_id
), owned AS (
  SELECT at_risk.*, owner.am, owner.team, owner.segment FROM at_risk
  ASOF JOIN owner ON owner.client_id = at_risk.client_id AND owner.since <= at_risk.opening_day
), monthly AS (
  SELECT number, CASE GROUPING(am, team, segment) WHEN 7 THEN 'agency' WHEN 3 THEN 'am' WHEN 5 THEN 'team'
      ELSE 'segment' END AS slice,
    COALESCE(am, team, segment) AS key, COUNT(*) AS clients, SUM(is_lost) AS lost
  FROM owned GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment))
  UNION ALL
  SELECT number, 'service', service, COUNT(*), SUM(is_lost) FROM (
    SELECT DISTINCT at_risk.number, at_risk.client_id, at_risk.is_lost, term.service FROM at_risk
    JOIN term ON term.client_id = at_risk.client_id AND term.since <= at_risk.opening_day
      AND at_risk.opening_day < term.until AND term.amount > 0
  ) GROUP BY number, service
)
SELECT month.number, monthly.slice, monthly.key, SUM(clients) AS window_clients, SUM(lost) AS window_lost,
  COALESCE(SUM(clients) FILTER (monthly.number = month.number), 0) AS clients,
  COALESCE(SUM(lost) FILTER (monthly.number = month.number), 0) AS lost
FROM month JOIN monthly
  ON monthly.number <= month.number AND monthly.number > month.number - getvariable('clv_window_months')
GROUP BY month.number, monthly.slice, monthly.key;
