"""Who carries how much of what, against what each can carry."""

from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter

from django.utils.translation import gettext as _

from agencyam.charts.chart import UNKNOWN, WIDTH, Chart, Frame, backdrop, mark, widest
from agencyam.charts.elements import Markup
from agencyam.charts.formats import COUNT, Format
from agencyam.charts.palette import PRINT, Palette, Tone
from agencyam.charts.scales import Axis, Scale, axis, ellipsised, text_width, wrapped

# Rows are higher where a name takes two lines, which would touch those of the next row.
ROW_HEIGHT, HIGHER_ROW = 27, 31
BAR_HEIGHT = 17
LINE_HEIGHT = 12.5
LEGEND_HEIGHT = 20


@dataclass(frozen=True)
class Segment:
    """One part of every bar."""

    label: str
    tone: Tone


@dataclass(frozen=True)
class Bar:
    """One row: a value for each segment (None is unknown and draws nothing) and its own capacity, if any."""

    label: str
    values: tuple[Decimal | None, ...]
    capacity: Decimal | None = None
    hrefs: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        return sum((value for value in self.values if value is not None), Decimal(0))

    @property
    def excess(self) -> Decimal:
        """By how much the total passes the capacity; 0 without one or within it."""
        return Decimal(0) if self.capacity is None else max(self.total - self.capacity, Decimal(0))


@dataclass(frozen=True)
class StackedBars:
    """Bars in any order: they are drawn longest first, unless `is_ranked` is off. `subject` is what is counted.

    `finding` replaces the sentence above the bars, for a page that knows more than which is the longest.
    Raises ValueError unless each bar has a value, if only None, for each segment.
    """

    name: str
    subject: str
    segments: tuple[Segment, ...]
    bars: tuple[Bar, ...]
    unit: Format = COUNT
    bar_label: str = "Account manager"
    capacity_label: str = "Capacity"
    finding: str = ""
    is_ranked: bool = True

    def __post_init__(self) -> None:
        if any(len(bar.values) != len(self.segments) for bar in self.bars):
            raise ValueError("each bar needs one value for each segment")

    @property
    def ranked(self) -> list[Bar]:
        return sorted(self.bars, key=lambda bar: -bar.total) if self.is_ranked else list(self.bars)


def stacked_bars(data: StackedBars, *, width: int = WIDTH, palette: Palette = PRINT) -> Chart:
    """A horizontal bar a row, its total at the right edge, capacity dashed; overload is written out."""
    bars = data.ranked
    if not bars:
        return Frame(data.name, "stacked-bars", width, 0, palette).nothing(data.subject)
    left = min(widest([bar.label for bar in bars], text_width) + 12, width * 0.32)
    right = width - min(widest([_total(data, bar) for bar in bars], text_width), width * 0.4) - 16
    legend = _legend_places(data, left, width)
    has_capacity = any(bar.capacity is not None for bar in bars)
    top = 20 + legend[-1][1] + (14 if has_capacity else 0) if legend else 20
    is_higher = any(len(wrapped(bar.label, left - 10)) > 1 for bar in bars)
    bottom = top + (HIGHER_ROW if is_higher else ROW_HEIGHT) * len(bars)
    frame = Frame(data.name, "stacked-bars", width, bottom + 24, palette, left, right, top, bottom)
    x_axis = axis(_ends(bars), count=4 if width > 400 else 3, is_whole=data.unit.is_whole)
    scale = x_axis.scale(left, right)
    parts = [_backdrop(frame, data, x_axis, scale), _legend(frame, data, legend)]
    for row, bar in enumerate(bars):
        parts += _row(frame, data, scale, bar, row)
    parts.append(_capacity(frame, data, scale, bars))
    headline = data.finding or _headline(data, bars)
    description = _("Stacked bars: %(number)s rows.") % {"number": len(bars)}
    if data.is_ranked:
        description = _("Stacked bars: %(number)s rows, longest first.") % {"number": len(bars)}
    return Chart(headline, frame.drawn(headline, description, parts, walkable=True), *_table(data, bars))


def _ends(bars: list[Bar]) -> list[Decimal]:
    """The furthest each bar reaches to either side, and its capacity."""
    ends = []
    for bar in bars:
        known = [value for value in bar.values if value is not None]
        ends.append(sum((value for value in known if value > 0), Decimal(0)))
        ends.append(sum((value for value in known if value < 0), Decimal(0)))
        ends += [bar.capacity] if bar.capacity is not None else []
    return ends


def _row(frame: Frame, data: StackedBars, scale: Scale, bar: Bar, row: int) -> list[Markup]:
    middle = _middle(frame, data, row)
    ahead = behind = Decimal(0)
    total = ellipsised(_total(data, bar), frame.width - frame.right - 8)
    marks = []
    lines = wrapped(bar.label, frame.left - 10)
    texts = [
        frame.label(frame.left - 8, middle + LINE_HEIGHT * (line - (len(lines) - 1) / 2), words, "end")
        for line, words in enumerate(lines)
    ]
    texts.append(frame.value(frame.width - 4, middle, total, "end", "bad" if bar.excess else "ink"))
    # A single part is the total, which stands at the edge already.
    is_single = sum(bool(value) for value in bar.values) == 1
    for index, (segment, value) in enumerate(zip(data.segments, bar.values, strict=True)):
        if not value:
            continue
        start = ahead if value > 0 else behind
        ahead, behind = (ahead + value, behind) if value > 0 else (ahead, behind + value)
        left, right = sorted((scale(start), scale(start + value)))
        length = max(right - left - 1, 1)
        shape = frame.rect(left, middle - BAR_HEIGHT / 2, length, BAR_HEIGHT, segment.tone)
        written = data.unit.short(value)
        if not is_single and text_width(written, 11) + 4 <= length:
            x = _beside(bar.capacity, scale, left, length, text_width(written, 11))
            texts.append(frame.on_mark(x, middle, written))
        tip = f"{bar.label}, {segment.label}: {data.unit.full(value)}"
        marks.append(mark(tip, shape, href=bar.hrefs[index] if index < len(bar.hrefs) else ""))
    return [*marks, backdrop(*texts)]


