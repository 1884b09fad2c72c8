"""Delivery: what was due in the period, and whether it came in time.

The due day is the baseline agreed with the client. A later day replaces it only where the delay is marked as
agreed; a delay caused by the client stays late and is told apart in `extra`, so that both views can be shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from clients.models import Deliverable
from kpis.direct.evidence import as_json, fetch, figures
from kpis.direct.exclusions import Why, because, until_the_end
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.slices import client_slice
from kpis.formulas import on_time_delivery_rate

KEYS = ("on_time_delivery_rate",)

_SQL = """
WITH promise AS (
  SELECT *, CASE WHEN delay_cause = %(agreed)s THEN COALESCE(due_on, baseline_due_on) ELSE baseline_due_on END
    AS promised_on
  FROM clients_deliverable WHERE (lower(status) = %(cancelled)s) = %(is_cancelled)s
)
SELECT {slice} AS slice_key, promise.book_id AS deliverable, client.book_id AS client,
  client.name AS client_name, promise.title, promise.promised_on AS due_on, promise.delay_cause,
  CASE WHEN promise.delivered_on <= %(as_of)s THEN promise.delivered_on END AS delivered_on
FROM promise
JOIN clients_client client ON client.id = promise.client_id
WHERE promise.promised_on >= %(start)s AND promise.promised_on < %(cut_end)s
ORDER BY promise.promised_on, promise.book_id
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A deliverable due in the period; `delivered_on` None while it is not delivered."""

    slice_key: SliceKey
    deliverable: str
    client: str
    client_name: str
    title: str
    due_on: date
    delay_cause: str
    delivered_on: date | None

    @property
    def is_on_time(self) -> bool:
        return self.delivered_on is not None and self.delivered_on <= self.due_on

    @property
    def is_late_by_client(self) -> bool:
        return not self.is_on_time and self.delay_cause == Deliverable.DelayCause.CLIENT

    def as_json(self) -> dict[str, Any]:
        """The deliverable as an evidence row."""
        return as_json(
            deliverable=self.deliverable,
            client=self.client,
            name=self.client_name,
            title=self.title,
            due_on=self.due_on,
            delivered_on=self.delivered_on,
            delay_cause=self.delay_cause,
            numerator=int(self.is_on_time),
            denominator=1,
        )


def compute(query: Query, keys: Collection[str]) -> Figures:
    """The figures of those of `keys` that belong to this family, per slice."""
    if query.by == "service" or KEYS[0] not in keys:
        return {}
    return {KEYS[0]: figures(list_due(query), _figure)}


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The deliverables behind the figure."""
    if query.by == "service":
        return []
    return [row.as_json() for row in list_due(query) if row.slice_key == slice_key]


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The slice's deliverables of the period that do not count, each with its `reason` in words."""
    if query.by == "service":
        return []
    whole = until_the_end(query)
    coming = [row for row in list_due(whole) if row.due_on >= query.cut_end] if whole else []
    cancelled = list_due(query, is_cancelled=True)
    found = [*((Why.CANCELLED, row) for row in cancelled), *((Why.NOT_DUE, row) for row in coming)]
    return [because(why, row.as_json()) for why, row in found if row.slice_key == slice_key]


def list_due(query: Query, *, is_cancelled: bool = False) -> list[Due]:
    """Deliverables due in the period, as known at the close of `as_of`; either the cancelled ones or the rest."""
    sql = _SQL.format(slice=client_slice(query.by, "client.id", "promise.promised_on"))
    labels = {"agreed": Deliverable.DelayCause.AGREED.value, "cancelled": Deliverable.CANCELLED}
    return fetch(query, Due, sql, is_cancelled=is_cancelled, **labels)


def _figure(group: list[Due]) -> Figure:
    on_time = sum(row.is_on_time for row in group)
    late_by_client = sum(row.is_late_by_client for row in group)
    without = on_time_delivery_rate.compute(on_time=on_time, due=len(group) - late_by_client)
    return Figure(
        numerator=Decimal(on_time),
        denominator=Decimal(len(group)),
        n=len(group),
        value=on_time_delivery_rate.compute(on_time=on_time, due=len(group)),
        extra={"late_by_client": late_by_client, "without_client_delays": without},
    )
