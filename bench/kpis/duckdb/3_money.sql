-- Where each client stands at every month's end, and what happened to its MRR in between. Amounts are in 72nds.

-- Per client and service at the close of a day: at the rates of the day, and at those of the month's opening.
CREATE TABLE standing AS
WITH close AS (
  SELECT closing_day AS day, opening_day AS rated_on FROM month
  UNION SELECT opening_day, opening_day FROM month WHERE number = 0
), offered AS (
  SELECT close.day, close.rated_on, term.client_id, term.service, term.currency, term.amount,
    span.id IS NOT NULL AS is_live
  FROM close JOIN term ON term.since <= close.day AND close.day < term.until
  LEFT JOIN span ON span.id = term.id AND span.since <= close.day AND close.day < span.until
), rated AS (
  SELECT offered.*, quote.rate AS rate_now FROM offered
  ASOF LEFT JOIN quote ON quote.currency = offered.currency AND quote.since <= offered.day
), rated_twice AS (
  SELECT rated.*, COALESCE(quote.rate, first_quote.rate) AS rate_before FROM rated
  ASOF LEFT JOIN quote ON quote.currency = rated.currency AND quote.since <= rated.rated_on
  LEFT JOIN (SELECT currency, arg_min(rate, since) AS rate FROM quote GROUP BY currency) first_quote
    ON first_quote.currency = rated.currency
), summed AS (
  SELECT day, client_id, service, COALESCE(SUM(amount * rate_now) FILTER (is_live), 0) AS mrr,
    COALESCE(SUM(amount * rate_before) FILTER (is_live), 0) AS fixed, bool_or(amount > 0) AS is_offered
  FROM rated_twice GROUP BY day, client_id, service
)
-- A client is never below 0: where discounts outweigh its lines, all its services count as 0.
SELECT day, client_id, service, is_offered,
  CASE WHEN SUM(mrr) OVER whole > 0 THEN mrr ELSE 0 END AS mrr,
  CASE WHEN SUM(fixed) OVER whole > 0 THEN fixed ELSE 0 END AS fixed
FROM summed WINDOW whole AS (PARTITION BY day, client_id);

CREATE TABLE stand AS
SELECT day, client_id, SUM(mrr) AS mrr, SUM(fixed) AS fixed FROM standing GROUP BY day, client_id;

-- Around each day on which something changes: what a client paid the day before and pays on the day.
CREATE TABLE movement AS
WITH reach AS (SELECT MIN(starts) AS starts, MAX(ends) AS ends FROM month),
moment AS (
  SELECT client_id, day FROM edge
  UNION SELECT DISTINCT term.client_id, quote.since FROM term JOIN quote USING (currency)
  UNION SELECT client_id, since FROM owner
), offered AS (
  SELECT moment.client_id, moment.day, term.service, term.currency, term.amount,
    before.id IS NOT NULL AS live_before, today.id IS NOT NULL AS live_now, term.since < moment.day AS is_older,
    term.since = moment.day AND term.is_price AS is_price
  FROM moment
  JOIN reach ON reach.starts <= moment.day AND moment.day < reach.ends
  JOIN term ON term.client_id = moment.client_id AND term.since <= moment.day AND moment.day <= term.until
  LEFT JOIN span before ON before.id = term.id AND before.since < moment.day AND moment.day <= before.until
  LEFT JOIN span today ON today.id = term.id AND today.since <= moment.day AND moment.day < today.until
), rated AS (
  SELECT offered.*, offered.day - 1 AS eve, quote.rate AS rate_now FROM offered
  ASOF LEFT JOIN quote ON quote.currency = offered.currency AND quote.since <= offered.day
), rated_twice AS (
  SELECT rated.*, quote.rate AS rate_before FROM rated
  ASOF LEFT JOIN quote ON quote.currency = rated.currency AND quote.since <= rated.eve
), summed AS (
  SELECT client_id, day, eve, service, COALESCE(SUM(amount * rate_before) FILTER (live_before), 0) AS was,
    COALESCE(SUM(amount * rate_now) FILTER (live_before), 0) AS carried,
    COALESCE(SUM(amount * rate_now) FILTER (live_now), 0) AS now, bool_or(live_before) AS had,
    bool_or(live_now AND is_older AND NOT live_before AND amount > 0) AS resumed,
    bool_or(live_now AND is_price) AS repriced
  FROM rated_twice GROUP BY client_id, day, eve, service
), clamped AS (
  SELECT client_id, day, eve, service, had, resumed, repriced,
    CASE WHEN SUM(was) OVER whole > 0 THEN was ELSE 0 END AS was,
    CASE WHEN SUM(carried) OVER whole > 0 THEN carried ELSE 0 END AS carried,
    CASE WHEN SUM(now) OVER whole > 0 THEN now ELSE 0 END AS now
  FROM summed WINDOW whole AS (PARTITION BY client_id, day)
), weighed AS (
  SELECT *, now - carried AS change, SUM(carried) OVER whole AS all_carried, SUM(now) OVER whole AS all_now,
    SUM(GREATEST(now - carried, 0)) OVER whole AS grown, SUM(LEAST(now - carried, 0)) OVER whole AS shrunk
  FROM clamped WINDOW whole AS (PARTITION BY client_id, day)
), classed AS (
  SELECT weighed.*,
    CASE
      WHEN all_carried = 0 AND NOT joined.day < weighed.day THEN 'new'
      WHEN all_carried = 0 AND before.client_id IS NOT NULL THEN 'resume'
      WHEN all_carried = 0 THEN 'reactivation'
      WHEN all_now = 0 AND today.client_id IS NOT NULL THEN 'pause'
      WHEN all_now = 0 THEN 'churn'
      WHEN all_now > all_carried AND change > 0 AND NOT had AND NOT resumed THEN 'cross_sell'
      WHEN all_now > all_carried AND change > 0 AND had AND repriced THEN 'price_change'
      WHEN all_now > all_carried AND change > 0 AND resumed THEN 'resume'
      WHEN all_now > all_carried AND change > 0 THEN 'upsell'
      WHEN all_now < all_carried AND change < 0 THEN 'contraction'
    END AS kind,
    CASE
      WHEN all_carried = 0 OR all_now = 0 THEN change::DOUBLE
      WHEN all_now > all_carried AND change > 0 THEN (all_now - all_carried)::DOUBLE * change::DOUBLE / grown::DOUBLE
      WHEN all_now < all_carried AND change < 0 THEN (all_now - all_carried)::DOUBLE * change::DOUBLE / shrunk::DOUBLE
      ELSE 0
    END / 72 AS amount
  FROM weighed
  LEFT JOIN joined USING (client_id)
  LEFT JOIN presence before ON before.client_id = weighed.client_id AND before.since <= weighed.eve
    AND weighed.eve < before.until
  LEFT JOIN presence today ON today.client_id = weighed.client_id AND today.since <= weighed.day
    AND weighed.day < today.until
)
SELECT month.number, classed.client_id, classed.day, classed.eve, classed.service, classed.kind, classed.amount,
  (carried - was)::DOUBLE / 72 AS fx, carried <> 0 AS is_carried
FROM classed JOIN month ON month.starts <= classed.day AND classed.day < month.ends;
