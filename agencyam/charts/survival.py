"""How long things last: the share that is still there, month by month."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from agencyam.charts.chart import WIDTH, Chart, Frame, backdrop, mark, widest
from agencyam.charts.elements import Markup, element, number
from agencyam.charts.formats import MONTHS, PERCENT, Format
from agencyam.charts.palette import PRINT, Palette
from agencyam.charts.scales import Axis, Scale, axis, ellipsised, text_width

QUARTERS = Axis(tuple(Decimal(quarter) / 4 for quarter in range(5)))
HALF = Decimal("0.5")
ALL = Decimal(1)


@dataclass(frozen=True)
class Drop:
    """From `time` on only `share` (0 to 1) is still there."""

    time: Decimal
    share: Decimal


@dataclass(frozen=True)
class Survival:
    """A curve that begins with all at time 0 and falls at each drop; `until` is how long was looked.

    `subject` is what lasts (clients). `finding` replaces the sentence above the curve.
    """

    name: str
    subject: str
    drops: tuple[Drop, ...]
    until: Decimal
    unit: Format = MONTHS
    time_label: str = "Months since the start"
    finding: str = ""

    @property
    def ordered(self) -> list[Drop]:
        return sorted(self.drops, key=lambda drop: drop.time)

    @property
    def end(self) -> Decimal:
        return max([self.until, *(drop.time for drop in self.drops)])

    @property
    def median(self) -> Decimal | None:
        """The first time at which at most half are left; None while more are."""
        return next((drop.time for drop in self.ordered if drop.share <= HALF), None)


def survival(data: Survival, *, width: int = WIDTH, palette: Palette = PRINT) -> Chart:
    """A step line from all of them down, half of them dashed, and the median where the curve crosses it."""
    frame = Frame(data.name, "survival", width, max(200, round(width * 0.4)), palette)
    if data.end <= 0:
        return frame.nothing(data.subject)
    x_axis = _time_axis(data)
    margin = widest([PERCENT.tick(tick) for tick in QUARTERS.ticks], text_width) + 14
    frame = replace(frame, left=margin, right=width - 24, top=16, bottom=frame.height - 44)
    across = x_axis.scale(frame.left, frame.right)
    down = QUARTERS.scale(frame.bottom, frame.top)
    parts = [frame.value_axis(QUARTERS, down, PERCENT), _times(frame, data, x_axis, across)]
    parts.append(_curve(frame, data, across, down))
    parts += list(_marks(frame, data, across, down))
    parts.append(_middle(frame, data, across, down))
    headline = data.finding or _headline(data)
    description = f"Step line: {len(data.drops)} drops in {data.unit.short(data.end)}."
    svg = frame.drawn(headline, description, parts, walkable=True)
    return Chart(headline, svg, [data.time_label, f"{data.subject} still here"], _rows(data))


def _time_axis(data: Survival) -> Axis:
    """Months are read in years; other units in round numbers."""
    years = data.end / 12
    if data.unit != MONTHS or not 2 <= years <= 100:
        return axis([data.end], count=6)
    step = next(step for step in (1, 2, 5, 10, 20) if years <= step * 7)
    whole = int((years / step).to_integral_value(ROUND_CEILING))
    return Axis(tuple(Decimal(12 * step * number) for number in range(whole + 1)))


def _times(frame: Frame, data: Survival, x_axis: Axis, across: Scale) -> Markup:
    ticks = [(tick, data.unit.tick(tick).removesuffix(data.unit.suffix)) for tick in x_axis.ticks]
    texts = [frame.label(across(tick), frame.bottom + 14, words, "middle") for tick, words in ticks]
    words = ellipsised(data.time_label, frame.right - frame.left)
    texts.append(frame.label((frame.left + frame.right) / 2, frame.bottom + 33, words, "middle"))
    return backdrop(*texts)


def _stretches(data: Survival) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """(from, to, share) of each level of the curve."""
    since, share = Decimal(0), ALL
    for drop in data.ordered:
        yield since, drop.time, share
        since, share = drop.time, drop.share
    yield since, data.end, share


def _curve(frame: Frame, data: Survival, across: Scale, down: Scale) -> Markup:
    spots = [
        f"{number(across(time))} {number(down(share))}"
        for since, until, share in _stretches(data)
        for time in (since, until)
    ]
    line = {"fill": "none", "stroke-width": "2", "stroke-linejoin": "round", "stroke-linecap": "round"}
    line |= frame.palette.stroke("series")
    floor = number(down(Decimal(0)))
    ends = f"L{number(across(data.end))} {floor}L{number(across(Decimal(0)))} {floor}Z"
    look = frame.palette.fill("series", "chart-area")
    area = element("path", d=f"M{'L'.join(spots)}{ends}", fill_opacity=0.08, **look)
    return backdrop(area, element("path", d=f"M{'L'.join(spots)}", **line))


def _marks(frame: Frame, data: Survival, across: Scale, down: Scale) -> Iterator[Markup]:
    for since, until, share in _stretches(data):
        left, right = across(since), across(until)
        hit = frame.hit(left, frame.top, max(right - left, 1), frame.bottom - frame.top)
        look = frame.palette.fill("series", "chart-shape")
        dot = element("circle", cx=left, cy=down(share), r=2.5, **look)
        yield mark(f"From {data.unit.full(since)} on: {PERCENT.full(share)} of {data.subject}", hit, dot)


def _middle(frame: Frame, data: Survival, across: Scale, down: Scale) -> Markup:
    """The dashed half, and the median's own upright with its words on the side with more room."""
    half = down(HALF)
    parts = [frame.limit(frame.left, half, frame.right, half)]
    if data.median is not None:
        x = across(data.median)
        parts.append(frame.limit(x, half, x, frame.bottom))
        is_right = x < (frame.left + frame.right) / 2
        room = (frame.right - x if is_right else x - frame.left) - 8
        words = ellipsised(f"half: {data.unit.short(data.median)}", room)
        anchor = "start" if is_right else "end"
        parts.append(frame.value(x + (6 if is_right else -6), half - 11, words, anchor))
    return backdrop(*parts)


def _headline(data: Survival) -> str:
    if not data.drops:
        return f"All {data.subject} were still here after {data.unit.short(data.end)}"
    if data.median is not None:
        return f"Half of the {data.subject} were gone after {data.unit.short(data.median)}"
    last = data.ordered[-1]
    kept = PERCENT.short(last.share)
    return f"{kept} of the {data.subject} were still here after {data.unit.short(last.time)}"


def _rows(data: Survival) -> list[list[str]]:
    return [[data.unit.full(since), PERCENT.full(share)] for since, _, share in _stretches(data)]
