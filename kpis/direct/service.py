"""Service: how fast clients are answered, whether in time, and whether once was enough."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kpis.direct.evidence import as_json, fetch, figures
from kpis.direct.exclusions import Why, because, until_the_end
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.slices import client_slice
from kpis.direct.waits import Outcome, Wait, list_waits
from kpis.formulas import (
    fcr,
    first_response_hours,
    first_response_hours_mean,
    first_response_hours_p90,
    reply_hours,
    sla_attainment,
    sla_breached,
    sla_pending,
)

KEYS = (
    "first_response_hours",
    "first_response_hours_p90",
    "first_response_hours_mean",
    "reply_hours",
    "sla_attainment",
    "sla_breached",
    "sla_pending",
    "fcr",
)

_FCR_SQL = """
SELECT {slice} AS slice_key, request.book_id AS request, client.book_id AS client, client.name AS client_name,
  request.topic, request.resolved_at, request.is_reopened, contact.messages,
  request.topic <> '' AND EXISTS (
    SELECT FROM clients_request later
    WHERE later.client_id = request.client_id AND lower(btrim(later.topic)) = lower(btrim(request.topic))
      AND later.opened_at > request.resolved_at AND later.opened_at <= request.resolved_at + %(window)s
      AND later.opened_at < %(known_until)s
  ) AS is_repeated,
  request.resolved_at + %(window)s >= %(known_until)s AS is_provisional
FROM clients_request request
JOIN clients_client client ON client.id = request.client_id
CROSS JOIN LATERAL (
  SELECT COUNT(*) FILTER (WHERE number = 1 OR NOT no_reply_needed) AS messages
  FROM (
    SELECT no_reply_needed, ROW_NUMBER() OVER (ORDER BY sent_at, id) AS number FROM clients_message
    WHERE request_id = request.id AND direction = 'inbound' AND NOT is_auto AND is_public
      AND sent_at <= request.resolved_at
  ) AS inbound
) AS contact
WHERE request.is_fcr_eligible = %(is_eligible)s AND request.resolved_at >= %(starts_at)s AND request.resolved_at < %(cut_at)s
ORDER BY request.resolved_at, request.book_id
"""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A request resolved in the period. `messages` are the client's up to then, without marked thanks."""

    slice_key: SliceKey
    request: str
    client: str
    client_name: str
    topic: str
    resolved_at: datetime
    is_reopened: bool
    messages: int
    is_repeated: bool
    is_provisional: bool

    @property
    def is_first_contact(self) -> bool:
        return self.messages == 1 and not self.is_reopened and not self.is_repeated

    def as_json(self) -> dict[str, Any]:
        """The request as an evidence row."""
        return as_json(
            request=self.request,
            client=self.client,
            name=self.client_name,
            topic=self.topic,
            resolved_at=self.resolved_at,
            messages=self.messages,
            is_reopened=self.is_reopened,
            is_repeated=self.is_repeated,
            is_provisional=self.is_provisional,
            numerator=int(self.is_first_contact),
            denominator=1,
        )


def compute(query: Query, keys: Collection[str]) -> Figures:
    """The figures of those of `keys` that belong to this family, per slice."""
    if query.by == "service":
        return {}
    answers: Figures = {}
    wanted = [key for key in KEYS if key in keys]
    if any(key in _WAIT_FIGURES for key in wanted):
        waits = list_waits(query)
        answers = {key: figures(waits, _WAIT_FIGURES[key]) for key in wanted if key in _WAIT_FIGURES}
    if "fcr" in wanted:
        answers["fcr"] = figures(list_resolutions(query), _fcr)
    return answers


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The waits or requests behind one figure."""
    if query.by == "service":
        return []
    if kpi_key == "fcr":
        return [row.as_json() for row in list_resolutions(query) if row.slice_key == slice_key]
    counts = _EVIDENCE[kpi_key]
    return [
        wait.as_json() | counts(wait)
        for wait in list_waits(query)
        if wait.slice_key == slice_key and counts(wait)
    ]


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The slice's waits or requests of the period that do not count, each with its `reason` in words."""
    if query.by == "service":
        return []
    whole = until_the_end(query)
    if kpi_key == "fcr":
        aside = list_resolutions(query, is_eligible=False)
        late = [row for row in list_resolutions(whole) if row.resolved_at >= query.cut_at] if whole else []
        found = [*((Why.NOT_ELIGIBLE, row) for row in aside), *((Why.LATER, row) for row in late)]
        return [because(why, row.as_json()) for why, row in found if row.slice_key == slice_key]
    counts = _EVIDENCE[kpi_key]
    late_waits = [wait for wait in list_waits(whole) if wait.inbound_at >= query.cut_at] if whole else []
    waits = [(_why_not(kpi_key, wait), wait) for wait in list_waits(query) if not counts(wait)]
    waits += [(Why.LATER, wait) for wait in late_waits]
    return [because(why, wait.as_json()) for why, wait in waits if wait.slice_key == slice_key]


def _why_not(kpi_key: str, wait: Wait) -> Why:
    if wait.outcome == Outcome.NO_REPLY_NEEDED:
        return Why.NO_REPLY_NEEDED
    if kpi_key.startswith("sla_"):
        outcomes = {Outcome.MET: Why.MET, Outcome.BREACHED: Why.BREACHED, Outcome.PENDING: Why.PENDING}
        return outcomes[wait.outcome]
    return Why.LATER_REPLY if wait.is_pair else Why.NOT_ANSWERED


