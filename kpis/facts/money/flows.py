"""SQL for what moved inside many periods at once, slice by slice, and what was sold to clients of the opening."""

from kpis.facts.money.ends import ends_query
from kpis.facts.money.slicing import Slicing

# Of the clients in `buyer`, those that paid at the opening.
PROSPECT = """prospect AS (
  SELECT buyer.number, buyer.day, buyer.client_id
  FROM buyer JOIN kpis_mrrlevel level ON level.client_id = buyer.client_id AND level.starts_on <= buyer.day
    AND (level.ends_on IS NULL OR level.ends_on > buyer.day)
  LEFT JOIN LATERAL (
    SELECT rate_to_base AS rate FROM kpis_mrrrate q
    WHERE level.currency <> %(base)s AND q.currency = level.currency AND q.effective_on <= buyer.day
    ORDER BY q.effective_on DESC LIMIT 1
  ) latest ON TRUE
  GROUP BY 1, 2, 3
  HAVING SUM(level.amount * CASE WHEN level.currency = %(base)s THEN 1 ELSE latest.rate END) > 0
)"""

_MOVED = """,
movement AS (
  SELECT period.number, period.opening_day, {key} AS key, movement.client_id, movement.kind, SUM(amount) AS amount
  FROM period
  JOIN kpis_mrrmovement movement ON movement.day >= period.start AND movement.day < period.cut_end
  JOIN clients_client client ON client.id = movement.client_id
  WHERE movement.scope IN ('', %(by)s) AND {among}
  GROUP BY 1, 2, 3, 4, 5
),
buyer AS MATERIALIZED (
  SELECT DISTINCT number, opening_day AS day, client_id FROM movement WHERE kind IN ('upsell', 'cross_sell')
),
{prospect},
flow AS (
  SELECT number, key, 'moved' AS side, kind, SUM(amount) AS amount, array_agg(client_id) AS clients
  FROM movement GROUP BY number, key, kind
  UNION ALL
  SELECT number, {sold_key}, 'sold', movement.kind, SUM(movement.amount), array_agg(DISTINCT client_id)
  FROM movement JOIN prospect USING (number, client_id) JOIN clients_client client ON client.id = client_id
  JOIN kpis_clientowner owned USING (client_id)
  WHERE movement.kind IN ('upsell', 'cross_sell') AND owned.starts_on <= prospect.day
    AND (owned.ends_on IS NULL OR owned.ends_on > prospect.day)
  GROUP BY number, {sold_key}, movement.kind
),
found AS (
  SELECT number, key, side, '' AS kind, mrr AS amount, cohort_closing, kept, paying, clients, retained,
    NULL::bigint[] AS movers
  FROM standing
  UNION ALL SELECT number, key, side, kind, amount, 0, 0, 0, 0, 0, clients FROM flow
)
SELECT found.number, {name} AS key, side, kind, trim_scale(amount), trim_scale(cohort_closing), trim_scale(kept),
  paying, clients, retained, movers
FROM found {names}
WHERE %(only)s::text IS NULL OR side = 'p' OR {name} = %(only)s"""


def sums_query(slicing: Slicing, only: str | None) -> str:
    """Rows of number, slice key, side (of `standing`, or `moved`, or `sold`: to clients of the opening only), kind,
    amount, cohort closing, kept, paying clients, clients, retained, ids of the clients that moved.

    One statement, so that the ends and what moved between them are of one moment. A client of the opening counts
    where it was at the opening, but in a service slice where the sale was.
    """
    text = _MOVED.format(
        prospect=PROSPECT,
        key=slicing.of_movement,
        sold_key="movement.key" if slicing.by == "service" else slicing.of_client,
        among=slicing.among("movement.client_id", only),
        name=slicing.name,
        names=slicing.names,
    )
    return ends_query(slicing, only) + text
