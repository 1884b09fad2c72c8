"""Sample data for the gallery: all eight kinds of chart, and one of them with nothing to show."""

from decimal import Decimal

from agencyam import charts
from agencyam.charts import Chart, Point, Target, Tone

MONTHS = ("Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov")
NPS = (23, 29, 28, 29, None, 30, 39, 34, 37, 40, 46, 45)
KEPT = ((100, 98, 97, 95, 93, 90), (100, 98, 94, 94, 92), (100, 99, 98, 91), (100, 97, 90), (100, 96), (100,))
WAITS = (
    0.3,
    0.6,
    0.8,
    0.9,
    1.1,
    1.2,
    1.2,
    1.4,
    1.5,
    1.7,
    1.9,
    2.2,
    2.6,
    2.9,
    3.1,
    3.6,
    3.9,
    4.4,
    5.2,
    6.8,
    9.5,
)
PORTFOLIOS = (
    ("A. Okafor", 14, 6, 2),
    ("B. Lindqvist", 19, 3, 1),
    ("C. Marchetti", 9, 8, 4),
    ("F. Silva", 21, 7, 5),
)


def sample_charts(name: str) -> list[Chart]:
    """The charts that stand in a figure; `name` keeps the ids of one theme apart from the other's."""
    return [
        charts.with_narrow(charts.waterfall, _bridge(f"{name}-bridge")),
        charts.with_narrow(charts.heat_map, _cohorts(f"{name}-cohorts")),
        charts.with_narrow(
            charts.trend, charts.Trend(f"{name}-nps", "NPS", _points(), charts.POINTS, _nps_target())
        ),
        charts.with_narrow(charts.histogram, _waits(f"{name}-waits")),
        charts.with_narrow(charts.stacked_bars, _portfolios(f"{name}-portfolios")),
        charts.with_narrow(charts.survival, _tenure(f"{name}-tenure")),
        charts.gauge(charts.Gauge(f"{name}-gauge", "NPS", Decimal(45), target=_nps_target())),
        charts.trend(charts.Trend(f"{name}-none", "Survey answers", ())),
    ]


def sample_bullet(name: str) -> Chart:
    """The small bar of a tile."""
    target = Target(Decimal("0.9"), label="promise")
    bullet = charts.Bullet(f"{name}-bullet", "First replies in time", Decimal("0.84"), target, charts.PERCENT)
    return charts.bullet(bullet)


def sample_sparkline(name: str) -> Chart:
    """The small line of a tile."""
    return charts.sparkline(
        charts.Sparkline(f"{name}-sparkline", "NPS", _points(), charts.POINTS, _nps_target())
    )


def _tenure(name: str) -> charts.Survival:
    drops = (("4.5", "0.9"), ("11", "0.74"), ("19", "0.48"), ("30", "0.4"))
    known = tuple(charts.Drop(Decimal(months), Decimal(share)) for months, share in drops)
    return charts.Survival(name, "clients", known, until=Decimal(41))


def _points() -> tuple[Point, ...]:
    known = [None if value is None else Decimal(value) for value in NPS]
    return tuple(Point(month, value) for month, value in zip(MONTHS, known, strict=True))


def _nps_target() -> Target:
    return Target(Decimal(40))


def _bridge(name: str) -> charts.Waterfall:
    steps = (
        charts.Step("New", Decimal(212_000), Tone.SERIES),
        charts.Step("Expansion", Decimal(148_000)),
        charts.Step("Contraction", Decimal(-61_000)),
        charts.Step("Churn", Decimal(-97_000)),
    )
    return charts.Waterfall(name, "Annual recurring revenue", Decimal(1_840_000), steps, charts.money("EUR"))


def _cohorts(name: str) -> charts.HeatMap:
    rows = [
        charts.Cohort(f"2026-{month:02}", tuple(Decimal(share) / 100 for share in shares), size=12)
        for month, shares in enumerate(KEPT, start=6)
    ]
    return charts.HeatMap(name, "clients", tuple(rows))


def _waits(name: str) -> charts.Histogram:
    return charts.Histogram(name, "requests", tuple(Decimal(str(wait)) for wait in WAITS), Decimal(4))


def _portfolios(name: str) -> charts.StackedBars:
    segments = tuple(
        charts.Segment(label, tone)
        for label, tone in (("Healthy", Tone.GOOD), ("Watch", Tone.WARN), ("At risk", Tone.BAD))
    )
    bars = tuple(
        charts.Bar(manager, tuple(Decimal(count) for count in counts), Decimal(24))
        for manager, *counts in PORTFOLIOS
    )
    return charts.StackedBars(name, "clients", segments, bars)
