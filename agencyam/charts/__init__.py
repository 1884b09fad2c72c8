"""Charts as pure functions: frozen data in; headline, SVG and table out. For pages and PDFs alike.

    chart = trend(Trend(name="nps", subject="NPS", points=points, unit=POINTS, target=Target(Decimal(40))))
    {% include "components/chart.html" with chart=chart note="90 days rolling, 312 answers" only %}

Each function takes its data and, by keyword, `width` in drawing units (the SVG has no size of its own and
fills its container; text is 12 units high) and a `palette` (`PRINT.branded("#0f4c81")` for an agency's PDF).
`with_narrow` adds a second drawing for phones. `name` is the id of the SVG and must be unique on the page.
"""

from agencyam.charts.bullet import Bullet, bullet
from agencyam.charts.chart import NARROW_WIDTH, WIDTH, Chart, Direction, Target, with_narrow
from agencyam.charts.formats import COUNT, HOURS, MONTHS, NUMBER, PERCENT, POINTS, Format, localised, money
from agencyam.charts.gauge import Gauge, gauge
from agencyam.charts.heat_map import Cohort, HeatMap, heat_map
from agencyam.charts.histogram import Bin, Histogram, histogram
from agencyam.charts.palette import PRINT, Palette, Tone
from agencyam.charts.series import Point
from agencyam.charts.sparkline import Sparkline, small_sparkline, sparkline
from agencyam.charts.stacked_bars import Bar, Segment, StackedBars, stacked_bars
from agencyam.charts.survival import Drop, Survival, survival
from agencyam.charts.trend import Beside, Trend, trend
from agencyam.charts.waterfall import Step, Waterfall, waterfall

__all__ = [
    "COUNT",
    "HOURS",
    "MONTHS",
    "NARROW_WIDTH",
    "NUMBER",
    "PERCENT",
    "POINTS",
    "PRINT",
    "WIDTH",
    "Bar",
    "Beside",
    "Bin",
    "Bullet",
    "Chart",
    "Cohort",
    "Direction",
    "Drop",
    "Format",
    "Gauge",
    "HeatMap",
    "Histogram",
    "Palette",
    "Point",
    "Segment",
    "Sparkline",
    "StackedBars",
    "Step",
    "Survival",
    "Target",
    "Tone",
    "Trend",
    "Waterfall",
    "bullet",
    "gauge",
    "heat_map",
    "histogram",
    "localised",
    "money",
    "small_sparkline",
    "sparkline",
    "stacked_bars",
    "survival",
    "trend",
    "waterfall",
    "with_narrow",
]
