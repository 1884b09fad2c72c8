"""Waits and resolved requests: the facts behind `kpis.direct.service`."""

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from accounts.models import AgencySettings
from kpis.direct import service
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.waits import MICROSECONDS_PER_HOUR
from kpis.facts.events.asking import IN_PART, PART, Asked, Tally, blank, put, tallies
from kpis.facts.events.storing import scope, store_events
from kpis.facts.events.waits import store_waits
from kpis.formulas import fcr, sla_attainment, sla_breached, sla_pending
from kpis.formulas.arithmetic import share
from kpis.formulas.percentile import between

KEYS: tuple[str, ...] = service.KEYS

# A request resolved at first contact is one until the day on which the same question comes again.
_RESOLUTIONS = """
WITH resolved AS (
  SELECT request.id, request.client_id, request.is_reopened, request.resolved_at,
    lower(btrim(request.topic)) AS topic, (request.resolved_at AT TIME ZONE %(zone)s)::date AS day,
    request.resolved_at + %(window_days)s * interval '1 day' AS settles_at
  FROM clients_request request
  WHERE request.is_fcr_eligible AND request.resolved_at IS NOT NULL AND {scope}
), contact AS (
  SELECT request_id, COUNT(*) FILTER (WHERE number = 1 OR NOT no_reply_needed) AS messages
  FROM (
    SELECT message.request_id, message.no_reply_needed, ROW_NUMBER() OVER (
      PARTITION BY message.request_id ORDER BY message.sent_at, message.id) AS number
    FROM clients_message message JOIN resolved ON resolved.id = message.request_id
    WHERE message.direction = 'inbound' AND NOT message.is_auto AND message.is_public
      AND message.sent_at <= resolved.resolved_at
  ) AS inbound GROUP BY request_id
), judged AS (
  SELECT resolved.*, COALESCE(contact.messages = 1, FALSE) AND NOT resolved.is_reopened AS is_once, (
    SELECT (MIN(later.opened_at) AT TIME ZONE %(zone)s)::date FROM clients_request later
    WHERE later.client_id = resolved.client_id AND lower(btrim(later.topic)) = resolved.topic
      AND resolved.topic <> '' AND later.opened_at > resolved.resolved_at
      AND later.opened_at <= resolved.settles_at
  ) AS repeated_on
  FROM resolved LEFT JOIN contact ON contact.request_id = resolved.id
), dated AS (SELECT *, (settles_at AT TIME ZONE %(zone)s)::date AS settles_on FROM judged)
SELECT client_id, day, day, CASE WHEN is_once THEN repeated_on END, settles_on, '', '', 1, is_once::int,
  NULL::numeric
FROM dated WHERE NOT is_once OR repeated_on IS DISTINCT FROM day
UNION ALL
SELECT client_id, day, repeated_on, NULL, settles_on, '', '', 1, 0, NULL
FROM dated WHERE is_once AND repeated_on IS NOT NULL
"""

_WAITS = """
WITH {part}, state AS (
  SELECT part.number, {slot} AS slot, fact.elapsed, fact.is_first, fact.is_skewed,
    CASE WHEN fact.closed_on <= %(as_of)s AND fact.is_dismissed THEN 'dismissed'
         WHEN fact.closed_on <= %(as_of)s AND fact.is_late THEN 'late_reply'
         WHEN fact.closed_on <= %(as_of)s THEN 'met'
         WHEN fact.late_on <= %(as_of)s THEN 'late' ELSE 'pending' END AS state
  FROM kpis_waitfact fact {in_part}
  WHERE {chosen}
), pair AS (SELECT *, state IN ('met', 'late_reply') AS is_pair FROM state), level AS (
  SELECT number, slot, COUNT(*) FILTER (WHERE state = 'met') AS met,
    COUNT(*) FILTER (WHERE state IN ('late', 'late_reply')) AS breached,
    COUNT(*) FILTER (WHERE state = 'pending') AS pending,
    COUNT(*) FILTER (WHERE state = 'dismissed') AS dismissed,
    COUNT(*) FILTER (WHERE is_pair AND is_skewed) AS skewed,
    COUNT(*) FILTER (WHERE is_pair) AS pairs,
    COUNT(*) FILTER (WHERE is_pair AND is_first) AS firsts,
    SUM(elapsed) FILTER (WHERE is_pair AND is_first) AS first_total,
    array_agg(elapsed ORDER BY elapsed) FILTER (WHERE is_pair) AS times,
    array_agg(elapsed ORDER BY elapsed) FILTER (WHERE is_pair AND is_first) AS first_times
  FROM pair GROUP BY number, slot
), sums AS (
  SELECT *, times[(pairs + 1) / 2 : (pairs + 1) / 2 + 1] AS middle,
    first_times[(firsts + 1) / 2 : (firsts + 1) / 2 + 1] AS first_middle,
    first_times[9 * (firsts - 1) / 10 + 1 : 9 * (firsts - 1) / 10 + 2] AS first_high
  FROM level
) """


