"""The cohort table: clients by the month of their first recurring revenue, and what became of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from agencyam.periods import Period, add_months
from kpis.direct.exact import CONTEXT
from kpis.direct.lines import BOOK, SCALE, parameters
from kpis.direct.query import Query, SliceKey
from kpis.direct.slices import client_slice

_CLOSES = """, close AS MATERIALIZED (SELECT * FROM unnest(%(closes)s::date[]) AS close (day)),
quote AS MATERIALIZED (
  SELECT close.day, rate.currency, rate.rate FROM close JOIN rate ON rate.days @> close.day
),
worth AS (
  SELECT line.client_id, close.day, GREATEST(SUM(line.amount * quote.rate), 0) AS mrr,
    bool_or(quote.rate IS NULL) AS is_unquoted
  FROM close
  JOIN line ON line.term @> close.day AND NOT line.pauses @> close.day AND line.is_recurring
  LEFT JOIN quote ON quote.day = close.day AND quote.currency = line.currency
  GROUP BY line.client_id, close.day
), begun AS (
  SELECT * FROM presence WHERE NOT isempty(paid) AND (NOT %(is_sliced)s OR {key} = %(slice_key)s)
)"""
_QUERY = (
    _CLOSES
    + """
SELECT date_trunc('month', lower(presence.paid))::date AS month, close.day,
  COUNT(*) AS size, COUNT(*) FILTER (WHERE presence.active @> close.day) AS active,
  COALESCE(SUM(worth.mrr), 0) AS mrr, COALESCE(bool_or(worth.is_unquoted), FALSE) AS is_unquoted
FROM begun presence
JOIN close ON close.day >= lower(presence.paid)
LEFT JOIN worth ON worth.client_id = presence.client_id AND worth.day = close.day
GROUP BY 1, 2 ORDER BY 1, 2"""
)
# The clients of one cohort at its first close and at another one.
_CLIENTS = (
    _CLOSES
    + """
SELECT client.id, client.book_id, client.name, lower(presence.paid) AS began_on,
  presence.active @> close.day AS is_active,
  upper(presence.active * datemultirange(daterange(NULL, close.day + 1))) - 1 AS last_on,
  CASE WHEN first.is_unquoted THEN NULL ELSE COALESCE(first.mrr, 0) END AS first_mrr,
  CASE WHEN worth.is_unquoted THEN NULL ELSE COALESCE(worth.mrr, 0) END AS mrr
FROM begun presence
JOIN clients_client client ON client.id = presence.client_id
JOIN close ON close.day = %(close)s
LEFT JOIN worth ON worth.client_id = presence.client_id AND worth.day = close.day
LEFT JOIN worth first ON first.client_id = presence.client_id AND first.day = %(first_close)s
WHERE lower(presence.paid) >= %(month)s AND lower(presence.paid) <= %(first_close)s
ORDER BY client.name, client.book_id"""
)
# A client belongs to the slice of its last paid day, so that one that left still counts against its own.
_LAST_PAID_DAY = "(LEAST(upper(presence.paid), %(cut_end)s) - 1)"


@dataclass
class Cohort:
    """Clients whose recurring revenue began in `month` (its first day).

    `logos[k]`: how many of them are clients at the close of the month k months later. `revenue[k]`: their
    MRR then, in the agency's currency at that day's rates; None where an exchange rate is missing.
    """

    month: date
    size: int
    logos: list[int]
    revenue: list[Decimal | None]


@dataclass(frozen=True)
class CohortClient:
    """A client of a cohort at the close of a later month.

    `last_on` is the last day on which it was a client, until that close. Amounts are in the agency's currency,
    None where an exchange rate is missing: at the close of the first month, and at that of the later one.
    """

    pk: int
    client: str
    name: str
    began_on: date
    is_active: bool
    last_on: date
    first_mrr: Decimal | None
    mrr: Decimal | None


def list_cohort_clients(query: Query, key: SliceKey, *, month: date, age: int) -> list[CohortClient]:
    """The clients behind a cell of the table: the cohort of `month` at the close `age` months later, by name.

    They add up to the cell. None for a cell that the table does not have.
    """
    first_close = add_months(month, 1) - timedelta(days=1)
    close = add_months(month, age + 1) - timedelta(days=1)
    if close > query.closing_day:
        return []
    text = BOOK + _CLIENTS.format(key=client_slice(query.by, "presence.client_id", _LAST_PAID_DAY))
    asked = {"closes": sorted({first_close, close}), "is_sliced": key is not None, "slice_key": key}
    with connection.cursor() as cursor:
        cursor.execute(
            text, parameters(query) | asked | {"month": month, "first_close": first_close, "close": close}
        )
        rows = cursor.fetchall()
    return [CohortClient(*row[:6], *(_exact(amount) for amount in row[6:])) for row in rows]


def list_cohorts(query: Query, key: SliceKey = None) -> list[Cohort]:
    """All cohorts, the oldest first, with the closes of whole months up to the end of the query's period.

    With a `key`, those of one slice: each client in the slice of its last paid day. Not for services.
    """
    closes = [day for day in _closes(query) if day <= query.closing_day]
    text = BOOK + _QUERY.format(key=client_slice(query.by, "presence.client_id", _LAST_PAID_DAY))
    asked = {"closes": closes, "is_sliced": key is not None, "slice_key": key}
    with connection.cursor() as cursor:
        cursor.execute(text, parameters(query) | asked)
        rows = cursor.fetchall()
    cohorts: dict[date, Cohort] = {}
    for month, _, size, active, mrr, is_unquoted in rows:
        cohort = cohorts.setdefault(month, Cohort(month, size, [], []))
        cohort.logos.append(active)
        cohort.revenue.append(None if is_unquoted else _exact(mrr))
    return list(cohorts.values())


def _exact(scaled: Decimal | None) -> Decimal | None:
    """An amount of the statements in currency units."""
    return None if scaled is None else CONTEXT.divide(scaled, Decimal(SCALE))


def _closes(query: Query) -> list[date]:
    """The last days of the months from the first line's on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(starts_on) FROM clients_contractline WHERE NOT is_void")
        first = cursor.fetchone()[0]
    if first is None or first > query.closing_day:
        return []
    span = Period(first.replace(day=1), add_months(query.closing_day.replace(day=1), 1))
    return [month.end - timedelta(days=1) for month in span.split_months()]
