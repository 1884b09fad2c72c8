"""A word-sized line for a table or a tile."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from agencyam.charts.chart import UNKNOWN, Chart, Frame, Target, mark
from agencyam.charts.elements import Markup, element, number
from agencyam.charts.formats import NUMBER, Format
from agencyam.charts.palette import PRINT, Palette
from agencyam.charts.scales import Scale
from agencyam.charts.series import Known, Point, finding, known_points, runs, tip

HEIGHT = 28


@dataclass(frozen=True)
class Sparkline:
    """Points in order of time. A target only changes the words; the line has no room for it."""

    name: str
    subject: str
    points: tuple[Point, ...]
    unit: Format = NUMBER
    target: Target | None = None


def sparkline(data: Sparkline, *, width: int = 120, palette: Palette = PRINT) -> Chart:
    """The shape of the series between its own lowest and highest value; gaps stay gaps."""
    frame = Frame(data.name, "sparkline", width, HEIGHT, palette)
    points = known_points(data.points)
    columns, rows = (
        ["Period", data.subject],
        [
            [point.label, UNKNOWN if point.value is None else data.unit.full(point.value)]
            for point in data.points
        ],
    )
    if not points:
        headline = f"No data for {data.subject} in this period"
        flat = frame.line(4, HEIGHT / 2, width - 4, HEIGHT / 2, "axis", stroke_dasharray="2 3")
        return Chart(headline, frame.drawn(headline, "There is nothing to draw.", [flat]), columns, rows)
    scale = _scale([point.value for point in points])
    step = (width - 8) / max(len(data.points) - 1, 1)
    parts = [_line(frame, scale, step, run) for run in runs(points)]
    parts += [_point(frame, scale, step, point, data, point is points[-1]) for point in points]
    headline = finding(data.subject, points, data.unit, data.target)
    description = f"Sparkline: {len(points)} values from {points[0].label} to {points[-1].label}."
    return Chart(headline, frame.drawn(headline, description, parts), columns, rows)


def small_sparkline(
    name: str,
    subject: str,
    values: Sequence[Decimal | None],
    *,
    labels: tuple[str, str],
    unit: Format = NUMBER,
    width: int = 120,
    palette: Palette = PRINT,
) -> Chart:
    """The line and its end alone, without tooltips or table: for pages with many of them.

    `values` are in order of time, at least one of them known; `labels` name the first and the last period.
    """
    known = [(number, value) for number, value in enumerate(values) if value is not None]
    first, last = known[0], known[-1]
    frame = Frame(name, "sparkline", width, HEIGHT, palette)
    scale, places = _scale([value for _, value in known]), _places(len(values), width)
    # As `scale` places a value, whose care for values beyond its ends none of these need.
    per, bottom = Decimal(HEIGHT - 8) / (scale.high - scale.low), HEIGHT - 4
    parts, before = [], -2
    for at, value in known:
        parts.append(
            f"{'L' if at == before + 1 else 'M'}{places[at]} {bottom - (value - scale.low) * per:.1f}"
        )
        # A value between two gaps has no line; a round cap makes it a dot.
        if at != before + 1 and (at + 1 == len(values) or values[at + 1] is None):
            parts.append("h0")
        before = at
    look = palette.stroke("series") | {"stroke_linejoin": "round", "stroke_linecap": "round"}
    line = element("path", d="".join(parts), fill="none", stroke_width=1.75, **look)
    look = palette.fill("series", "chart-shape")
    end = element("circle", cx=places[last[0]], cy=scale(last[1]), r=2.75, **look)
    verb = "rose" if last[1] > first[1] else "fell" if last[1] < first[1] else "went"
    headline = f"{subject} {verb} from {unit.short(first[1])} to {unit.short(last[1])}"
    description = f"Sparkline: {len(known)} values from {labels[0]} to {labels[1]}."
    return Chart(headline, frame.drawn(headline, description, [line, end]))


@cache
def _places(count: int, width: int) -> tuple[str, ...]:
    """How far right so many points stand, which all lines of a page share."""
    step = (width - 8) / max(count - 1, 1)
    return tuple(f"{4 + step * at:.1f}" for at in range(count))


def _scale(values: list[Decimal]) -> Scale:
    low, high = min(values), max(values)
    if high - low <= abs(high) * Decimal("1e-12"):
        low, high = low - (abs(low) or 1), high + (abs(high) or 1)
    return Scale(low, high, HEIGHT - 4, 4)


def _line(frame: Frame, scale: Scale, step: float, run: list[Known]) -> Markup:
    spots = "L".join(f"{number(4 + step * point.index)} {number(scale(point.value))}" for point in run)
    if len(run) == 1:
        # A value between two gaps has no line; a round cap makes it a dot.
        spots += "h0"
    look = frame.palette.stroke("series")
    return element(
        "path",
        d=f"M{spots}",
        fill="none",
        stroke_width=1.75,
        stroke_linejoin="round",
        stroke_linecap="round",
        **look,
    )


def _point(frame: Frame, scale: Scale, step: float, point: Known, data: Sparkline, is_last: bool) -> Markup:
    x = 4 + step * point.index
    shapes: list[Markup] = [frame.hit(x - step / 2, 0, step, HEIGHT)]
    if is_last:
        look = frame.palette.fill("series", "chart-shape")
        shapes.append(element("circle", cx=x, cy=scale(point.value), r=2.75, **look))
    return mark(tip(point, data.unit), *shapes, href=point.href)
