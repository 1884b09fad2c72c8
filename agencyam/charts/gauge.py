"""One value on its whole possible range. Prefer a bullet; a gauge is for where people ask for one."""

from dataclasses import dataclass
from decimal import Decimal
from math import cos, pi, sin

from agencyam.charts.chart import UNKNOWN, Chart, Frame, Target, backdrop, mark
from agencyam.charts.elements import Markup, element, number
from agencyam.charts.formats import POINTS, Format
from agencyam.charts.level import level_finding, level_table, level_tone
from agencyam.charts.palette import PRINT, Palette
from agencyam.charts.scales import Scale, ellipsised, text_width

RADIUS = 86
BAND = 18
HEIGHT = 142
CENTRE_HEIGHT = 116


@dataclass(frozen=True)
class Gauge:
    """A value between `low` and `high` (for NPS −100 and 100); None is unknown."""

    name: str
    subject: str
    value: Decimal | None
    low: Decimal = Decimal(-100)
    high: Decimal = Decimal(100)
    target: Target | None = None
    unit: Format = POINTS


def gauge(data: Gauge, *, width: int = 280, palette: Palette = PRINT) -> Chart:
    """A half circle filled up to the value, the target a tick across it, the value in figures below."""
    frame = Frame(data.name, "gauge", max(width, 240), HEIGHT, palette)
    turn = Scale(data.low, data.high, pi, 0)
    parts = [_arc(frame, pi, 0, "track")]
    if data.value is None:
        parts.append(_figures(frame, data, UNKNOWN))
    else:
        written = data.unit.short(data.value)
        tone = level_tone(data.value, data.target)
        filled = [_arc(frame, pi, turn(data.value), tone)] if data.value > data.low else []
        parts.append(
            mark(f"{data.subject}: {data.unit.full(data.value)}", *filled, _figures(frame, data, written))
        )
    parts += [_tick(frame, data, turn, edge) for edge in (data.target.edges if data.target else ())]
    parts.append(_ends(frame, data))
    headline = level_finding(data.subject, data.value, data.target, data.unit)
    description = f"Gauge from {data.unit.short(data.low)} to {data.unit.short(data.high)}."
    return Chart(headline, frame.drawn(headline, description, parts), *level_table(data))


def _spot(frame: Frame, angle: float, radius: float) -> tuple[float, float]:
    return frame.width / 2 + radius * cos(angle), CENTRE_HEIGHT - radius * sin(angle)


def _arc(frame: Frame, start: float, end: float, tone: str) -> Markup:
    (x1, y1), (x2, y2) = _spot(frame, start, RADIUS), _spot(frame, end, RADIUS)
    path = f"M{number(x1)} {number(y1)}A{RADIUS} {RADIUS} 0 0 1 {number(x2)} {number(y2)}"
    look = frame.palette.stroke(tone, "chart-shape")
    return element("path", d=path, fill="none", stroke_width=BAND, **look)


def _tick(frame: Frame, data: Gauge, turn: Scale, edge: Decimal) -> Markup:
    angle = turn(edge)
    inner, outer = _spot(frame, angle, RADIUS - BAND / 2 - 4), _spot(frame, angle, RADIUS + BAND / 2 + 4)
    x, y = _spot(frame, angle, RADIUS + BAND / 2 + 11)
    anchor = "middle" if abs(cos(angle)) < 0.25 else "start" if cos(angle) > 0 else "end"
    words = data.unit.short(edge)
    room = frame.width - x if anchor == "start" else x
    return backdrop(
        frame.line(*inner, *outer, "ink", stroke_width=3),
        frame.label(x, y, ellipsised(words, room), anchor),
    )


def _figures(frame: Frame, data: Gauge, written: str) -> Markup:
    room = 2 * (RADIUS - BAND / 2) - 16
    size = min(30.0, 30 * room / max(text_width(written, 30), 1))
    look = frame.palette.fill("ink", "chart-figure")
    middle = frame.width / 2
    figure = element(
        "text", written, x=middle, y=96, font_size=size, font_weight="700", text_anchor="middle", **look
    )
    return element("g", figure, frame.label(middle, 111, ellipsised(data.subject, room), "middle"))


def _ends(frame: Frame, data: Gauge) -> Markup:
    left, right = frame.width / 2 - RADIUS, frame.width / 2 + RADIUS
    y = CENTRE_HEIGHT + 15
    return backdrop(
        frame.label(left, y, ellipsised(data.unit.short(data.low), RADIUS), "middle"),
        frame.label(right, y, ellipsised(data.unit.short(data.high), RADIUS), "middle"),
    )