def _middle(frame: Frame, data: StackedBars, row: int) -> float:
    """How far down a row's bar lies."""
    return frame.top + (frame.bottom - frame.top) / len(data.bars) * (row + 0.5)


def _beside(capacity: Decimal | None, scale: Scale, left: float, length: float, needed: float) -> float:
    """The middle of a segment, or of its larger side where the capacity line would cross the number."""
    middle = left + length / 2
    line = scale(capacity) if capacity is not None else left
    before, after = line - left, left + length - line
    if abs(line - middle) > needed / 2 + 2 or max(before, after) < needed + 4:
        return middle
    return line + after / 2 if after > before else left + before / 2


def _total(data: StackedBars, bar: Bar) -> str:
    excess = f" (+{data.unit.short(bar.excess)})" if bar.excess else ""
    return f"{data.unit.short(bar.total)}{excess}"


def _backdrop(frame: Frame, data: StackedBars, x_axis: Axis, scale: Scale) -> Markup:
    parts = []
    for tick in x_axis.ticks:
        x = scale(tick)
        parts.append(frame.line(x, frame.top, x, frame.bottom, "axis" if tick == 0 else "grid"))
        parts.append(frame.label(x, frame.bottom + 13, data.unit.tick(tick), "middle"))
    return backdrop(*parts)


def _legend_places(data: StackedBars, left: float, width: float) -> list[tuple[float, float, str]]:
    """Where each segment's swatch goes: in lines that break at the right edge."""
    x, y, places = left, 8.0, []
    for segment in data.segments:
        words = ellipsised(segment.label, width - left - 24)
        needed = 16 + text_width(words)
        if x > left and x + needed > width:
            x, y = left, y + LEGEND_HEIGHT
        places.append((x, y, words))
        x += needed + 14
    return places


def _legend(frame: Frame, data: StackedBars, places: list[tuple[float, float, str]]) -> Markup:
    parts = []
    for segment, (x, y, words) in zip(data.segments, places, strict=True):
        parts += [frame.rect(x, y - 5, 10, 10, segment.tone), frame.label(x + 16, y, words)]
    return backdrop(*parts)


def _capacity(frame: Frame, data: StackedBars, scale: Scale, bars: list[Bar]) -> Markup:
    """One line through all rows where every capacity is the same, else a short one in each row."""
    capacities = [bar.capacity for bar in bars if bar.capacity is not None]
    if not capacities:
        return backdrop()
    label_x = scale(max(capacities))
    if len(capacities) == len(bars) and len(set(capacities)) == 1:
        words = f"{data.capacity_label} {data.unit.short(capacities[0])}"
        lines = [frame.limit(label_x, frame.top - 6, label_x, frame.bottom)]
    else:
        words = data.capacity_label
        lines = [
            _own_capacity(frame, scale(bar.capacity), _middle(frame, data, row))
            for row, bar in enumerate(bars)
            if bar.capacity is not None
        ]
    return backdrop(*lines, frame.label(label_x, frame.top - 14, words, "middle"))


def _own_capacity(frame: Frame, x: float, middle: float) -> Markup:
    return frame.line(x, middle - 12, x, middle + 12, "ink", stroke_width=2)


def _headline(data: StackedBars, bars: list[Bar]) -> str:
    unit, first = data.unit, bars[0]
    over = sorted((bar for bar in bars if bar.excess), key=lambda bar: -bar.excess)
    if over:
        finding = f"{over[0].label} is {unit.short(over[0].excess)} {data.subject} over capacity"
        return finding if len(over) == 1 else f"{finding}; {len(over)} of {len(bars)} are over"
    total = sum((bar.total for bar in bars), Decimal(0))
    if not any(bar.total for bar in bars):
        return f"No {data.subject} in any row"
    if len(bars) == 1 and total > 0:
        return _largest_part(data, first)
    most = f"{first.label} has most: {unit.short(first.total)} of {unit.short(total)} {data.subject}"
    has_capacity = any(bar.capacity is not None for bar in bars)
    return f"Everyone is within capacity; {most}" if has_capacity else most


def _largest_part(data: StackedBars, bar: Bar) -> str:
    parts = zip(bar.values, data.segments, strict=True)
    value, label = max(
        ((value, segment.label) for value, segment in parts if value is not None), key=itemgetter(0)
    )
    return (
        f"Of {data.unit.short(bar.total)} {data.subject}, most fell under {label} ({data.unit.short(value)})"
    )


def _table(data: StackedBars, bars: list[Bar]) -> tuple[list[str], list[list[str]]]:
    def written(value: Decimal | None) -> str:
        return UNKNOWN if value is None else data.unit.full(value)

    columns = [data.bar_label, *(segment.label for segment in data.segments), _("Total"), data.capacity_label]
    rows = []
    for bar in bars:
        rows.append([bar.label, *map(written, bar.values), data.unit.full(bar.total), written(bar.capacity)])
    return columns, rows
