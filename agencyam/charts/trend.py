"""A value over time against its target."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from agencyam.charts.chart import UNKNOWN, WIDTH, Chart, Frame, Target, backdrop, mark, widest
from agencyam.charts.elements import Markup, element, number
from agencyam.charts.formats import NUMBER, Format
from agencyam.charts.palette import PRINT, Palette, Tone
from agencyam.charts.scales import Axis, Scale, axis, ellipsised, text_width, thinned
from agencyam.charts.series import Known, Point, finding, known_points, runs, tip

# More dots than this make the line a string of beads.
MOST_DOTS = 24
LEGEND_HEIGHT = 22


@dataclass(frozen=True)
class Beside:
    """A second line over the same periods, and what each of the two is called in the legend."""

    subject: str
    points: tuple[Point, ...]
    label: str
    first_label: str


@dataclass(frozen=True)
class Trend:
    """Points in order of time, with an optional target and an optional second line to compare with.

    `finding` replaces the sentence above the line. Raises ValueError unless both lines have the same periods.
    """

    name: str
    subject: str
    points: tuple[Point, ...]
    unit: Format = NUMBER
    target: Target | None = None
    beside: Beside | None = None
    finding: str = ""

    def __post_init__(self) -> None:
        if self.beside and len(self.beside.points) != len(self.points):
            raise ValueError("both lines need the same periods")

    @property
    def others(self) -> list[Known]:
        """The known points of the second line."""
        return known_points(self.beside.points) if self.beside else []


def trend(data: Trend, *, width: int = WIDTH, palette: Palette = PRINT) -> Chart:
    """A line with a gap wherever a value is unknown, the last value written out, the target dashed."""
    frame = Frame(data.name, "trend", width, max(190, round(width * 0.42)), palette)
    points = known_points(data.points)
    if not points:
        return frame.nothing(data.subject)
    y_axis = _axis(data, points)
    left = widest([data.unit.tick(tick) for tick in y_axis.ticks], text_width) + 14
    right = width - min(widest(_end_labels(data, points[-1]), text_width) + 14, width * 0.28)
    top = 18 + (LEGEND_HEIGHT if data.beside else 0)
    frame = replace(frame, left=left, right=right, top=top, bottom=frame.height - 26)
    scale = y_axis.scale(frame.bottom, frame.top)
    places = _places(frame, len(data.points))
    parts = [frame.value_axis(y_axis, scale, data.unit), _names(frame, data, places)]
    parts += [_second(frame, scale, places, run) for run in runs(data.others)]
    parts += [_stretch(frame, scale, places, run, y_axis) for run in runs(points)]
    parts.append(_promise(frame, scale, data, points[-1]))
    parts += [_point(frame, scale, places, point, data, point is points[-1]) for point in points]
    parts += [_other_point(frame, scale, places, point, data) for point in data.others]
    parts += [_legend(frame, data.beside)] if data.beside else []
    headline = data.finding or finding(data.subject, points, data.unit, data.target)
    description = _("Line chart: %(number)s values from %(first)s to %(last)s.") % {
        "number": len(points) + len(data.others),
        "first": points[0].label,
        "last": points[-1].label,
    }
    svg = frame.drawn(headline, description, parts, walkable=True)
    return Chart(headline, svg, *_table(data))


def _axis(data: Trend, points: list[Known]) -> Axis:
    """From zero where the data comes near it; otherwise close around the data, where a line may."""
    values = [point.value for point in [*points, *data.others]] + list(
        data.target.edges if data.target else ()
    )
    low, high = min(values), max(values)
    is_near_zero = low <= 0 <= high or min(abs(low), abs(high)) < max(abs(low), abs(high)) * Decimal("0.6")
    return axis(values, is_whole=data.unit.is_whole, from_zero=is_near_zero)


def _places(frame: Frame, count: int) -> list[float]:
    room = frame.right - frame.left - 16
    if count == 1:
        return [frame.left + 8 + room / 2]
    return [frame.left + 8 + room * index / (count - 1) for index in range(count)]


def _names(frame: Frame, data: Trend, places: list[float]) -> Markup:
    slot = places[1] - places[0] if len(places) > 1 else frame.right - frame.left
    labels = thinned([point.label for point in data.points], slot)
    y = frame.bottom + 15
    return backdrop(*(frame.label(places[index], y, words, "middle") for index, words in labels.items()))


def _stretch(frame: Frame, scale: Scale, places: list[float], run: list[Known], y_axis: Axis) -> Markup:
    """One unbroken piece of line, its area down to zero if zero is on the axis, the running period dashed."""
    spots = [f"{number(places[point.index])} {number(scale(point.value))}" for point in run]
    full = spots[:-1] if run[-1].is_partial else spots
    line = {"fill": "none", "stroke-width": "2", "stroke-linejoin": "round", "stroke-linecap": "round"}
    line |= frame.palette.stroke("series")
    parts = []
    if y_axis.low <= 0 <= y_axis.high and len(run) > 1:
        zero = number(scale(Decimal(0)))
        ends = f"L{number(places[run[-1].index])} {zero}L{number(places[run[0].index])} {zero}Z"
        look = frame.palette.fill("series", "chart-area")
        parts.append(element("path", d=f"M{'L'.join(spots)}{ends}", fill_opacity=0.08, **look))
    if len(full) > 1:
        parts.append(element("path", d=f"M{'L'.join(full)}", **line))
    if run[-1].is_partial and len(spots) > 1:
        parts.append(element("path", d=f"M{'L'.join(spots[-2:])}", stroke_dasharray="3 4", **line))
    return backdrop(*parts)


def _point(
    frame: Frame, scale: Scale, places: list[float], point: Known, data: Trend, is_last: bool
) -> Markup:
    x, y = places[point.index], scale(point.value)
    slot = min(places[1] - places[0], 48) if len(places) > 1 else 48
    shapes: list[Markup] = [frame.hit(x - slot / 2, frame.top, slot, frame.bottom - frame.top)]
    if is_last or len(data.points) <= MOST_DOTS:
        look = frame.palette.fill(Tone.SERIES, "chart-shape")
        shapes.append(element("circle", cx=x, cy=y, r=4 if is_last else 2.5, **look))
    return mark(tip(point, data.unit), *shapes, href=point.href)


def _second(frame: Frame, scale: Scale, places: list[float], run: list[Known]) -> Markup:
    """One unbroken piece of the second line: lighter and dashed, so that it differs without colour."""
    spots = [f"{number(places[point.index])} {number(scale(point.value))}" for point in run]
    look = frame.palette.stroke("neutral")
    line = {"fill": "none", "stroke-width": "1.75", "stroke-dasharray": "5 3", "stroke-linejoin": "round"}
    return backdrop(element("path", d=f"M{'L'.join(spots)}", **line, **look))


def _other_point(frame: Frame, scale: Scale, places: list[float], point: Known, data: Trend) -> Markup:
    look = frame.palette.fill(Tone.NEUTRAL, "chart-shape")
    dot = element("circle", cx=places[point.index], cy=scale(point.value), r=2.5, **look)
    label = data.beside.label if data.beside else ""
    return mark(f"{label}, {tip(point, data.unit)}", dot, href=point.href)


def _legend(frame: Frame, beside: Beside) -> Markup:
    """The names of both lines, each behind a piece of it."""
    parts, x = [], frame.left
    for words, tone, dashes in (
        (beside.first_label, "series", None),
        (beside.label, "neutral", "5 3"),
    ):
        shown = ellipsised(words, frame.width / 2 - 30)
        parts.append(frame.line(x, 8, x + 18, 8, tone, stroke_width=2, stroke_dasharray=dashes))
        parts.append(frame.label(x + 24, 8, shown))
        x += 24 + text_width(shown) + 18
    return backdrop(*parts)


def _end_labels(data: Trend, last: Known) -> list[str]:
    others = [data.unit.short(point.value) for point in data.others[-1:]]
    return [data.unit.short(last.value), *others, *_target_label(data)]


def _target_label(data: Trend) -> list[str]:
    if data.target is None:
        return []
    label = data.target.label
    return [f"{label[:1].upper()}{label[1:]} {data.target.words(data.unit)}"]


def _promise(frame: Frame, scale: Scale, data: Trend, last: Known) -> Markup:
    """The target's line and, in the right margin, its label and the last value kept apart from each other."""
    room = frame.width - frame.right - 4
    value_at = scale(last.value)
    parts = []
    if data.target is not None:
        heights = [scale(edge) for edge in data.target.edges]
        label_at = sum(heights) / len(heights)
        if abs(value_at - label_at) < 15:
            above = value_at <= label_at
            label_at, value_at = (label_at + 6, label_at - 9) if above else (label_at - 6, label_at + 9)
        parts += [frame.limit(frame.left, y, frame.right, y) for y in heights]
        words = ellipsised(_target_label(data)[0], room)
        parts.append(frame.label(frame.right + 4, label_at, words))
    words = ellipsised(data.unit.short(last.value), room)
    parts.append(frame.value(frame.right + 4, value_at, words))
    for other in data.others[-1:]:
        other_at = scale(other.value)
        if abs(other_at - value_at) < 15:
            other_at = value_at + (15 if other_at >= value_at else -15)
        parts.append(frame.label(frame.right + 4, other_at, ellipsised(data.unit.short(other.value), room)))
    return backdrop(*parts)


def _table(data: Trend) -> tuple[list[str], list[list[str]]]:
    columns = [_("Period"), data.beside.first_label if data.beside else data.subject]
    rows = [
        [point.label + (_(" (so far)") if point.is_partial else ""), _in_full(point, data)]
        for point in data.points
    ]
    if data.beside:
        columns = [*columns, data.beside.label]
        pairs = zip(rows, data.beside.points, strict=True)
        rows = [[*row, _in_full(point, data)] for row, point in pairs]
    if data.target is None:
        return columns, rows
    words = data.target.words(data.unit)
    return [*columns, _target_label(data)[0].removesuffix(f" {words}")], [[*row, words] for row in rows]


def _in_full(point: Point, data: Trend) -> str:
    return UNKNOWN if point.value is None else data.unit.full(point.value)
