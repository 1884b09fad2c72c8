"""One value against its target in the height of a line of text."""

from dataclasses import dataclass
from decimal import Decimal

from agencyam.charts.chart import Chart, Frame, Target, mark
from agencyam.charts.formats import NUMBER, Format
from agencyam.charts.level import level_finding, level_table, level_tone
from agencyam.charts.palette import PRINT, Palette, Tone
from agencyam.charts.scales import Scale

HEIGHT = 18


@dataclass(frozen=True)
class Bullet:
    """A value and its target; the track runs from `low` to `high`, by default around both with some room.

    `tone` is the verdict where the page knows more than whether the target is reached.
    """

    name: str
    subject: str
    value: Decimal | None
    target: Target | None = None
    unit: Format = NUMBER
    low: Decimal | None = None
    high: Decimal | None = None
    tone: Tone | None = None


def bullet(data: Bullet, *, width: int = 200, palette: Palette = PRINT) -> Chart:
    """A bar on a track with the target as an upright line; the figures stand beside it on the page."""
    frame = Frame(data.name, "bullet", width, HEIGHT, palette)
    edges = data.target.edges if data.target else ()
    scale = _scale(data, edges, width)
    zero = scale(min(max(Decimal(0), scale.low), scale.high))
    shapes = [frame.rect(0, 4, width, 10, "track", radius=3)]
    if data.value is not None:
        left, right = sorted((zero, scale(data.value)))
        tone = data.tone or level_tone(data.value, data.target)
        shapes.append(frame.rect(left, 6, max(right - left, 2), 6, tone))
    ticks = [frame.line(scale(edge), 0, scale(edge), HEIGHT, "ink", stroke_width=2.5) for edge in edges]
    headline = level_finding(data.subject, data.value, data.target, data.unit)
    parts = [mark(headline, *shapes, *ticks)]
    description = f"Bullet bar from {data.unit.short(scale.low)} to {data.unit.short(scale.high)}."
    return Chart(headline, frame.drawn(headline, description, parts), *level_table(data))


def _scale(data: Bullet, edges: tuple[Decimal, ...], width: int) -> Scale:
    """The given track; else from zero, or the lowest if that is negative, to a seventh past the highest."""
    known = [Decimal(0), *edges, *([] if data.value is None else [data.value])]
    low = min(known) if data.low is None else data.low
    high = low + (max(known) - low) * Decimal("1.15") if data.high is None else data.high
    if high <= low:
        high = low + (abs(low) or 1)
    return Scale(low, high, 0, width)
