"""What clients leave a month at the close of many periods, where services keep different shares of their revenue."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from kpis.direct.earnings import margins_of
from kpis.direct.exact import CONTEXT
from kpis.direct.lines import SCALE
from kpis.direct.query import Query, SliceKey
from kpis.facts.money.slicing import SLICINGS

# As everywhere, a client whose discounts outweigh its lines pays nothing for any of its services.
_EARNED = """
WITH period AS MATERIALIZED (
  SELECT number, day FROM unnest(%(days)s::date[]) WITH ORDINALITY AS p (day, number)
),
paid AS (
  SELECT period.number, period.day, level.client_id, level.service_id,
    SUM(level.amount * CASE WHEN level.currency = %(base)s THEN 1 ELSE latest.rate END) AS mrr
  FROM period JOIN kpis_mrrlevel level ON level.starts_on <= period.day
    AND (level.ends_on IS NULL OR level.ends_on > period.day)
  LEFT JOIN LATERAL (
    SELECT rate_to_base AS rate FROM kpis_mrrrate q
    WHERE level.currency <> %(base)s AND q.currency = level.currency AND q.effective_on <= period.day
    ORDER BY q.effective_on DESC LIMIT 1
  ) latest ON TRUE
  WHERE {among}
  GROUP BY period.number, period.day, level.client_id, level.service_id
),
worth AS (
  SELECT paid.*, SUM(mrr) OVER (PARTITION BY number, client_id) > 0 AS is_paying FROM paid
),
found AS (
  SELECT worth.number, {key} AS key, SUM(worth.mrr * COALESCE(own.margin, %(margin)s)) AS earned
  FROM worth
  JOIN clients_client client ON client.id = worth.client_id
  JOIN clients_service service ON service.id = worth.service_id
  JOIN kpis_clientowner owned ON owned.client_id = worth.client_id AND owned.starts_on <= worth.day
    AND (owned.ends_on IS NULL OR owned.ends_on > worth.day)
  LEFT JOIN unnest(%(services)s::text[], %(margins)s::numeric[]) AS own (service, margin)
    ON own.service = service.book_id
  WHERE worth.is_paying
  GROUP BY 1, 2
)
SELECT found.number, {name} AS key, trim_scale(found.earned) FROM found {names}
WHERE %(only)s::text IS NULL OR {name} = %(only)s"""


def load_earned(queries: Sequence[Query], only: str | None) -> list[dict[SliceKey, Decimal]]:
    """One per query, by slice, in the agency's currency: one statement. Nothing where all services have the same margin."""
    earned: list[dict[SliceKey, Decimal]] = [{} for _ in queries]
    if not queries[0].settings.service_margins:
        return earned
    slicing, margins = SLICINGS[queries[0].by], margins_of(queries[0])
    text = _EARNED.format(
        key="worth.service_id" if slicing.by == "service" else slicing.of_client,
        among=slicing.among("level.client_id", only),
        name=slicing.name,
        names=slicing.names,
    )
    values: dict[str, Any] = {
        "days": [query.closing_day for query in queries],
        "base": queries[0].settings.currency,
        "margin": margins.usual,
        "services": list(margins.own),
        "margins": list(margins.own.values()),
        "only": only,
    }
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        for number, key, amount in cursor.fetchall():
            if amount is not None:
                earned[number - 1][key] = CONTEXT.divide(amount, Decimal(SCALE))
    return earned
