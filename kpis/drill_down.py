"""The page behind a number: the figure computed now, its line of months, its parts and its rows."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from agencyam.charts import Chart, Direction, Point, Target, Trend, trend, with_narrow
from agencyam.periods import months_to
from kpis import selectors
from kpis.asked import Asked
from kpis.direct.query import Figure, Query
from kpis.drawing import chart_format
from kpis.engine import Result, evaluate
from kpis.evidence_table import EvidenceTable, make_table
from kpis.formulas.reasons import REASONS
from kpis.formulas.target import Status

MONTHS = 12


@dataclass(frozen=True)
class DrillDown:
    """One KPI of one slice, with its line of months, its parts by account manager and its evidence."""

    result: Result
    trend: Chart | None
    parts: list[Result]
    evidence: EvidenceTable

    @property
    def reason(self) -> str:
        return REASONS.get(self.result.figure.reason or "", "")

    @property
    def interval(self) -> str:
        if self.result.ci_low is None or self.result.ci_high is None:
            return ""
        return f"{self.result.format(self.result.ci_low)} to {self.result.format(self.result.ci_high)}"

    @property
    def target(self) -> str:
        return "" if self.result.target is None else self.result.format(self.result.target)

    @property
    def is_fraction(self) -> bool:
        """Whether the formula can be shown with its two figures in it."""
        return self.result.figure.numerator is not None and self.result.figure.denominator is not None


def get_drill_down(*, kpi: str, asked: Asked) -> DrillDown:
    """Compute the number by the direct route with its rows, and its parts by account manager."""
    settings = asked.moment.settings
    query = Query(period=asked.period, as_of=asked.as_of, by=asked.by, settings=settings)
    results = evaluate(query, [kpi], has_rows=True)
    wanted = asked.key or None
    result = next((found for found in results if found.key == wanted), None) or _nothing(query, kpi, asked)
    parts: list[Result] = []
    if asked.by == "agency" and "am" in result.definition.slices:
        by_manager = Query(period=asked.period, as_of=asked.as_of, by="am", settings=settings)
        parts = sorted(evaluate(by_manager, [kpi]), key=_largest_first)
    return DrillDown(
        result=result, trend=_trend(result, asked), parts=parts, evidence=make_table(result.rows or [])
    )


def _nothing(query: Query, kpi: str, asked: Asked) -> Result:
    """A slice that the engine does not know, such as a member without clients: the shape without a figure."""
    empty = Query(period=query.period, as_of=query.as_of, by="agency", settings=query.settings)
    return replace(
        evaluate(empty, [kpi])[0],
        key=asked.key,
        label=asked.label,
        figure=Figure(None, None, 0, None, reason="no_rows"),
        ci_low=None,
        ci_high=None,
        target=None,
        status=Status.NOT_JUDGED,
        rows=[],
    )


def _largest_first(part: Result) -> tuple[bool, Decimal]:
    return (part.value is None, -(part.value or Decimal(0)))


def _trend(result: Result, asked: Asked) -> Chart | None:
    months = months_to(min(asked.as_of, asked.period.end - timedelta(days=1)), MONTHS)
    series = selectors.get_series(months=months, by=asked.by, key=asked.key, kpis=[result.kpi]).get(
        result.kpi, {}
    )
    stored = [series.get(month.start) for month in months]
    if sum(row is not None and row.value is not None for row in stored) < 2:
        return None
    points = tuple(
        Point(f"{month.start:%b %y}", row.value if row else None, is_partial=bool(row and row.is_partial))
        for month, row in zip(months, stored, strict=True)
    )
    way = Direction(result.definition.direction.value)
    targets = [
        Target(row.target, way, high=row.target_high) for row in stored if row and row.target is not None
    ]
    unit = chart_format(result.definition, asked.moment.settings.currency)
    return with_narrow(
        trend,
        Trend(
            f"trend-{result.kpi}",
            result.definition.name,
            points,
            unit=unit,
            target=targets[-1] if targets else None,
        ),
    )
