-- Touch points, proposals, referrals, testimonials, deliverables, and how many clients a member carries.

-- A client-month: at least 15 days as a client, in the slice of the last of them.
CREATE TABLE client_month AS
WITH days AS (
  SELECT month.number, presence.client_id, SUM(LEAST(presence.until, month.ends) - GREATEST(presence.since, month.starts))
    AS days, MAX(LEAST(presence.until, month.ends)) - 1 AS day
  FROM month JOIN presence ON presence.since < month.ends AND month.starts < presence.until
  GROUP BY month.number, presence.client_id
), held AS (
  SELECT month.number, dated.client_id, COUNT(*) AS talks
  FROM (SELECT client_id, local_day(occurred_at) AS day FROM touchpoint WHERE status = 'held') dated
  JOIN month ON month.starts <= dated.day AND dated.day < month.ends
  GROUP BY month.number, dated.client_id
)
SELECT days.number, COALESCE(held.talks, 0) AS talks, owner.am, owner.team, owner.segment, owner.client
FROM days LEFT JOIN held ON held.number = days.number AND held.client_id = days.client_id
ASOF JOIN owner ON owner.client_id = days.client_id AND owner.since <= days.day
WHERE days.days >= 15;

CREATE TABLE talk AS
SELECT month.number, owner.am, owner.team, owner.segment, owner.client
FROM (SELECT client_id, local_day(occurred_at) AS day FROM touchpoint WHERE status = 'held') dated
JOIN month ON month.starts <= dated.day AND dated.day < month.ends
ASOF JOIN owner ON owner.client_id = dated.client_id AND owner.since <= dated.day;

INSERT INTO result
SELECT 'touchpoint_coverage', number, kind_of(GROUPING(am, team, segment, client)),
  COALESCE(am, team, segment, client), COUNT(*) FILTER (talks >= 2), COUNT(*), COUNT(*),
  COUNT(*) FILTER (talks >= 2) / COUNT(*)
FROM client_month GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client));

INSERT INTO result
SELECT 'touchpoints_per_client_month', number, kind_of(GROUPING(am, team, segment, client)),
  COALESCE(am, team, segment, client), SUM(talks), SUM(months), SUM(months), SUM(talks) / NULLIF(SUM(months), 0)
FROM (
  SELECT number, am, team, segment, client, 1 AS talks, 0 AS months FROM talk
  UNION ALL SELECT number, am, team, segment, client, 0, 1 FROM client_month
)
GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client));

-- A proposal is decided by its answer, or by the silence of so many days after it was sent.
CREATE TABLE decision AS
WITH known AS (
  SELECT *, decided_at IS NULL OR decided_at >= getvariable('known_until') AS is_open FROM proposal
  WHERE status <> 'draft'
), decided AS (
  SELECT client_id, amount, currency, status AS outcome, local_day(decided_at) AS day FROM known
  WHERE NOT is_open AND status IN ('won', 'lost', 'expired')
  UNION ALL
  SELECT client_id, amount, currency, 'expired', local_day(sent_at) + getvariable('expiry_days') FROM known
  WHERE is_open AND (status <> 'withdrawn' OR decided_at IS NOT NULL)
)
SELECT month.number, (decided.outcome = 'won')::INTEGER AS is_won, (decided.amount * quote.rate)::DOUBLE AS amount,
  owner.am, owner.team, owner.segment, owner.client
FROM decided JOIN month ON month.starts <= decided.day AND decided.day < month.ends
ASOF JOIN owner ON owner.client_id = decided.client_id AND owner.since <= decided.day
ASOF LEFT JOIN quote ON quote.currency = decided.currency AND quote.since <= decided.day;

INSERT INTO result
SELECT kpi, number, slice, key, won, decided, n, won / decided
FROM (
  SELECT number, slice, key, unnest([
    {'kpi': 'proposal_conversion_rate', 'won': won, 'decided': decided, 'n': decided},
    {'kpi': 'proposal_conversion_value_rate', 'won': won_amount, 'decided': amount, 'n': priced}
  ], recursive := true)
  FROM (
    SELECT number, kind_of(GROUPING(am, team, segment, client)) AS slice, COALESCE(am, team, segment, client) AS key,
      SUM(is_won) AS won, COUNT(*) AS decided, SUM(amount * is_won) AS won_amount, SUM(amount) AS amount,
      COUNT(amount) AS priced
    FROM decision GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client))
  )
)
WHERE decided > 0;

CREATE TABLE closing_client AS
SELECT month.number, month.closing_day, active.client_id, owner.am, owner.team, owner.segment, owner.client,
  (EXISTS (
    SELECT 1 FROM referral WHERE referral.client_id = active.client_id AND referral.made_on < month.ends
      AND referral.made_on >= (month.ends - INTERVAL 12 MONTH)::DATE
  ))::INTEGER AS is_referring
