-- Contract lines as spans of days on which they are paid, and when each client is one.

CREATE TABLE term AS
SELECT line.id, line.client_id, service.book_id AS service, line.currency,
  line.amount * CASE line.interval
    WHEN 'week' THEN 312 WHEN 'four_weeks' THEN 78 WHEN 'month' THEN 72 WHEN 'quarter' THEN 24
    WHEN 'half_year' THEN 12 WHEN 'year' THEN 6 WHEN 'two_years' THEN 3 WHEN 'three_years' THEN 2 END AS amount,
  line.starts_on AS since, COALESCE(line.ends_on, DATE '9999-12-31') AS until, line.reason = 'price_change' AS is_price
FROM line JOIN service ON service.id = line.service_id
WHERE line.kind = 'recurring' AND NOT line.is_void;

CREATE TABLE break AS
SELECT term.id, term.client_id, term.amount > 0 AS is_paid, GREATEST(term.since, pause.starts_on) AS since,
  LEAST(term.until, COALESCE(pause.ends_on, DATE '9999-12-31')) AS until
FROM pause JOIN term ON term.id = pause.line_id
WHERE GREATEST(term.since, pause.starts_on) < LEAST(term.until, COALESCE(pause.ends_on, DATE '9999-12-31'));

-- The term of a line without its breaks: between the end of one break and the start of the next.
CREATE TABLE span AS
WITH cut AS (
  SELECT id, since AS free_from, NULL AS blocked_from FROM term
  UNION ALL SELECT id, until, since FROM break
), piece AS (
  SELECT id, free_from AS since,
    LEAD(blocked_from) OVER (PARTITION BY id ORDER BY free_from, blocked_from NULLS FIRST) AS until FROM cut
)
SELECT term.id, term.client_id, term.service, term.currency, term.amount, piece.since,
  COALESCE(piece.until, term.until) AS until
FROM piece JOIN term USING (id) WHERE piece.since < COALESCE(piece.until, term.until);

CREATE TABLE edge AS
SELECT client_id, since AS day FROM span UNION SELECT client_id, until FROM span WHERE until < DATE '9999-12-31';

-- What a client pays from one edge to the next.
CREATE TABLE paid AS
WITH level AS (
  SELECT edge.client_id, edge.day AS since,
    COALESCE(LEAD(edge.day) OVER (PARTITION BY edge.client_id ORDER BY edge.day), DATE '9999-12-31') AS until,
    COALESCE(due.mrr, 0) AS mrr
  FROM edge LEFT JOIN (
    SELECT live.client_id, live.day, SUM(live.amount * COALESCE(quote.rate, 1)) AS mrr
    FROM (
      SELECT edge.client_id, edge.day, span.currency, span.amount FROM edge
      JOIN span ON span.client_id = edge.client_id AND span.since <= edge.day AND edge.day < span.until
    ) live ASOF LEFT JOIN quote ON quote.currency = live.currency AND quote.since <= live.day
    GROUP BY live.client_id, live.day
  ) due ON due.client_id = edge.client_id AND due.day = edge.day
), island AS (
  SELECT *, SUM(CASE WHEN since = before THEN 0 ELSE 1 END) OVER (PARTITION BY client_id ORDER BY since) AS number
  FROM (SELECT *, LAG(until) OVER (PARTITION BY client_id ORDER BY since) AS before FROM level WHERE mrr > 0)
)
SELECT client_id, MIN(since) AS since, MAX(until) AS until FROM island GROUP BY client_id, number;

-- Days in a break of a paying line on which the client pays nothing, and which followed paid days.
CREATE TABLE kept AS
WITH step AS (
  SELECT client_id, since AS day, 1 AS broken, 0 AS pays FROM break WHERE is_paid
  UNION ALL SELECT client_id, until, -1, 0 FROM break WHERE is_paid
  UNION ALL SELECT client_id, since, 0, 1 FROM paid
  UNION ALL SELECT client_id, until, 0, -1 FROM paid
), state AS (
  SELECT client_id, day, SUM(SUM(broken)) OVER walk > 0 AND SUM(SUM(pays)) OVER walk = 0 AS is_gap,
    COALESCE(LEAD(day) OVER walk, DATE '9999-12-31') AS until
  FROM step GROUP BY client_id, day WINDOW walk AS (PARTITION BY client_id ORDER BY day)
), island AS (
  SELECT *, SUM(CASE WHEN day = before THEN 0 ELSE 1 END) OVER (PARTITION BY client_id ORDER BY day) AS number
  FROM (SELECT *, LAG(until) OVER (PARTITION BY client_id ORDER BY day) AS before FROM state WHERE is_gap)
), gap AS (
  SELECT client_id, MIN(day) AS since, MAX(until) AS until FROM island GROUP BY client_id, number
)
SELECT gap.client_id, gap.since, LEAST(gap.until, gap.since + getvariable('max_pause_days')) AS until
FROM gap JOIN paid ON paid.client_id = gap.client_id AND paid.since < gap.since AND gap.since <= paid.until;

-- Disjoint spans in which a client is one: it pays, or rests for no longer than allowed.
CREATE TABLE presence AS SELECT * FROM paid UNION ALL SELECT * FROM kept;
CREATE TABLE joined AS SELECT client_id, MIN(since) AS day FROM paid GROUP BY client_id;

-- The months in which losses are counted reach back before the measured ones.
CREATE TABLE churn_month AS
SELECT number::INTEGER AS number, (getvariable('opens_on') + number * INTERVAL 1 MONTH)::DATE - 1 AS opening_day,
  (getvariable('opens_on') + (number + 1) * INTERVAL 1 MONTH)::DATE - 1 AS closing_day
FROM range(1 - getvariable('clv_window_months'), getvariable('months')) AS numbers (number);

CREATE TABLE active AS
SELECT presence.client_id, days.day
FROM presence JOIN (SELECT opening_day AS day FROM churn_month UNION SELECT closing_day FROM churn_month) days
  ON presence.since <= days.day AND days.day < presence.until;