def list_resolutions(query: Query, *, is_eligible: bool = True) -> list[Resolution]:
    """Requests resolved in the period, as known at the close of `as_of`; earliest first.

    A request without a topic is never taken for the repetition of another. `is_eligible` False lists those
    that are marked as not counting.
    """
    day = "(request.resolved_at AT TIME ZONE %(zone)s)::date"
    sql = _FCR_SQL.format(slice=client_slice(query.by, "client.id", day))
    window = timedelta(days=query.settings.fcr_window_days)
    return fetch(query, Resolution, sql, window=window, is_eligible=is_eligible)


def _fcr(group: list[Resolution]) -> Figure:
    at_once = sum(row.is_first_contact for row in group)
    return Figure(
        numerator=Decimal(at_once),
        denominator=Decimal(len(group)),
        n=len(group),
        value=fcr.compute(at_first_contact=at_once, resolved=len(group)),
        extra={"provisional": sum(row.is_provisional for row in group)},
    )


def _hours(group: list[Wait], *, is_first_only: bool) -> list[Decimal]:
    return [wait.hours for wait in group if wait.is_pair and (wait.is_first or not is_first_only)]


def _notes(group: list[Wait]) -> dict[str, Any]:
    return {
        "no_reply_needed": sum(wait.outcome == Outcome.NO_REPLY_NEEDED for wait in group),
        "clock_skewed": sum(wait.is_pair and wait.is_skewed for wait in group),
    }


def _first_response(formula: Callable[..., Decimal | None]) -> Callable[[list[Wait]], Figure | None]:
    def figure(group: list[Wait]) -> Figure | None:
        hours = _hours(group, is_first_only=True)
        return _time(hours, formula(hours=hours), group)

    return figure


def _reply(group: list[Wait]) -> Figure | None:
    hours = _hours(group, is_first_only=False)
    return _time(hours, reply_hours.compute(hours=hours), group)


def _mean(group: list[Wait]) -> Figure | None:
    hours = _hours(group, is_first_only=True)
    if not hours:
        return None
    total = sum(hours, Decimal(0))
    value = first_response_hours_mean.compute(hours=hours)
    return Figure(total, Decimal(len(hours)), len(hours), value, extra=_notes(group))


def _time(hours: list[Decimal], value: Decimal | None, group: list[Wait]) -> Figure | None:
    """A percentile has neither numerator nor denominator."""
    return Figure(None, None, len(hours), value, extra=_notes(group)) if hours else None


def _attainment(group: list[Wait]) -> Figure | None:
    counts = Counter(wait.outcome for wait in group)
    met, breached = counts[Outcome.MET], counts[Outcome.BREACHED]
    if not met + breached:
        return None
    value = sla_attainment.compute(met=met, breached=breached)
    extra = {"pending": counts[Outcome.PENDING]} | _notes(group)
    return Figure(Decimal(met), Decimal(met + breached), met + breached, value, extra=extra)


def _breached(group: list[Wait]) -> Figure:
    breached = sum(wait.outcome == Outcome.BREACHED for wait in group)
    return _count(sla_breached.compute(breached=breached), group)


def _pending(group: list[Wait]) -> Figure:
    pending = sum(wait.outcome == Outcome.PENDING for wait in group)
    return _count(sla_pending.compute(pending=pending), group)


def _count(value: Decimal, group: list[Wait]) -> Figure:
    waits = sum(wait.outcome != Outcome.NO_REPLY_NEEDED for wait in group)
    return Figure(value, None, waits, value, extra=_notes(group))


_WAIT_FIGURES: dict[str, Callable[[list[Wait]], Figure | None]] = {
    "first_response_hours": _first_response(first_response_hours.compute),
    "first_response_hours_p90": _first_response(first_response_hours_p90.compute),
    "first_response_hours_mean": _mean,
    "reply_hours": _reply,
    "sla_attainment": _attainment,
    "sla_breached": _breached,
    "sla_pending": _pending,
}


def _mean_cells(wait: Wait) -> dict[str, Any]:
    return as_json(numerator=wait.hours, denominator=1) if wait.is_pair and wait.is_first else {}


def _first_pair_cells(wait: Wait) -> dict[str, Any]:
    return {"n": 1} if wait.is_pair and wait.is_first else {}


def _pair_cells(wait: Wait) -> dict[str, Any]:
    return {"n": 1} if wait.is_pair else {}


def _attainment_cells(wait: Wait) -> dict[str, Any]:
    if wait.outcome not in (Outcome.MET, Outcome.BREACHED):
        return {}
    return {"numerator": int(wait.outcome == Outcome.MET), "denominator": 1}


def _counted(outcome: Outcome) -> Callable[[Wait], dict[str, Any]]:
    return lambda wait: {"numerator": 1} if wait.outcome == outcome else {}


# What a wait adds to a figure; nothing if it does not count there.
_EVIDENCE: dict[str, Callable[[Wait], dict[str, Any]]] = {
    "first_response_hours": _first_pair_cells,
    "first_response_hours_p90": _first_pair_cells,
    "first_response_hours_mean": _mean_cells,
    "reply_hours": _pair_cells,
    "sla_attainment": _attainment_cells,
    "sla_breached": _counted(Outcome.BREACHED),
    "sla_pending": _counted(Outcome.PENDING),
}
