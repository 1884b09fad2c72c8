"""A value over time against its target."""

from dataclasses import dataclass, replace
from decimal import Decimal

from agencyam.charts.chart import UNKNOWN, WIDTH, Chart, Frame, Target, backdrop, mark, widest
from agencyam.charts.elements import Markup, element, number
from agencyam.charts.formats import NUMBER, Format
from agencyam.charts.palette import PRINT, Palette, Tone
from agencyam.charts.scales import Axis, Scale, axis, ellipsised, text_width, thinned
from agencyam.charts.series import Known, Point, finding, known_points, runs, tip

# More dots than this make the line a string of beads.
MOST_DOTS = 24


@dataclass(frozen=True)
class Trend:
    """Points in order of time, with an optional target."""

    name: str
    subject: str
    points: tuple[Point, ...]
    unit: Format = NUMBER
    target: Target | None = None


def trend(data: Trend, *, width: int = WIDTH, palette: Palette = PRINT) -> Chart:
    """A line with a gap wherever a value is unknown, the last value written out, the target dashed."""
    frame = Frame(data.name, "trend", width, max(190, round(width * 0.42)), palette)
    points = known_points(data.points)
    if not points:
        return frame.nothing(data.subject)
    y_axis = _axis(data, points)
    left = widest([data.unit.tick(tick) for tick in y_axis.ticks], text_width) + 14
    right = width - min(widest(_end_labels(data, points[-1]), text_width) + 14, width * 0.28)
    frame = replace(frame, left=left, right=right, top=18, bottom=frame.height - 26)
    scale = y_axis.scale(frame.bottom, frame.top)
    places = _places(frame, len(data.points))
    parts = [frame.value_axis(y_axis, scale, data.unit), _names(frame, data, places)]
    parts += [_stretch(frame, scale, places, run, y_axis) for run in runs(points)]
    parts.append(_promise(frame, scale, data, points[-1]))
    parts += [_point(frame, scale, places, point, data, point is points[-1]) for point in points]
    headline = finding(data.subject, points, data.unit, data.target)
    description = f"Line chart: {len(points)} values from {points[0].label} to {points[-1].label}."
    svg = frame.drawn(headline, description, parts, walkable=True)
    return Chart(headline, svg, *_table(data))


def _axis(data: Trend, points: list[Known]) -> Axis:
    """From zero where the data comes near it; otherwise close around the data, where a line may."""
    values = [point.value for point in points] + list(data.target.edges if data.target else ())
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


def _end_labels(data: Trend, last: Known) -> list[str]:
    return [data.unit.short(last.value), *_target_label(data)]


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
    return backdrop(*parts)


def _table(data: Trend) -> tuple[list[str], list[list[str]]]:
    columns = ["Period", data.subject]
    rows = [
        [
            point.label + (" (so far)" if point.is_partial else ""),
            UNKNOWN if point.value is None else data.unit.full(point.value),
        ]
        for point in data.points
    ]
    if data.target is None:
        return columns, rows
    words = data.target.words(data.unit)
    return [*columns, _target_label(data)[0].removesuffix(f" {words}")], [[*row, words] for row in rows]