FROM month JOIN active ON active.day = month.closing_day
ASOF JOIN owner ON owner.client_id = active.client_id AND owner.since <= month.closing_day;

INSERT INTO result
SELECT 'referral_rate', number, kind_of(GROUPING(am, team, segment, client)), COALESCE(am, team, segment, client),
  SUM(is_referring), COUNT(*), COUNT(*), SUM(is_referring) / COUNT(*)
FROM closing_client GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client));

CREATE TABLE newcomer AS
SELECT month.number, owner.am, owner.team, owner.segment, owner.client,
  (client.referred_by_id IS NOT NULL OR EXISTS (
    SELECT 1 FROM referral
    WHERE referral.became_client_id = joined.client_id AND referral.made_on <= getvariable('as_of')
  ))::INTEGER AS is_referred
FROM joined JOIN month ON month.starts <= joined.day AND joined.day < month.ends
JOIN client ON client.id = joined.client_id
ASOF JOIN owner ON owner.client_id = joined.client_id AND owner.since <= joined.day;

INSERT INTO result
SELECT 'referral_share_of_new_clients', number, kind_of(GROUPING(am, team, segment, client)),
  COALESCE(am, team, segment, client), SUM(is_referred), COUNT(*), COUNT(*), SUM(is_referred) / COUNT(*)
FROM newcomer GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client));

INSERT INTO result
SELECT 'testimonials', number, kind_of(GROUPING(am, team, segment, client)), COALESCE(am, team, segment, client),
  COUNT(*), NULL, COUNT(*), COUNT(*)
FROM (SELECT client_id, received_on AS day FROM testimonial WHERE is_usable) praise
JOIN month ON month.starts <= praise.day AND praise.day < month.ends
ASOF JOIN owner ON owner.client_id = praise.client_id AND owner.since <= praise.day
GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client));

INSERT INTO result
SELECT 'on_time_delivery_rate', number, kind_of(GROUPING(am, team, segment, client)),
  COALESCE(am, team, segment, client), SUM(is_on_time), COUNT(*), COUNT(*), SUM(is_on_time) / COUNT(*)
FROM (
  SELECT client_id, CASE delay_cause WHEN 'agreed' THEN COALESCE(due_on, baseline_due_on) ELSE baseline_due_on END AS day,
    COALESCE(delivered_on <= day AND delivered_on <= getvariable('as_of'), FALSE)::INTEGER AS is_on_time
  FROM deliverable WHERE lower(status) <> 'cancelled'
) promise
JOIN month ON month.starts <= promise.day AND promise.day < month.ends
ASOF JOIN owner ON owner.client_id = promise.client_id AND owner.since <= promise.day
GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client));

-- On a month's last day: clients and the members who carry them. Who has left carries none.
CREATE TABLE load AS
WITH place AS (
  SELECT month.number, month.closing_day AS day, member.id, member.book_id AS am,
    COALESCE(team.book_id, 'unassigned') AS team, member.role, member.is_carrying_clients, member.is_active,
    member.starts_on, member.ends_on
  FROM month JOIN member ON COALESCE(member.ends_on, DATE '9999-12-31') > month.closing_day
  LEFT JOIN membership ON membership.member_id = member.id AND membership.starts_on <= month.closing_day
    AND COALESCE(membership.ends_on, DATE '9999-12-31') > month.closing_day
  LEFT JOIN team ON team.id = membership.team_id
), carrier AS (
  SELECT DISTINCT month.number, assignment.member_id FROM month
  JOIN assignment ON assignment.role = 'primary' AND assignment.starts_on <= month.closing_day
    AND COALESCE(assignment.ends_on, DATE '9999-12-31') > month.closing_day
)
SELECT place.number, place.am, place.team, 0 AS clients, 1 AS managers
FROM place LEFT JOIN carrier ON carrier.number = place.number AND carrier.member_id = place.id
WHERE carrier.member_id IS NOT NULL OR (
  role = 'account_manager' AND is_carrying_clients AND COALESCE(starts_on, DATE '0001-01-01') <= day
  AND (is_active OR ends_on IS NOT NULL)
)
UNION ALL
SELECT closing_client.number, COALESCE(place.am, 'unassigned'), COALESCE(place.team, 'unassigned'), 1, 0
FROM closing_client LEFT JOIN place ON place.number = closing_client.number AND place.am = closing_client.am;

INSERT INTO result
SELECT 'am_workload', number, CASE GROUPING(am, team) WHEN 3 THEN 'agency' WHEN 1 THEN 'am' ELSE 'team' END,
  COALESCE(am, team), SUM(clients), SUM(managers), SUM(managers), SUM(clients) / NULLIF(SUM(managers), 0)
FROM load GROUP BY GROUPING SETS ((number), (number, am), (number, team));
