"""One example of each kind of chart, for tests that hold for all of them."""

from decimal import Decimal

from agencyam import charts
from agencyam.charts import Bar, Cohort, Drop, Point, Segment, Step, Target, Tone

NPS = tuple(
    Point(month, None if value is None else Decimal(value))
    for month, value in (("Jan", 23), ("Feb", 29), ("Mar", None), ("Apr", 39), ("May", 38), ("Jun", 45))
)
RETENTION = (("1", "0.98", "0.95", "0.9"), ("1", "0.9", "0.8"), ("1", "0.97"), ("1",))
WAITS = ("0", "0.4", "1.2", "1.3", "2", "3.9", "4", "4.1", "5.5", "30")
CLIENTS = (("A. Okafor", (14, 6, 2)), ("F. Silva", (21, 7, 5)), ("D. Nguyen", (16, 2, 0)))

WATERFALL = charts.Waterfall(
    "bridge",
    "ARR",
    Decimal(1_840_000),
    (
        Step("New", Decimal(212_000), Tone.SERIES),
        Step("Expansion", Decimal(148_000)),
        Step("Contraction", Decimal(-61_000), href="/kpis/nrr/?movement=contraction"),
        Step("Churn", Decimal(-97_000)),
    ),
    charts.money("EUR"),
    "Start ARR",
    "End ARR",
)
HEAT_MAP = charts.HeatMap(
    "cohorts",
    "clients",
    tuple(
        Cohort(f"2026-{row:02}", tuple(map(Decimal, values)), 10) for row, values in enumerate(RETENTION, 1)
    ),
    note="Months since the first contract",
)
TREND = charts.Trend("nps", "NPS", NPS, charts.POINTS, Target(Decimal(38)))
HISTOGRAM = charts.Histogram("waits", "requests", tuple(map(Decimal, WAITS)), Decimal(4))
STACKED_BARS = charts.StackedBars(
    "workload",
    "clients",
    (Segment("Healthy", Tone.GOOD), Segment("Watch", Tone.WARN), Segment("At risk", Tone.BAD)),
    tuple(Bar(name, tuple(map(Decimal, values)), Decimal(24)) for name, values in CLIENTS),
)
GAUGE = charts.Gauge("gauge", "NPS", Decimal(45), target=Target(Decimal(40)))
BULLET = charts.Bullet(
    "bullet", "Client retention", Decimal("0.931"), Target(Decimal("0.92")), charts.PERCENT
)
SPARKLINE = charts.Sparkline("spark", "NPS", NPS, charts.POINTS)
SURVIVAL = charts.Survival(
    "tenure",
    "clients",
    tuple(
        Drop(Decimal(month), Decimal(share))
        for month, share in (("4.5", "0.9"), ("11", "0.74"), ("19.25", "0.48"), ("30", "0.4"))
    ),
    until=Decimal(41),
)

SAMPLES = (
    (charts.waterfall, WATERFALL),
    (charts.heat_map, HEAT_MAP),
    (charts.trend, TREND),
    (charts.histogram, HISTOGRAM),
    (charts.stacked_bars, STACKED_BARS),
    (charts.gauge, GAUGE),
    (charts.bullet, BULLET),
    (charts.sparkline, SPARKLINE),
    (charts.survival, SURVIVAL),
)
