"""Client-months at risk and clients lost, month by month.

what lifetime and lifetime value are divided from.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from agencyam.periods import Period, add_months
from kpis.direct.lines import BOOK, parameters
from kpis.direct.query import Query, SliceKey
from kpis.direct.slices import client_slice

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Losses:
    """Clients lost out of the clients at the opening of each month, summed over months (client-months)."""

    client_months: int = 0
    lost: int = 0


def months_back(end: date, count: int) -> list[Period]:
    """The `count` months before `end` (exclusive), the latest first; they need not be calendar months."""
    return [Period(add_months(end, -number), add_months(end, 1 - number)) for number in range(1, count + 1)]


# A client has no service, its lines have; paused lines keep their client in the slice.
_OFFERED = """JOIN (
  SELECT DISTINCT line.client_id, month.opening, service.book_id FROM line
  JOIN month ON line.term @> month.opening JOIN clients_service service ON service.id = line.service_id
  WHERE line.amount > 0 OR NOT line.is_recurring
) offered ON offered.client_id = presence.client_id AND offered.opening = month.opening"""

_QUERY = """, month (opening, closing) AS MATERIALIZED (
  SELECT * FROM unnest(%(openings)s::date[], %(closings)s::date[])
)
SELECT {key} AS key, month.opening + 1 AS starts_on, COUNT(*) AS opening_clients,
  COUNT(*) FILTER (WHERE NOT presence.active @> month.closing) AS lost
FROM presence JOIN month ON presence.active @> month.opening {offered}
GROUP BY 1, 2 ORDER BY 2, 1"""


def list_months(query: Query, periods: list[Period], by: str) -> list[dict[str, Any]]:
    """Per slice and month.

    `key`, `starts_on`, `opening_clients`, `lost`. The slice is that of the month's eve. Read once for a query.
    """
    name = f"churn_months:{by}:{[period.start for period in periods]}"
    if name not in query.memo:
        query.memo[name] = _read_months(query, periods, by)
    return query.memo[name]


def _read_months(query: Query, periods: list[Period], by: str) -> list[dict[str, Any]]:
    is_by_service = by == "service"
    key = "offered.book_id" if is_by_service else client_slice(by, "presence.client_id", "month.opening")
    text = BOOK + _QUERY.format(key=key, offered=_OFFERED if is_by_service else "")
    borders = {
        "openings": [period.start - ONE_DAY for period in periods],
        "closings": [period.end - ONE_DAY for period in periods],
    }
    with connection.cursor() as cursor:
        cursor.execute(text, parameters(query) | borders)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def pool(months: list[dict[str, Any]]) -> dict[SliceKey, Losses]:
    """The months of each slice added up."""
    pooled: dict[SliceKey, Losses] = {}
    for month in months:
        before = pooled.get(month["key"], Losses())
        pooled[month["key"]] = Losses(
            before.client_months + month["opening_clients"], before.lost + month["lost"]
        )
    return pooled
