"""How an amount came from its opening to its closing value, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate

from django.utils.translation import gettext as _

from agencyam.charts.chart import UNKNOWN, WIDTH, Chart, Frame, backdrop, mark, widest
from agencyam.charts.elements import Markup
from agencyam.charts.formats import COUNT, Format
from agencyam.charts.palette import PRINT, Palette, Tone
from agencyam.charts.scales import Scale, axis, text_width, thinned, wrapped

# A column narrower than this has no room for two lines of words; its labels are thinned instead.
WORDY_SLOT = 36


@dataclass(frozen=True)
class Step:
    """One movement. Its tone is good for a gain and bad for a loss unless said otherwise; None is unknown."""

    label: str
    amount: Decimal | None
    tone: Tone | None = None
    href: str = ""


@dataclass(frozen=True)
class Waterfall:
    """Opening amount and movements; the closing amount is their sum and never given.

    `finding` replaces the sentence above the columns, for a page that knows more than which are the largest.
    """

    name: str
    subject: str
    opening: Decimal | None
    steps: tuple[Step, ...]
    unit: Format = COUNT
    opening_label: str = "Start"
    closing_label: str = "End"
    opening_href: str = ""
    closing_href: str = ""
    finding: str = ""

    @property
    def closing(self) -> Decimal:
        return sum((step.amount or Decimal(0) for step in self.steps), self.opening or Decimal(0))


@dataclass(frozen=True)
class _Column:
    label: str
    before: Decimal
    after: Decimal
    written: str
    tone: Tone
    tip: str
    href: str


def waterfall(data: Waterfall, *, width: int = WIDTH, palette: Palette = PRINT) -> Chart:
    """Columns from opening to closing, the movements floating between; the headline names the largest two."""
    frame = Frame(data.name, "waterfall", width, max(200, round(width * 0.46)), palette)
    if data.opening is None:
        return frame.nothing(data.subject)
    columns = list(_columns(data))
    y_axis = axis([level for column in columns for level in (column.before, column.after)], count=5)
    margin = widest([data.unit.tick(tick) for tick in y_axis.ticks], text_width) + 12
    frame = replace(frame, left=margin, right=width - 4)
    slot = (frame.right - frame.left) / len(columns)
    names = _names(columns, slot)
    frame = replace(frame, top=22, bottom=frame.height - 10 - 14 * max(map(len, names.values())))
    scale = y_axis.scale(frame.bottom, frame.top)
    parts = [frame.value_axis(y_axis, scale, data.unit), _connectors(frame, scale, columns, slot)]
    parts += [_mark(frame, scale, column, index, slot) for index, column in enumerate(columns)]
    parts.append(_values(frame, scale, columns, slot))
    parts.append(_labels(frame, names, slot))
    headline = data.finding or _headline(data)
    description = _("Waterfall chart: %(number)s steps between %(opening)s and %(closing)s.") % {
        "number": len(data.steps),
        "opening": data.opening_label,
        "closing": data.closing_label,
    }
    svg = frame.drawn(headline, description, parts, walkable=True)
    return Chart(headline, svg, [_("Step"), data.subject], _rows(data))


def _columns(data: Waterfall) -> Iterator[_Column]:
    unit, zero = data.unit, Decimal(0)
    opening = data.opening or zero
    tip = f"{data.opening_label}: {unit.full(opening)}"
    yield _Column(data.opening_label, zero, opening, unit.short(opening), Tone.TOTAL, tip, data.opening_href)
    levels = accumulate((step.amount or zero for step in data.steps), initial=opening)
    for step, before in zip(data.steps, levels, strict=False):
        amount = step.amount
        tone = step.tone or (
            Tone.GOOD if (amount or 0) > 0 else Tone.BAD if (amount or 0) < 0 else Tone.NEUTRAL
        )
        short = UNKNOWN if amount is None else unit.change(amount)
        tip = f"{step.label}: {_in_full(amount, unit)}"
        yield _Column(step.label, before, before + (amount or zero), short, tone, tip, step.href)
    closing = data.closing
    tip = f"{data.closing_label}: {unit.full(closing)}"
    yield _Column(data.closing_label, zero, closing, unit.short(closing), Tone.TOTAL, tip, data.closing_href)


def _mark(frame: Frame, scale: Scale, column: _Column, index: int, slot: float) -> Markup:
    left = frame.left + slot * index
    bar = min(slot * 0.72, 64)
    top, bottom = sorted((scale(column.before), scale(column.after)))
    # A movement too small to see is still a movement.
    height = max(bottom - top, 2)
    hit = frame.hit(left, frame.top, slot, frame.bottom - frame.top)
    shape = frame.rect(left + (slot - bar) / 2, top, bar, height, column.tone)
    return mark(column.tip, hit, shape, href=column.href)


def _values(frame: Frame, scale: Scale, columns: list[_Column], slot: float) -> Markup:
    """Above each bar its amount, where it fits."""
    return backdrop(
        *(
            frame.value(
                frame.left + slot * (index + 0.5),
                min(scale(column.before), scale(column.after)) - 9,
                column.written,
                "middle",
            )
            for index, column in enumerate(columns)
            if text_width(column.written) <= slot
        )
    )


def _connectors(frame: Frame, scale: Scale, columns: list[_Column], slot: float) -> Markup:
    bar = min(slot * 0.72, 64)
    lines = []
    for index, column in enumerate(columns[:-1]):
        end_of_bar = frame.left + slot * index + (slot + bar) / 2
        y = scale(column.after)
        lines.append(frame.line(end_of_bar, y, end_of_bar + slot - bar, y, "axis", stroke_dasharray="2 2"))
    return backdrop(*lines)


def _names(columns: list[_Column], slot: float) -> dict[int, list[str]]:
    """The words under each column, by its index: in full if they fit on two lines or on alternate ones."""
    labels = [column.label for column in columns]
    room = slot - 4
    folded = {index: wrapped(label, room) for index, label in enumerate(labels)}
    if all(" ".join(folded[index]) == " ".join(label.split()) for index, label in enumerate(labels)):
        return folded
    if all(text_width(label) <= 2 * room for label in labels):
        return {index: ["", label] if index % 2 else [label] for index, label in enumerate(labels)}
    if slot >= WORDY_SLOT:
        return folded
    return {index: [label] for index, label in thinned(labels, slot).items()}


def _labels(frame: Frame, names: dict[int, list[str]], slot: float) -> Markup:
    texts = [
        frame.label(frame.left + slot * (index + 0.5), frame.bottom + 13 + 14 * row, words, "middle")
        for index, lines in names.items()
        for row, words in enumerate(lines)
        if words
    ]
    return backdrop(*texts)


def _headline(data: Waterfall) -> str:
    unit, opening, closing = data.unit, data.opening or Decimal(0), data.closing
    if closing == opening:
        moved = f"{data.subject} stayed at {unit.short(closing)}"
    else:
        word = "rose" if closing > opening else "fell"
        moved = f"{data.subject} {word} by {unit.short(abs(closing - opening))} to {unit.short(closing)}"
    known = [(step.amount, step.label) for step in data.steps if step.amount]
    gain = max((pair for pair in known if pair[0] > 0), key=lambda pair: pair[0], default=None)
    loss = min((pair for pair in known if pair[0] < 0), key=lambda pair: pair[0], default=None)
    reasons = [
        f"{label} {verb} {unit.short(abs(amount))}"
        for verb, pair in (("added", gain), ("took", loss))
        if pair
        for amount, label in [pair]
    ]
    return f"{moved}: {', '.join(reasons)}" if reasons else moved


def _rows(data: Waterfall) -> list[list[str]]:
    steps = [[step.label, _in_full(step.amount, data.unit)] for step in data.steps]
    opening = [data.opening_label, data.unit.full(data.opening or Decimal(0))]
    return [opening, *steps, [data.closing_label, data.unit.full(data.closing)]]


def _in_full(amount: Decimal | None, unit: Format) -> str:
    if amount is None:
        return UNKNOWN
    written = unit.full(amount)
    return f"+{written}" if amount > 0 and not unit.is_signed else written
