"""Touch points: conversations per client and month, and the share of client-months with enough of them.

A client-month is a calendar month, as far as it lies in the period, of which the client was active on at
least 15 days. It belongs to the slice of the client's last active day in it, a conversation to its own day's.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.cadence import Band, Cadence, read_cadence
from kpis.direct.evidence import as_json, by_slice, fetch, figures
from kpis.direct.exclusions import Why, because, until_the_end
from kpis.direct.lines import BOOK
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.slices import client_slice
from kpis.formulas import touchpoint_coverage, touchpoints_per_client_month

KEYS = ("touchpoints_per_client_month", "touchpoint_coverage")

ACTIVE_DAYS = 15

_MONTH_SQL = """, month AS (
  SELECT first::date AS first, daterange(
    GREATEST(first::date, %(start)s), LEAST((first + interval '1 month')::date, %(cut_end)s)) AS days
  FROM generate_series(
    date_trunc('month', %(start)s::timestamp), %(closing_day)s::timestamp, interval '1 month') AS first
), client_month AS (
  SELECT presence.client_id, month.first, presence.active * datemultirange(month.days) AS days
  FROM presence JOIN month ON presence.active && month.days
), held AS (
  SELECT client_id, date_trunc('month', occurred_at AT TIME ZONE %(zone)s)::date AS first,
    COUNT(*) AS touchpoints
  FROM clients_touchpoint
  WHERE status = 'held' AND occurred_at >= %(starts_at)s AND occurred_at < %(cut_at)s
  GROUP BY client_id, 2
)
SELECT {slice} AS slice_key, client.book_id AS client, client.name AS client_name, client.tier,
  client.segment, client_month.first AS month, COALESCE(held.touchpoints, 0) AS touchpoints,
  (SELECT SUM(upper(span) - lower(span)) FROM unnest(client_month.days) AS span)::int AS active_days
FROM client_month
JOIN clients_client client ON client.id = client_month.client_id
LEFT JOIN held ON held.client_id = client_month.client_id AND held.first = client_month.first
ORDER BY client_month.first, client.name, client.book_id
"""

_TOUCHPOINT_SQL = """
SELECT {slice} AS slice_key, touchpoint.book_id AS touchpoint, client.book_id AS client,
  client.name AS client_name, touchpoint.occurred_at, touchpoint.channel, touchpoint.direction
FROM clients_touchpoint touchpoint
JOIN clients_client client ON client.id = touchpoint.client_id
WHERE touchpoint.status = %(status)s
  AND touchpoint.occurred_at >= %(starts_at)s AND touchpoint.occurred_at < %(cut_at)s
