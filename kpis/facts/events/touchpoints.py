"""Conversations and client-months: the facts behind `kpis.direct.touchpoints`.

A client-month needs the days of the month that lie in the period, so it is made when it is asked for, from the
days on which clients were active.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from accounts.cadence import read_cadence
from accounts.models import AgencySettings
from agencyam.periods import add_months
from kpis.direct import touchpoints
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.touchpoints import ACTIVE_DAYS
from kpis.facts.events.asking import IN_PART, PART, Asked, Span, blank, put, tallies
from kpis.facts.events.storing import PLACED, place, scope, store_events
from kpis.formulas import touchpoint_coverage, touchpoints_per_client_month

KEYS: tuple[str, ...] = touchpoints.KEYS

_SOURCE = """
SELECT client_id, day, day, NULL::date, NULL::date, direction, '', COUNT(*), 0, NULL::numeric
FROM (
  SELECT client_id, direction, (occurred_at AT TIME ZONE %(zone)s)::date AS day
  FROM clients_touchpoint touchpoint WHERE status = 'held' AND {scope}
) AS held
GROUP BY client_id, day, direction
"""

_MONTHS = """
WITH {part}, month AS (
  SELECT * FROM unnest(%(starts)s::date[], %(ends)s::date[]) WITH ORDINALITY AS month (starts_on, ends_on, place)
), band AS (
  SELECT client.id AS client_id, COALESCE(of_tier.minimum, of_segment.minimum, %(minimum)s) AS minimum,
    COALESCE(of_tier.maximum, of_segment.maximum, %(maximum)s) AS maximum
  FROM clients_client client
  LEFT JOIN unnest(%(tiers)s::text[], %(tier_minimums)s::int[], %(tier_maximums)s::int[])
    AS of_tier (tier, minimum, maximum) USING (tier)
  LEFT JOIN unnest(%(segments)s::text[], %(segment_minimums)s::int[], %(segment_maximums)s::int[])
    AS of_segment (segment, minimum, maximum) USING (segment)
), served AS (
  SELECT month.place - 1 AS month, presence.client_id,
    MAX(LEAST(presence.ends_on, month.ends_on)) - 1 AS day
  FROM kpis_clientpresence presence
  JOIN month ON presence.starts_on < month.ends_on
    AND (presence.ends_on IS NULL OR presence.ends_on > month.starts_on)
  WHERE presence.kind = 'active'
  GROUP BY month.place, presence.client_id
  HAVING SUM(LEAST(presence.ends_on, month.ends_on) - GREATEST(presence.starts_on, month.starts_on))
    >= %(active_days)s
), held AS (
  SELECT part.number AS month, fact.client_id, SUM(fact.quantity) AS touchpoints
  FROM kpis_eventfact fact {in_part}
  WHERE fact.kind = 'touchpoint' GROUP BY part.number, fact.client_id
), fact AS (
  SELECT served.month, served.client_id, {placed}, COALESCE(held.touchpoints, 0) AS touchpoints,
    band.minimum, band.maximum
  FROM served JOIN band USING (client_id) LEFT JOIN held USING (month, client_id) {place}
), level AS (
  SELECT fact.month, {slot} AS slot, COUNT(*) AS months,
    COUNT(*) FILTER (WHERE touchpoints >= minimum) AS covered,
    COUNT(*) FILTER (WHERE touchpoints > maximum) AS overserved
  FROM fact WHERE {chosen} GROUP BY fact.month, slot
), sums AS (
  SELECT holder.period AS number, level.slot, SUM(months)::int AS months, SUM(covered)::int AS covered,
    SUM(overserved)::int AS overserved
  FROM level
  JOIN unnest(%(month_numbers)s::int[], %(periods)s::int[]) AS holder (month, period) USING (month)
  GROUP BY holder.period, level.slot
) """


@dataclass(frozen=True, slots=True)
class _Months:
    """The client-months of one period and slice; those with enough conversations, and with too many."""

    count: int
    covered: int
    overserved: int


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Replace the conversations of these clients (all if None)."""
    source = _SOURCE.format(scope=scope("touchpoint.client_id", clients))
    store_events("touchpoint", source, settings=settings, clients=clients)


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of those of `keys` that belong to this family, per query and slice."""
    answers = blank(queries, KEYS, keys)
    if not queries or queries[0].by == "service" or not set(KEYS) & set(keys):
        return answers
    with localcontext(CONTEXT):
        asked = Asked(queries, only)
        months = dict(_client_months(asked))
        for (number, slice_key), found in months.items():
            put(answers, number, "touchpoint_coverage", slice_key, _coverage(found))
        if "touchpoints_per_client_month" in keys:
            held = _held(asked)
            for number, slice_key in months.keys() | held.keys():
                found = months.get((number, slice_key), _Months(0, 0, 0))
                figure = _mean(found.count, held.get((number, slice_key), {}))
                put(answers, number, "touchpoints_per_client_month", slice_key, figure)
    return answers


def _months_of(query: Query) -> Iterator[Span]:
    """The calendar months of a period, as far as they lie in it."""
    start = query.start
    while start < query.cut_end:
        end = add_months(start.replace(day=1), 1)
        yield start, min(end, query.cut_end)
        start = end


def _client_months(asked: Asked) -> Iterator[tuple[tuple[int, SliceKey], _Months]]:
    pairs = [(month, number) for number, query in enumerate(asked.queries) for month in _months_of(query)]
    cadence = read_cadence(asked.queries[0].settings.cadence)
    months: list[tuple[date, date]] = sorted({month for month, _number in pairs})
    numbers = {month: number for number, month in enumerate(months)}
    head = _MONTHS.format(
        part=PART,
        in_part=IN_PART,
        placed=PLACED,
        place=place("served.client_id", "served.day"),
        slot=asked.slot,
        chosen=asked.is_chosen,
    )
    found = asked.read(
        head + asked.answer("months, covered, overserved"),
        months,
        starts=[start for start, _end in months],
        ends=[end for _start, end in months],
        month_numbers=[numbers[month] for month, _number in pairs],
        periods=[number for _month, number in pairs],
        active_days=ACTIVE_DAYS,
        minimum=cadence.usual.minimum,
        maximum=cadence.usual.maximum,
        tiers=list(cadence.tiers),
        tier_minimums=[band.minimum for band in cadence.tiers.values()],
        tier_maximums=[band.maximum for band in cadence.tiers.values()],
        segments=list(cadence.segments),
        segment_minimums=[band.minimum for band in cadence.segments.values()],
        segment_maximums=[band.maximum for band in cadence.segments.values()],
    )
    for number, slice_key, *counts in found:
        yield (number, slice_key), _Months(*counts)


def _held(asked: Asked) -> dict[tuple[int, SliceKey], dict[str, int]]:
    """Conversations by direction, per period number and slice."""
    return {
        (number, slice_key): {row.label: row.quantity for row in group}
        for number, slice_key, group in tallies(asked, "touchpoint")
    }


def _coverage(months: _Months) -> Figure:
    return Figure(
        numerator=Decimal(months.covered),
        denominator=Decimal(months.count),
        n=months.count,
        value=touchpoint_coverage.compute(covered=months.covered, client_months=months.count),
        extra={"overserved": Decimal(months.overserved) / months.count},
    )


def _mean(client_months: int, held: dict[str, int]) -> Figure:
    total = sum(held.values())
    return Figure(
        numerator=Decimal(total),
        denominator=Decimal(client_months),
        n=client_months,
        value=touchpoints_per_client_month.compute(touchpoints=total, client_months=client_months),
        extra={name: held.get(name, 0) for name in ("upstream", "downstream")},
        reason=None if client_months else "no_client_months",
    )
