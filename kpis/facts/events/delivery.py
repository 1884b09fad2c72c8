"""Deliverables that were due: the facts behind `kpis.direct.delivery`.

Only what was due by the as-of day counts, and lateness is decided on the due day: no later row changes it.
"""

from collections.abc import Collection, Sequence
from decimal import Decimal, localcontext

from accounts.models import AgencySettings
from clients.models import Deliverable
from kpis.direct import delivery
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figure, Figures, Query
from kpis.facts.events.asking import Asked, Tally, blank, put, tallies
from kpis.facts.events.storing import scope, store_events
from kpis.formulas import on_time_delivery_rate

KEYS: tuple[str, ...] = delivery.KEYS

_LATE_BY_CLIENT = "late_by_client"

_SOURCE = """
SELECT client_id, promised_on, promised_on, NULL::date, NULL::date, '',
  CASE WHEN NOT is_on_time AND delay_cause = %(by_client)s THEN %(late_by_client)s ELSE '' END,
  1, is_on_time::int, NULL::numeric
FROM clients_deliverable deliverable
CROSS JOIN LATERAL (
  SELECT CASE WHEN delay_cause = %(agreed)s THEN COALESCE(due_on, baseline_due_on) ELSE baseline_due_on END
) AS promise (promised_on)
CROSS JOIN LATERAL (SELECT COALESCE(delivered_on <= promised_on, FALSE)) AS result (is_on_time)
WHERE lower(status) <> %(cancelled)s AND {scope}
"""


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Replace the deliverables of these clients (all if None)."""
    store_events(
        "deliverable",
        _SOURCE.format(scope=scope("deliverable.client_id", clients)),
        settings=settings,
        clients=clients,
        agreed=Deliverable.DelayCause.AGREED.value,
        by_client=Deliverable.DelayCause.CLIENT.value,
        cancelled=Deliverable.CANCELLED,
        late_by_client=_LATE_BY_CLIENT,
    )


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of those of `keys` that belong to this family, per query and slice."""
    answers = blank(queries, KEYS, keys)
    if not queries or queries[0].by == "service" or KEYS[0] not in keys:
        return answers
    with localcontext(CONTEXT):
        for number, slice_key, group in tallies(Asked(queries, only), "deliverable"):
            put(answers, number, KEYS[0], slice_key, _figure(group))
    return answers


def _figure(group: list[Tally]) -> Figure:
    on_time = sum(row.successes for row in group)
    due = sum(row.quantity for row in group)
    late_by_client = sum(row.quantity for row in group if row.mark == _LATE_BY_CLIENT)
    without = on_time_delivery_rate.compute(on_time=on_time, due=due - late_by_client)
    return Figure(
        numerator=Decimal(on_time),
        denominator=Decimal(due),
        n=due,
        value=on_time_delivery_rate.compute(on_time=on_time, due=due),
        extra={"late_by_client": late_by_client, "without_client_delays": without},
    )
