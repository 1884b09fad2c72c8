"""What pages read of the stored values. One query each."""

from collections.abc import Collection
from datetime import date
from typing import Any

from kpis.formulas.catalogue import DEFINITIONS
from kpis.models import KPIValue


def list_stored(
    *,
    by: str,
    key: str,
    spans: Collection[tuple[date, date]],
    kpis: Collection[str] | None,
    fields: Collection[str],
) -> list[tuple[Any, ...]]:
    """Start, end and the `fields` (the first is `kpi`) of what is stored of a slice for these periods (start, end). One query."""
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    rows = KPIValue.objects.of_slice(by, key).filter(period_start__in=starts, period_end__in=ends)
    if kpis is not None:
        rows = rows.filter(kpi__in=kpis)
    listed = rows.values_list("period_start", "period_end", *fields)
    return [row for row in listed if (row[0], row[1]) in spans and row[2] in DEFINITIONS]


def list_stored_spans(*, by: str, spans: Collection[tuple[date, date]]) -> list[tuple[date, date]]:
    """Those of the periods (start, end) for which this kind of slice was computed. One query."""
    rows = KPIValue.objects.filter(by=by, period_start__in={start for start, _ in spans})
    found = rows.values_list("period_start", "period_end").distinct()
    return [span for span in found if span in spans]
