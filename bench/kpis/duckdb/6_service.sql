-- Waits from a client's oldest unanswered message to the first human reply, in business time; first contacts.

CREATE TABLE wait AS
WITH act AS (
  SELECT message.request_id, message.id, message.sent_at, message.direction, request.opened_at, message.is_public,
    CASE WHEN message.no_reply_needed THEN 'dismissal' WHEN message.direction = 'inbound' THEN 'opening'
      ELSE 'reply' END AS kind,
    MIN(message.sent_at) FILTER (
      message.is_public AND message.direction = 'inbound' AND NOT message.no_reply_needed
    ) OVER (PARTITION BY message.request_id) AS first_inbound_at
  FROM message JOIN request ON request.id = message.request_id
  WHERE NOT message.is_auto AND (message.is_public OR message.no_reply_needed)
    AND message.sent_at < getvariable('known_until')
), placed AS (
  SELECT *, CASE WHEN direction = 'outbound' AND sent_at < opened_at AND sent_at < first_inbound_at
      AND sent_at >= first_inbound_at - INTERVAL 1 HOUR THEN first_inbound_at ELSE sent_at END AS counts_at
  FROM act
), turn AS (
  SELECT *, COUNT(*) FILTER (kind <> 'opening') OVER (
    PARTITION BY request_id ORDER BY counts_at, kind <> 'opening', id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS number FROM placed
), spanned AS (
  SELECT request_id, number, MIN(sent_at) FILTER (kind = 'opening') AS inbound_at,
    MIN(sent_at) FILTER (kind = 'reply') AS replied_at, bool_or(kind = 'dismissal') AS is_dismissed
  FROM turn GROUP BY request_id, number HAVING bool_or(kind = 'opening')
), promised AS (
  SELECT spanned.request_id, inbound_at, replied_at, is_dismissed,
    NOT is_dismissed AND COUNT(*) FILTER (NOT is_dismissed) OVER (
      PARTITION BY request_id ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) = 0 AS is_first,
    request.client_id, COALESCE(policy.reply_hours, 4) AS promise, policy.calendar_id,
    epoch_us(inbound_at) AS since, epoch_us(COALESCE(replied_at, getvariable('known_until'))) AS until
  FROM spanned
  JOIN request ON request.id = spanned.request_id
  JOIN client ON client.id = request.client_id
  LEFT JOIN policy ON policy.id = client.sla_policy_id OR (client.sla_policy_id IS NULL AND policy.is_default)
), begun AS (
  SELECT promised.*, COALESCE(worked + LEAST(closes, since) - opens, 0) AS worked_before FROM promised
  ASOF LEFT JOIN opening ON opening.calendar_id = promised.calendar_id AND opening.opens <= promised.since
), timed AS (
  SELECT begun.*, CASE WHEN begun.until <= begun.since THEN 0 WHEN begun.calendar_id IS NULL THEN begun.until - begun.since
      ELSE COALESCE(worked + LEAST(closes, until) - opens, 0) - worked_before END AS elapsed
  FROM begun
  ASOF LEFT JOIN opening ON opening.calendar_id = begun.calendar_id AND opening.opens <= begun.until
), dated AS (SELECT *, local_day(inbound_at) AS day FROM timed)
SELECT month.number, owner.am, owner.team, owner.segment, owner.client, dated.is_first,
  dated.elapsed / 3600000000 AS hours, dated.replied_at IS NOT NULL AND NOT is_dismissed AS is_pair,
  CASE WHEN is_dismissed THEN 'dismissed' WHEN elapsed > promise * 3600000000 THEN 'breached'
    WHEN replied_at IS NULL THEN 'pending' ELSE 'met' END AS outcome
FROM dated
JOIN month ON month.starts <= dated.day AND dated.day < month.ends
ASOF JOIN owner ON owner.client_id = dated.client_id AND owner.since <= dated.day;

CREATE TABLE wait_sum AS
SELECT number, kind_of(GROUPING(am, team, segment, client)) AS slice, COALESCE(am, team, segment, client) AS key,
  COUNT(*) FILTER (outcome <> 'dismissed') AS waits, COUNT(*) FILTER (outcome = 'met') AS met,
  COUNT(*) FILTER (outcome = 'breached') AS breached, COUNT(*) FILTER (outcome = 'pending') AS pending,
  COUNT(*) FILTER (is_pair) AS pairs, COUNT(*) FILTER (is_pair AND is_first) AS firsts,
  SUM(hours) FILTER (is_pair AND is_first) AS first_hours, quantile_cont(hours, 0.5) FILTER (is_pair) AS reply_median,
  quantile_cont(hours, 0.5) FILTER (is_pair AND is_first) AS first_median,
  quantile_cont(hours, 0.9) FILTER (is_pair AND is_first) AS first_p90
FROM wait GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client));