ORDER BY touchpoint.occurred_at, touchpoint.book_id
"""


@dataclass(frozen=True, slots=True)
class ClientMonth:
    """A month of an active client, with the conversations held in it. `month` is its first day."""

    slice_key: SliceKey
    client: str
    client_name: str
    tier: str
    segment: str
    month: date
    touchpoints: int
    active_days: int

    def as_json(self, *, numerator: int) -> dict[str, Any]:
        """The client-month as an evidence row."""
        return as_json(
            client=self.client,
            name=self.client_name,
            month=self.month,
            touchpoints=self.touchpoints,
            numerator=numerator,
            denominator=1,
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """A touchpoint held in the period."""

    slice_key: SliceKey
    touchpoint: str
    client: str
    client_name: str
    occurred_at: datetime
    channel: str
    direction: str

    def as_json(self) -> dict[str, Any]:
        """The conversation as an evidence row."""
        return as_json(
            touchpoint=self.touchpoint,
            client=self.client,
            name=self.client_name,
            occurred_at=self.occurred_at,
            channel=self.channel,
            direction=self.direction,
            numerator=1,
            denominator=0,
        )


def compute(query: Query, keys: Collection[str]) -> Figures:
    """The figures of those of `keys` that belong to this family, per slice."""
    answers: Figures = {}
    if query.by == "service" or not set(KEYS) & set(keys):
        return answers
    months = list_client_months(query)
    if "touchpoint_coverage" in keys:
        cadence = read_cadence(query.settings.cadence)
        answers["touchpoint_coverage"] = figures(months, lambda group: _coverage(group, cadence))
    if "touchpoints_per_client_month" in keys:
        answers["touchpoints_per_client_month"] = _mean_per_slice(months, list_conversations(query))
    return answers


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The client-months behind the coverage; for the mean the conversations come first."""
    if query.by == "service":
        return []
    months = [row for row in list_client_months(query) if row.slice_key == slice_key]
    if kpi_key == "touchpoint_coverage":
        cadence = read_cadence(query.settings.cadence)
        return [_covered(row, cadence.of(row.tier, row.segment)) for row in months]
    held = [row.as_json() for row in list_conversations(query) if row.slice_key == slice_key]
    return held + [row.as_json(numerator=0) for row in months]


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The slice's months and conversations that do not count, each with its `reason` in words."""
    if query.by == "service":
        return []
    short = [row for row in _list_months(query) if row.active_days < ACTIVE_DAYS]
    found = [
        because(Why.FEW_DAYS, row.as_json(numerator=0) | {"active_days": row.active_days})
        for row in short
        if row.slice_key == slice_key
    ]
    whole = until_the_end(query)
    late = [row for row in list_conversations(whole) if row.occurred_at >= query.cut_at] if whole else []
    cancelled = list_conversations(query, status="cancelled")
    talks = [*((Why.CANCELLED, row) for row in cancelled), *((Why.LATER, row) for row in late)]
    return found + [because(why, row.as_json()) for why, row in talks if row.slice_key == slice_key]


def list_client_months(query: Query) -> list[ClientMonth]:
    """Client-months of the period, earliest first, then by name."""
    return [row for row in _list_months(query) if row.active_days >= ACTIVE_DAYS]


def _list_months(query: Query) -> list[ClientMonth]:
    """All months in which clients were active at all."""
    sql = BOOK + _MONTH_SQL.format(
        slice=client_slice(query.by, "client.id", "(upper(client_month.days) - 1)")
    )
    return fetch(query, ClientMonth, sql)


def list_conversations(query: Query, *, status: str = "held") -> list[Conversation]:
    """Conversations held (or `cancelled`) in the period, earliest first."""
    day = "(touchpoint.occurred_at AT TIME ZONE %(zone)s)::date"
    sql = _TOUCHPOINT_SQL.format(slice=client_slice(query.by, "client.id", day))
    return fetch(query, Conversation, sql, status=status)


def _covered(row: ClientMonth, band: Band) -> dict[str, Any]:
    """The client-month with what was enough for it."""
    return row.as_json(numerator=int(row.touchpoints >= band.minimum)) | {"enough": band.minimum}


def _coverage(group: list[ClientMonth], cadence: Cadence) -> Figure:
    bands = [(row.touchpoints, cadence.of(row.tier, row.segment)) for row in group]
    covered = sum(touchpoints >= band.minimum for touchpoints, band in bands)
    overserved = Decimal(sum(touchpoints > band.maximum for touchpoints, band in bands)) / len(group)
    return Figure(
        numerator=Decimal(covered),
        denominator=Decimal(len(group)),
        n=len(group),
        value=touchpoint_coverage.compute(covered=covered, client_months=len(group)),
        extra={"overserved": overserved},
    )


def _mean_per_slice(
    months: Iterable[ClientMonth], conversations: Iterable[Conversation]
) -> dict[SliceKey, Figure]:
    month_groups, held_groups = by_slice(months), by_slice(conversations)
    return {
        key: _mean(len(month_groups.get(key, [])), held_groups.get(key, []))
        for key in month_groups.keys() | held_groups.keys()
    }


def _mean(client_months: int, held: list[Conversation]) -> Figure:
    return Figure(
        numerator=Decimal(len(held)),
        denominator=Decimal(client_months),
        n=client_months,
        value=touchpoints_per_client_month.compute(touchpoints=len(held), client_months=client_months),
        extra={name: sum(row.direction == name for row in held) for name in ("upstream", "downstream")},
        reason=None if client_months else "no_client_months",
    )
