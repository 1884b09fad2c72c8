"""Keeping what the engine answered, so that pages read rows: thousands of results in a few statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from kpis.direct.query import Query
from kpis.engine import Result, as_text
from kpis.formulas.catalogue import DEFINITIONS
from kpis.merging import FRESH, merge_rows
from kpis.models import KPIValue

_TABLE = KPIValue._meta.db_table
_KEY = ("kpi", "by", "slice_key", "period_start", "period_end")
_COLUMNS = tuple(str(field.column) for field in KPIValue._meta.concrete_fields if field.name != "id")
_SAME = " AND ".join(f'stored."{name}" = fresh."{name}"' for name in _KEY)
# Slices that are no more, such as a member without clients.
_FORGET = f"""
DELETE FROM {_TABLE} WHERE id IN (
  SELECT stored.id FROM {_TABLE} stored
  JOIN (SELECT DISTINCT kpi, "by", period_start, period_end FROM {FRESH}) told
    USING (kpi, "by", period_start, period_end)
  LEFT JOIN {FRESH} fresh ON {_SAME}
  WHERE fresh.kpi IS NULL
)"""  # noqa: S608 – our own words


@transaction.atomic
def store(results: Iterable[Result], *, now: datetime) -> int:
    """Replace what is stored for the KPIs, periods and kinds of slice of these results. Returns how many.

    The results of a KPI and period hold all slices of their kind: what they do not name is forgotten.
    """
    rows = (_row(result, now) for result in results)
    count = merge_rows(
        KPIValue, ([row[name] for name in _COLUMNS] for row in rows), columns=_COLUMNS, key=_KEY
    )
    with connection.cursor() as cursor:
        # The planner takes five equal columns for one row in thousands and would compare all with all.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_FORGET)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return count


def forget_unchosen(queries: Sequence[Query]) -> None:
    """Drop what is stored for these periods of KPIs that the agency no longer counts in them.

    The queries share `by` and the choices.
    """
    asked = queries[0]
    unchosen = [key for key, definition in DEFINITIONS.items() if not asked.is_chosen(definition)]
    spans = Q()
    for query in queries:
        spans |= Q(period_start=query.start, period_end=query.end)
    KPIValue.objects.filter(spans, kpi__in=unchosen, by=asked.by).delete()


def _row(result: Result, now: datetime) -> dict[str, Any]:
    figure, query, definition = result.figure, result.query, result.definition
    return {
        "kpi": result.kpi,
        "by": query.by,
        "slice_key": result.key or "",
        "slice_label": result.label,
        "period_start": query.start,
        "period_end": query.end,
        "as_of": query.as_of,
        "is_partial": query.is_partial,
        "value": as_text(result.value),
        "reason": figure.reason or "",
        "numerator": as_text(figure.numerator),
        "denominator": as_text(figure.denominator),
        "n": figure.n,
        "unit": definition.unit.value,
        "display": result.display,
        "ci_low": as_text(result.ci_low),
        "ci_high": as_text(result.ci_high),
        "direction": definition.direction.value,
        "target": as_text(result.target),
        "target_high": as_text(result.goal.high),
        "status": result.status.value,
        "is_small_sample": result.is_small_sample,
        "definition_version": result.definition_version,
        "computed_at": now,
    }
