"""Reads of closed months: what was reported, what is another figure now."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Min

from accounts.models import AgencySettings
from agencyam.periods import Period, local_day, month_of
from clients.changes.models import Change
from clients.models import Client
from clients.service import selectors as service_selectors
from kpis.frozen.business_days import freeze_day
from kpis.frozen.evidence import Row, unpack
from kpis.frozen.marks import Mark
from kpis.frozen.models import SLICES, FrozenEvidence, FrozenFigure, FrozenMonth, Restatement


def is_month(period: Period) -> bool:
    return period == month_of(period.start)


def find_month(period: Period) -> FrozenMonth | None:
    """The closed month that is exactly this period; None for any other period and for an open month."""
    if not is_month(period):
        return None
    return FrozenMonth.objects.filter(starts_on=period.start).first()


def map_months() -> dict[date, FrozenMonth]:
    """All frozen months by their first day."""
    return {month.starts_on: month for month in FrozenMonth.objects.select_related("frozen_by")}


def list_restatements(
    *, month: FrozenMonth, by: str = "agency", key: str = "", kpi: str | None = None
) -> list[Restatement]:
    """Everything that was noticed about a slice of a frozen month, or about one KPI of it, the latest first."""
    rows = Restatement.objects.filter(month=month, by=by, slice_key=key)
    if kpi is not None:
        rows = rows.filter(kpi=kpi)
    return list(rows.select_related("figure").order_by("-pk"))


def count_restated(*, by: str = "agency", key: str = "") -> dict[date, int]:
    """By month how many KPIs of a slice are other numbers now than what was reported."""
    latest = Restatement.objects.latest_of_each().filter(by=by, slice_key=key)
    rows = latest.select_related("month").defer("rows", "causes")
    return dict(Counter(row.month.starts_on for row in rows if row.is_other_figure))


def list_restated_slices(*, month: FrozenMonth) -> list[tuple[str, str, str, int]]:
    """The slices of a month with restated figures: kind, key, name, and how many; kinds in their usual order."""
    latest = Restatement.objects.latest_of_each().filter(month=month).defer("rows", "causes")
    counts: Counter[tuple[str, str]] = Counter()
    labels: dict[tuple[str, str], str] = {}
    for row in latest:
        if row.is_other_figure:
            counts[row.by, row.slice_key] += 1
            labels[row.by, row.slice_key] = row.slice_label
    ordered = sorted(counts, key=lambda name: (SLICES.index(name[0]), labels[name], name[1]))
    return [(by, key, labels[by, key], counts[by, key]) for by, key in ordered]


def map_versions(*, month: FrozenMonth) -> dict[str, int]:
    """By which version of its definition each KPI of the agency was reported."""
    figures = FrozenFigure.objects.filter(month=month, by="agency")
    return dict(figures.values_list("kpi", "definition_version"))


def list_latest_months(count: int) -> list[FrozenMonth]:
    """The latest frozen months, newest first."""
    return list(FrozenMonth.objects.order_by("-starts_on")[:count])


def list_touched_months(*, since: datetime) -> list[tuple[FrozenMonth, frozenset[str]]]:
    """The frozen months about whose days something was written after an instant, each with the areas of it."""
    months = FrozenMonth.objects.order_by("starts_on")
    spans = Change.objects.filter(at__gte=since).values_list("area", "first_on", "last_on").distinct()
    touched = {month: frozenset(_areas_about(month, spans)) for month in (months if spans else ())}
    return [(month, areas) for month, areas in touched.items() if areas]


def find_unnoticed_since() -> datetime | None:
    """The instant of the first write that numbers do not show yet, if any of those is about a frozen month."""
    since = Change.objects.pending().aggregate(since=Min("at"))["since"]
    return since if since is not None and list_touched_months(since=since) else None


def _areas_about(month: FrozenMonth, spans: Iterable[tuple[str, date | None, date | None]]) -> Iterator[str]:
    for area, first, last in spans:
        if (first is None or first < month.period.end) and (last is None or last >= month.starts_on):
            yield area


def list_due_months(*, today: date, settings: AgencySettings) -> list[Period]:
    """The months that are over, whose day of freezing has come and that are not frozen, oldest first.

    Automatic closing begins with the month in which the agency's book came here, or with the first month that
    somebody froze by hand: what was over before then was reported elsewhere.
    """
    frozen = set(FrozenMonth.objects.values_list("starts_on", flat=True))
    first = find_first_month(frozen=frozen, time_zone=settings.time_zone)
    if first is None or first >= today.replace(day=1):
        return []
    holidays = service_selectors.get_default_holidays()
    number = settings.freeze_business_day
    return [
        month
        for month in Period(first, today.replace(day=1)).split_months()
        if month.start not in frozen and freeze_day(month, number, holidays) <= today
    ]


def find_first_month(*, frozen: Collection[date], time_zone: str) -> date | None:
    """The first day of the first month that closes by itself; None while there is nothing to close."""
    if frozen:
        return min(frozen)
    first = Client.objects.aggregate(first=Min("created_at"))["first"]
    return local_day(first, time_zone).replace(day=1) if first else None


def get_marks(
    *, period: Period, by: str = "agency", key: str | None = "", kpis: list[str] | None = None
) -> dict[str, Mark]:
    """Per KPI what was reported of a slice for a closed month; empty for any other period.

    One query while the month is open, else three.
    """
    month = find_month(period)
    if month is None:
        return {}
    about = {"month": month, "by": by, "slice_key": key or ""}
    if kpis is not None:
        about["kpi__in"] = kpis
    figures = {row.kpi: row for row in FrozenFigure.objects.filter(**about)}
    latest = {row.kpi: row for row in Restatement.objects.latest_of_each().filter(**about)}
    return {kpi: Mark(month, figures.get(kpi), latest.get(kpi)) for kpi in dict.fromkeys([*figures, *latest])}


def map_kept_rows(*, month: FrozenMonth, kpis: Collection[str], by: str, key: str) -> dict[str, list[Row]]:
    """By KPI the rows of a slice as they were kept when the month was closed: one query."""
    kept = FrozenEvidence.objects.filter(month=month, kpi__in=kpis).values_list("kpi", "content")
    rows = {kpi: unpack(content).get((by, key), []) for kpi, content in kept}
    return {kpi: rows.get(kpi, []) for kpi in kpis}


def map_reported_values(
    *,
    months: Collection[Period],
    currency: str,
    by: str = "agency",
    key: str = "",
    kpis: Collection[str] | None = None,
) -> dict[Period, dict[str, Decimal | None]]:
    """Per month and KPI the value that was reported of a slice, where the number is another one now. One query.

    Months that were reported in another currency are left out: their amounts stand in no line with others.
    """
    starts = [month.start for month in months if is_month(month)]
    rows = Restatement.objects.latest_of_each().filter(
        by=by, slice_key=key, month__starts_on__in=starts, month__currency=currency
    )
    if kpis is not None:
        rows = rows.filter(kpi__in=kpis)
    reported: dict[Period, dict[str, Decimal | None]] = {}
    for row in rows.select_related("month").defer("rows", "causes"):
        if row.figure_id is not None and row.is_other_figure:
            reported.setdefault(row.month.period, {})[row.kpi] = row.old_value
    return reported