INSERT INTO result
SELECT kpi, number, slice, key, numerator, denominator, n, value
FROM (
  SELECT number, slice, key, unnest([
    {'kpi': 'first_response_hours', 'numerator': NULL, 'denominator': NULL, 'n': firsts, 'value': first_median},
    {'kpi': 'first_response_hours_p90', 'numerator': NULL, 'denominator': NULL, 'n': firsts, 'value': first_p90},
    {'kpi': 'first_response_hours_mean', 'numerator': first_hours, 'denominator': firsts, 'n': firsts,
      'value': first_hours / firsts},
    {'kpi': 'reply_hours', 'numerator': NULL, 'denominator': NULL, 'n': pairs, 'value': reply_median},
    {'kpi': 'sla_attainment', 'numerator': met, 'denominator': met + breached, 'n': met + breached,
      'value': met / NULLIF(met + breached, 0)},
    {'kpi': 'sla_breached', 'numerator': breached, 'denominator': NULL, 'n': waits, 'value': breached},
    {'kpi': 'sla_pending', 'numerator': pending, 'denominator': NULL, 'n': waits, 'value': pending}
  ], recursive := true)
  FROM wait_sum
);

CREATE TABLE resolution AS
WITH resolved AS (
  SELECT *, lower(trim(topic, ' ')) AS subject, local_day(resolved_at) AS day FROM request
  WHERE is_fcr_eligible AND resolved_at < getvariable('known_until')
), contact AS (
  SELECT resolved.id, COUNT(*) FILTER (place = 1 OR NOT no_reply_needed) AS messages
  FROM resolved JOIN (
    SELECT message.request_id, message.no_reply_needed,
      ROW_NUMBER() OVER (PARTITION BY message.request_id ORDER BY message.sent_at, message.id) AS place
    FROM message JOIN request ON request.id = message.request_id
    WHERE message.direction = 'inbound' AND NOT message.is_auto AND message.is_public
      AND message.sent_at <= request.resolved_at
  ) inbound ON inbound.request_id = resolved.id
  GROUP BY resolved.id
), repeated AS (
  SELECT DISTINCT resolved.id FROM resolved JOIN request later
    ON later.client_id = resolved.client_id AND lower(trim(later.topic, ' ')) = resolved.subject
    AND later.opened_at > resolved.resolved_at
    AND later.opened_at <= resolved.resolved_at + to_days(getvariable('fcr_window_days'))
  WHERE resolved.topic <> '' AND later.opened_at < getvariable('known_until')
), judged AS (
  SELECT resolved.client_id, resolved.day,
    (COALESCE(contact.messages, 0) = 1 AND NOT resolved.is_reopened AND repeated.id IS NULL)::INTEGER AS at_once
  FROM resolved LEFT JOIN contact USING (id) LEFT JOIN repeated USING (id)
)
SELECT month.number, owner.am, owner.team, owner.segment, owner.client, judged.at_once
FROM judged JOIN month ON month.starts <= judged.day AND judged.day < month.ends
ASOF JOIN owner ON owner.client_id = judged.client_id AND owner.since <= judged.day;

INSERT INTO result
SELECT 'fcr', number, kind_of(GROUPING(am, team, segment, client)), COALESCE(am, team, segment, client),
  SUM(at_once), COUNT(*), COUNT(*), SUM(at_once) / COUNT(*)
FROM resolution GROUP BY GROUPING SETS ((number), (number, am), (number, team), (number, segment), (number, client));
