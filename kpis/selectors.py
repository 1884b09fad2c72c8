"""What the scorecard reads: stored values of a period, and their past months. One query each."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from agencyam.periods import Period, add_months
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Definition
from kpis.models import KPIValue

_ORDER = {key: number for number, key in enumerate(DEFINITIONS)}


@dataclass(frozen=True)
class Point:
    """A month of a sparkline; `value` None where the KPI was undefined."""

    month: date
    value: Decimal | None
    status: str


def get_definition(kpi: str) -> Definition:
    """Raises KeyError for a key that is no KPI."""
    return DEFINITIONS[kpi]


def list_values(*, period: Period, by: str = "agency", key: str = "") -> list[KPIValue]:
    """The stored values of one slice, in the order of the catalogue; empty if nothing was computed yet."""
    rows = KPIValue.objects.of_period(period.start, period.end).of_slice(by, key)
    return sorted((row for row in rows if row.kpi in _ORDER), key=lambda row: _ORDER[row.kpi])


def list_slice_values(*, kpi: str, period: Period, by: str) -> list[KPIValue]:
    """One KPI in all slices of a kind, by label."""
    rows = KPIValue.objects.of_period(period.start, period.end).filter(kpi=kpi, by=by)
    return list(rows.order_by("slice_label", "slice_key"))


def list_series(
    *, until: date, months: int = 12, by: str = "agency", key: str = ""
) -> dict[str, list[Point]]:
    """Per KPI the stored values of the `months` calendar months that end by `until`, oldest first.

    `until` is exclusive. Months that were not computed are left out.
    """
    last = until.replace(day=1)
    starts = [add_months(last, -number) for number in range(months, 0, -1)]
    rows = (
        KPIValue.objects.of_slice(by, key)
        .filter(period_start__in=starts, is_partial=False)
        .order_by("period_start")
        .only("kpi", "period_start", "period_end", "value", "status")
    )
    series: defaultdict[str, list[Point]] = defaultdict(list)
    for row in rows:
        if row.period_end == add_months(row.period_start, 1):
            series[row.kpi].append(Point(row.period_start, row.value, row.status))
    return dict(series)


def find_latest_day() -> date | None:
    """The latest day for which anything was computed."""
    return KPIValue.objects.order_by("-as_of").values_list("as_of", flat=True).first()


def get_series(
    *, months: list[Period], by: str = "agency", key: str = "", kpis: list[str] | None = None
) -> dict[str, dict[date, KPIValue]]:
    """Per KPI the stored values of these months by their first day, the running month included."""
    wanted = {month.start: month.end for month in months}
    rows = KPIValue.objects.of_slice(by, key).filter(period_start__in=wanted)
    if kpis is not None:
        rows = rows.filter(kpi__in=kpis)
    series: defaultdict[str, dict[date, KPIValue]] = defaultdict(dict)
    for row in rows.order_by("period_start"):
        if row.period_end == wanted[row.period_start]:
            series[row.kpi][row.period_start] = row
    return dict(series)


def list_stored(
    *,
    by: str,
    key: str,
    spans: Collection[tuple[date, date]],
    kpis: Collection[str] | None,
    fields: Collection[str],
) -> list[tuple[Any, ...]]:
    """Start, end and the `fields` of what is stored of a slice for these periods (start, end). One query."""
    starts = {start for start, _ in spans}
    rows = KPIValue.objects.of_slice(by, key).filter(period_start__in=starts)
    if kpis is not None:
        rows = rows.filter(kpi__in=kpis)
    listed = rows.values_list("period_start", "period_end", *fields)
    return [row for row in listed if (row[0], row[1]) in spans and row[2] in _ORDER]


def list_stored_spans(*, by: str, spans: Collection[tuple[date, date]]) -> list[tuple[date, date]]:
    """Those of the periods (start, end) for which this kind of slice was computed. One query."""
    rows = KPIValue.objects.filter(by=by, period_start__in={start for start, _ in spans})
    found = rows.values_list("period_start", "period_end").distinct()
    return [span for span in found if span in spans]