class _Waits(NamedTuple):
    """The waits of one period and slice; times in microseconds, two neighbours for each percentile."""

    met: int
    breached: int
    pending: int
    dismissed: int
    skewed: int
    pairs: int
    firsts: int
    first_total: int | None
    middle: list[int] | None
    first_middle: list[int] | None
    first_high: list[int] | None

    @property
    def notes(self) -> dict[str, Any]:
        return {"no_reply_needed": self.dismissed, "clock_skewed": self.skewed}


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Replace the waits and resolved requests of these clients (all if None)."""
    store_waits(settings=settings, clients=clients)
    source = _RESOLUTIONS.format(scope=scope("request.client_id", clients))
    store_events("resolution", source, settings=settings, clients=clients)


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of those of `keys` that belong to this family, per query and slice."""
    answers = blank(queries, KEYS, keys)
    if not queries or queries[0].by == "service":
        return answers
    with localcontext(CONTEXT):
        asked = Asked(queries, only)
        wanted = {key: figure for key, figure in _OF_WAITS.items() if key in keys}
        for number, slice_key, waits in _waits(asked) if wanted else ():
            for key, figure in wanted.items():
                put(answers, number, key, slice_key, figure(waits))
        if "fcr" in keys:
            for number, slice_key, group in tallies(asked, "resolution"):
                put(answers, number, "fcr", slice_key, _fcr(group))
    return answers


def _waits(asked: Asked) -> Iterator[tuple[int, SliceKey, _Waits]]:
    head = _WAITS.format(part=PART, in_part=IN_PART, slot=asked.slot, chosen=asked.is_chosen)
    names = ", ".join(f"sums.{name}" for name in _Waits._fields)
    for number, slice_key, *counts in asked.read(head + asked.answer(names)):
        yield number, slice_key, _Waits(*counts)


def _hours(elapsed: int) -> Decimal:
    return Decimal(elapsed) / MICROSECONDS_PER_HOUR


def _percentile(neighbours: list[int] | None, fraction: Decimal, count: int, waits: _Waits) -> Figure | None:
    """A percentile has neither numerator nor denominator."""
    if not neighbours:
        return None
    value = between(_hours(neighbours[0]), _hours(neighbours[-1]), fraction, count)
    return Figure(None, None, count, value, extra=waits.notes)


def _mean(waits: _Waits) -> Figure | None:
    if waits.first_total is None:
        return None
    total = _hours(int(waits.first_total))
    return Figure(total, Decimal(waits.firsts), waits.firsts, share(total, waits.firsts), extra=waits.notes)


def _attainment(waits: _Waits) -> Figure | None:
    judged = waits.met + waits.breached
    if not judged:
        return None
    value = sla_attainment.compute(met=waits.met, breached=waits.breached)
    extra = {"pending": waits.pending} | waits.notes
    return Figure(Decimal(waits.met), Decimal(judged), judged, value, extra=extra)


def _count(value: Decimal, waits: _Waits) -> Figure:
    return Figure(value, None, waits.met + waits.breached + waits.pending, value, extra=waits.notes)


def _fcr(group: list[Tally]) -> Figure:
    at_once = sum(row.successes for row in group)
    resolved = sum(row.quantity for row in group)
    return Figure(
        numerator=Decimal(at_once),
        denominator=Decimal(resolved),
        n=resolved,
        value=fcr.compute(at_first_contact=at_once, resolved=resolved),
        extra={"provisional": sum(row.unsettled for row in group)},
    )


_MEDIAN, _HIGH = Decimal("0.5"), Decimal("0.9")

_OF_WAITS: dict[str, Callable[[_Waits], Figure | None]] = {
    "first_response_hours": lambda waits: _percentile(waits.first_middle, _MEDIAN, waits.firsts, waits),
    "first_response_hours_p90": lambda waits: _percentile(waits.first_high, _HIGH, waits.firsts, waits),
    "first_response_hours_mean": _mean,
    "reply_hours": lambda waits: _percentile(waits.middle, _MEDIAN, waits.pairs, waits),
    "sla_attainment": _attainment,
    "sla_breached": lambda waits: _count(sla_breached.compute(breached=waits.breached), waits),
    "sla_pending": lambda waits: _count(sla_pending.compute(pending=waits.pending), waits),
}
