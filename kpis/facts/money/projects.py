"""Who of the clients of the opening bought a one-off project: many periods at once, slice by slice.

Projects are few and read as the book has them.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

from kpis.direct.query import Query, SliceKey
from kpis.direct.slices import list_slices_of
from kpis.facts.money.ends import PERIOD
from kpis.facts.money.flows import PROSPECT
from kpis.facts.money.slicing import SLICINGS
from kpis.facts.money.sums import PeriodSums

_BUYERS = """,
sale AS MATERIALIZED (
  SELECT period.number, period.opening_day AS day, line.client_id, line.service_id
  FROM period JOIN clients_contractline line ON line.starts_on >= period.start AND line.starts_on < period.cut_end
  WHERE line.kind = 'one_off' AND NOT line.is_void AND line.amount > 0 AND {among}
),
buyer AS (SELECT DISTINCT number, day, client_id FROM sale),
{prospect},
found AS (
  SELECT sale.number, {key} AS key, COUNT(DISTINCT sale.client_id) AS buyers
  FROM sale JOIN prospect USING (number, client_id)
  JOIN clients_client client ON client.id = sale.client_id
  JOIN kpis_clientowner owned ON owned.client_id = sale.client_id AND owned.starts_on <= sale.day
    AND (owned.ends_on IS NULL OR owned.ends_on > sale.day)
  GROUP BY 1, 2
)
SELECT found.number, {name} AS key, found.buyers FROM found {names}
WHERE %(only)s::text IS NULL OR {name} = %(only)s"""


class Crowd(NamedTuple):
    """How many clients of a slice bought, of how many that could."""

    buyers: int
    prospects: int


Crowds = dict[SliceKey, Crowd]


def load_crowds(queries: Sequence[Query], periods: Sequence[PeriodSums], only: str | None) -> list[Crowds]:
    """One per query, by slice; `periods` are the sums of these queries."""
    buyers = _read_buyers(queries, only)
    if queries[0].by != "service":
        return [
            {key: Crowd(bought.get(key, 0), len(facts.prospects)) for key, facts in sums.slices.items()}
            for sums, bought in zip(periods, buyers, strict=True)
        ]
    return [
        {
            key: Crowd(bought.get(key, 0), sums.payers)
            for key in {**sums.slices, **services}
            if only in (None, key)
        }
        for sums, bought, services in zip(periods, buyers, list_slices_of(queries), strict=True)
    ]


def _read_buyers(queries: Sequence[Query], only: str | None) -> list[dict[SliceKey, int]]:
    slicing = SLICINGS[queries[0].by]
    text = PERIOD + _BUYERS.format(
        prospect=PROSPECT,
        key="sale.service_id" if slicing.by == "service" else slicing.of_client,
        among=slicing.among("line.client_id", only),
        name=slicing.name,
        names=slicing.names,
    )
    values: dict[str, Any] = {
        "starts": [query.start for query in queries],
        "cut_ends": [query.cut_end for query in queries],
        "base": queries[0].settings.currency,
        "only": only,
    }
    buyers: list[dict[SliceKey, int]] = [{} for _ in queries]
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        for number, key, count in cursor.fetchall():
            buyers[number - 1][key] = count
    return buyers
