"""How waits (or other amounts) spread, and how many passed the limit."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from django.utils.translation import gettext as _

from agencyam.charts.chart import WIDTH, Chart, Frame, backdrop, mark, widest
from agencyam.charts.elements import Markup
from agencyam.charts.formats import COUNT, HOURS, HUGE, Format, share
from agencyam.charts.palette import PRINT, Palette, Tone
from agencyam.charts.scales import Scale, axis, ellipsised, text_width

BINS_TO_LIMIT = 8
WHOLE_BINS = 12
MOST_BINS = 32


@dataclass(frozen=True)
class Bin:
    """Values above `low` up to and including `high`, so that a wait of exactly the limit is in time.

    The first bin also holds its low end. `high` is None for "more than low".
    """

    low: Decimal
    high: Decimal | None
    count: int
    is_late: bool


@dataclass(frozen=True)
class Histogram:
    """Single values and the limit they were promised to keep. `subject` counts them (requests).

    `finding` replaces the sentence above the bars.
    """

    name: str
    subject: str
    values: tuple[Decimal, ...]
    limit: Decimal | None = None
    limit_label: str = "SLA"
    value_label: str = "Hours to reply"
    unit: Format = HOURS
    href_for: Callable[[Bin], str] | None = None
    finding: str = ""

    @property
    def late(self) -> int:
        return sum(1 for value in self.values if self.limit is not None and value > self.limit)


def histogram(data: Histogram, *, width: int = WIDTH, palette: Palette = PRINT) -> Chart:
    """Bars of counts, those past the limit in another tone; what lies far beyond it shares the last bar."""
    frame = Frame(data.name, "histogram", width, max(200, round(width * 0.42)), palette)
    if not data.values:
        return frame.nothing(data.subject)
    bins = binned(data.values, data.limit)
    y_axis = axis([Decimal(bin.count) for bin in bins], is_whole=True)
    margin = widest([COUNT.tick(tick) for tick in y_axis.ticks], text_width) + 14
    frame = replace(frame, left=margin, right=width - 10, top=24, bottom=frame.height - 44)
    scale = y_axis.scale(frame.bottom, frame.top)
    slot = (frame.right - frame.left) / len(bins)
    parts = [frame.value_axis(y_axis, scale, COUNT), _edges(frame, data, bins, slot)]
    parts += [_bar(frame, scale, data, bin, index, slot) for index, bin in enumerate(bins)]
    parts.append(_limit(frame, data, bins, slot))
    headline = data.finding or _headline(data)
    description = _("Histogram: %(number)s %(subject)s in %(bars)s bars by %(measure)s.") % {
        "number": len(data.values),
        "subject": data.subject,
        "bars": len(bins),
        "measure": data.value_label,
    }
    svg = frame.drawn(headline, description, parts, walkable=True)
    columns = [data.value_label, data.subject, *([_("Late")] if data.limit is not None else [])]
    return Chart(headline, svg, columns, [_row(data, bin) for bin in bins])


def binned(values: tuple[Decimal, ...], limit: Decimal | None) -> list[Bin]:
    """Equal bins with the limit on an edge; past twice the limit one open bin takes the rest."""
    low, high = min(values), max(values)
    if limit is None or limit <= 0:
        edges = list(axis(values, count=12, from_zero=0 <= low < (high - low)).ticks)
        return _counted(values, edges, limit, is_open=False)
    to_limit = _bins_to_limit(values, limit)
    step = limit / to_limit
    first = min(0, int((low / step).to_integral_value(ROUND_FLOOR)))
    while to_limit * 2 - first > MOST_BINS:
        # Only negative values come here: wider bins below, the limit stays an edge.
        step *= 2
        first = int(((low - limit) / step).to_integral_value(ROUND_FLOOR)) + to_limit
    last = to_limit if high <= limit else to_limit * 2
    edges = [limit + step * (index - to_limit) for index in range(first, last + 1)]
    return _counted(values, edges, limit, is_open=high > edges[-1])


def _bins_to_limit(values: tuple[Decimal, ...], limit: Decimal) -> int:
    """Eight; for whole values (days) as many as make a bin whole, else every other bin would stay empty."""
    if limit < HUGE and all(value == value.to_integral_value() for value in (limit, *values)):
        return next((bins for bins in range(WHOLE_BINS, 1, -1) if limit % bins == 0), BINS_TO_LIMIT)
    return BINS_TO_LIMIT


def _counted(
    values: tuple[Decimal, ...], edges: list[Decimal], limit: Decimal | None, *, is_open: bool
) -> list[Bin]:
    counts = [0] * len(edges)
    for value in values:
        counts[max(bisect_left(edges, value) - 1, 0)] += 1
    highs: list[Decimal | None] = [*edges[1:], None]
    bins = [
        Bin(low, high, count, limit is not None and low >= limit)
        for low, high, count in zip(edges, highs, counts, strict=True)
    ]
    return bins if is_open else bins[:-1]


def _bar(frame: Frame, scale: Scale, data: Histogram, bin: Bin, index: int, slot: float) -> Markup:
    left = frame.left + slot * index
    shapes: list[Markup] = [frame.hit(left, frame.top, slot, frame.bottom - frame.top)]
    if bin.count:
        top = min(scale(Decimal(bin.count)), frame.bottom - 2)
        tone = Tone.BAD if bin.is_late else Tone.SERIES
        shapes.append(frame.rect(left + 0.75, top, max(slot - 1.5, 1), frame.bottom - top, tone))
    late = _(", late") if bin.is_late and bin.count else ""
    href = data.href_for(bin) if data.href_for and bin.count else ""
    return mark(f"{_span(data, bin)}: {bin.count:,} {data.subject}{late}", *shapes, href=href)


def _edges(frame: Frame, data: Histogram, bins: list[Bin], slot: float) -> Markup:
    """Edge values under the bars, thinned; an open last bar is named in its middle instead."""
    is_open = bins[-1].high is None
    edges = [bin.low for bin in bins] + ([] if bins[-1].high is None else [bins[-1].high])
    labels = [data.unit.tick(edge).removesuffix(data.unit.suffix) for edge in edges]
    room = widest(labels, text_width) + 8
    # The limit is the edge people look for, so count from it.
    anchor = next((index for index, edge in enumerate(edges) if edge == data.limit), 0)
    every = next((step for step in (1, 2, 4, 8, 16) if step * slot >= room), 32)
    y = frame.bottom + 14
    texts = []
    for index in range(anchor % every, len(edges), every):
        if not is_open or (len(edges) - 1 - index) * slot >= room:
            texts.append(frame.label(frame.left + slot * index, y, labels[index], "middle"))
    if is_open:
        words = f"> {labels[-1]}"
        texts.append(frame.label(frame.right - slot / 2, y, words, "middle"))
    words = ellipsised(data.value_label, frame.right - frame.left)
    texts.append(frame.label((frame.left + frame.right) / 2, frame.bottom + 33, words, "middle"))
    return backdrop(*texts)


def _limit(frame: Frame, data: Histogram, bins: list[Bin], slot: float) -> Markup:
    """The promise as a line on its edge, its label on the side with more room."""
    if data.limit is None:
        return backdrop()
    before = sum(1 for bin in bins if bin.high is not None and bin.high <= data.limit)
    x = frame.left + slot * before
    words = f"{data.limit_label} {data.unit.short(data.limit)}"
    is_right = x < (frame.left + frame.right) / 2 + 40
    room = frame.right - x - 6 if is_right else x - frame.left - 6
    label = frame.value(
        x + 6 if is_right else x - 6, frame.top - 12, ellipsised(words, room), "start" if is_right else "end"
    )
    return backdrop(frame.limit(x, frame.top - 18, x, frame.bottom), label)


def _span(data: Histogram, bin: Bin) -> str:
    if bin.high is None:
        return _("More than %(low)s") % {"low": data.unit.full(bin.low)}
    low = data.unit.full(bin.low).removesuffix(data.unit.suffix)
    return _("%(low)s to %(high)s") % {"low": low, "high": data.unit.full(bin.high)}


def _headline(data: Histogram) -> str:
    total, late = len(data.values), data.late
    if data.limit is None:
        low, high = data.unit.short(min(data.values)), data.unit.short(max(data.values))
        return (
            f"{total:,} {data.subject} took {low} to {high}"
            if low != high
            else f"{total:,} {data.subject} took {low}"
        )
    limit = data.unit.short(data.limit)
    if not late:
        everyone = "1 of 1" if total == 1 else f"All {total:,}"
        return f"{everyone} {data.subject} stayed within {limit}"
    return f"{late:,} of {total:,} {data.subject} ({share(late, total)}) took longer than {limit}"


def _row(data: Histogram, bin: Bin) -> list[str]:
    late = [] if data.limit is None else [_("Yes") if bin.is_late else _("No")]
    return [_span(data, bin), f"{bin.count:,}", *late]
