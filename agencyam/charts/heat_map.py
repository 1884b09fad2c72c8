"""Cohorts by age: which starts stayed and which did not."""

from collections import Counter
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from agencyam.charts.chart import UNKNOWN, WIDTH, Chart, Frame, backdrop, mark, widest
from agencyam.charts.elements import Markup
from agencyam.charts.formats import PERCENT, Format
from agencyam.charts.palette import PRINT, Palette
from agencyam.charts.scales import ellipsised, text_width, wrapped

HEAT_STEPS = 5
ROW_HEIGHT = 18


@dataclass(frozen=True)
class Cohort:
    """Those who started together: one value an age, None where it is unknown; sizes are for the table."""

    label: str
    values: tuple[Decimal | None, ...]
    size: int | None = None
    hrefs: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeatMap:
    """Cohorts, oldest first. `subject` is what they keep (clients); age_word "month" is M6 on the axis.

    `finding` replaces the sentence above the map.
    """

    name: str
    subject: str
    cohorts: tuple[Cohort, ...]
    unit: Format = PERCENT
    age_word: str = "month"
    note: str = ""
    finding: str = ""

    @property
    def age_letter(self) -> str:
        return self.age_word[:1].upper()

    @property
    def ages(self) -> int:
        return max((len(cohort.values) for cohort in self.cohorts), default=0)

    @property
    def known(self) -> list[Decimal]:
        return [value for cohort in self.cohorts for value in cohort.values if value is not None]


@dataclass(frozen=True)
class _Cell:
    cohort: Cohort
    age: int
    value: Decimal
    step: int
    x: float
    y: float


def heat_map(data: HeatMap, *, width: int = WIDTH, palette: Palette = PRINT) -> Chart:
    """A cell for each cohort and age in five steps of one hue, from the lowest value to the highest."""
    note = wrapped(data.note, width, 11) if data.note else []
    height = 24 + ROW_HEIGHT * len(data.cohorts) + 6 + 14 * len(note)
    frame = Frame(data.name, "heat-map", width, height, palette)
    if not data.known:
        return frame.nothing(data.subject)
    labels = [cohort.label for cohort in data.cohorts]
    margin = min(widest(labels, text_width) + 10, width * 0.3)
    frame = replace(frame, left=margin, right=width - 2, top=24, bottom=24 + ROW_HEIGHT * len(labels))
    side = min((frame.right - frame.left) / data.ages, 72)
    low, high = min(data.known), max(data.known)
    cells = [
        _Cell(
            cohort,
            age,
            value,
            heat_step(value, low, high),
            frame.left + side * age,
            frame.top + ROW_HEIGHT * row,
        )
        for row, cohort in enumerate(data.cohorts)
        for age, value in enumerate(cohort.values)
        if value is not None
    ]
    marks = [_mark(frame, data, cell, side) for cell in cells]
    parts = [_edges(frame, data, side, note), *marks, _numbers(frame, data, cells, side)]
    headline = data.finding or _headline(data)
    description = f"Heat map: {len(labels)} cohorts by age, darker cells kept more."
    return Chart(
        headline, frame.drawn(headline, description, parts, walkable=True), _columns(data), _rows(data)
    )


def _edges(frame: Frame, data: HeatMap, side: float, note: list[str]) -> Markup:
    ages = [f"{data.age_letter}{age}" for age in range(data.ages)]
    every = max(1, -int(-(widest(ages, text_width) + 6) // side))
    texts = []
    for age in range(0, data.ages, every):
        texts.append(frame.label(frame.left + side * (age + 0.5), 11, ages[age], "middle"))
    for row, cohort in enumerate(data.cohorts):
        words = ellipsised(cohort.label, frame.left - 8)
        texts.append(frame.label(frame.left - 8, frame.top + ROW_HEIGHT * (row + 0.5), words, "end"))
    for line, words in enumerate(note):
        texts.append(frame.label(0, frame.bottom + 12 + 14 * line, words, font_size=11))
    return backdrop(*texts)


def _mark(frame: Frame, data: HeatMap, cell: _Cell, side: float) -> Markup:
    gap = 1.5
    shape = frame.rect(cell.x + gap / 2, cell.y + gap / 2, side - gap, ROW_HEIGHT - gap, f"heat-{cell.step}")
    tip = f"{cell.cohort.label}, {data.age_letter}{cell.age}: {data.unit.full(cell.value)}"
    hrefs = cell.cohort.hrefs
    return mark(tip, shape, href=hrefs[cell.age] if cell.age < len(hrefs) else "")


def _numbers(frame: Frame, data: HeatMap, cells: list[_Cell], side: float) -> Markup:
    """In all cells or in none: a number here and there would look like a meaning."""
    written = [_in_cell(cell.value, data.unit) for cell in cells]
    if widest(written, lambda words: text_width(words, 11)) > side - 2:
        return backdrop()
    return backdrop(
        *(
            frame.on_mark(cell.x + side / 2, cell.y + ROW_HEIGHT / 2, words, f"on-heat-{cell.step}")
            for cell, words in zip(cells, written, strict=True)
        )
    )


def _in_cell(value: Decimal, unit: Format) -> str:
    """Per cent without its sign and decimals, for which a cell has no room; the tooltip has both."""
    return replace(unit, suffix="", places=0 if unit == PERCENT else unit.places).short(value)


def heat_step(value: Decimal, low: Decimal, high: Decimal) -> int:
    """1 to 5 by where the value lies between the lowest and the highest; 5 where all are equal."""
    if low == high:
        return HEAT_STEPS
    part = (value - low) / (high - low) * HEAT_STEPS
    return min(HEAT_STEPS, 1 + int(part.to_integral_value(ROUND_FLOOR)))


def compared_age(data: HeatMap) -> int:
    """The oldest age that half of the cohorts, and at least two, have reached; else the oldest there is."""
    reached = Counter(
        age for cohort in data.cohorts for age, value in enumerate(cohort.values) if value is not None
    )
    enough = max(2, (len(data.cohorts) + 1) // 2)
    return max((age for age, count in reached.items() if count >= enough), default=max(reached))


def _headline(data: HeatMap) -> str:
    age = compared_age(data)
    at_age = [
        (value, cohort.label)
        for cohort in data.cohorts
        if age < len(cohort.values) and (value := cohort.values[age]) is not None
    ]
    worst, best = min(at_age, key=lambda pair: pair[0]), max(at_age, key=lambda pair: pair[0])
    at, unit = f"At {data.age_word} {age}", data.unit
    if len(at_age) == 1:
        return f"{at}, {best[1]} kept {unit.short(best[0])} of {data.subject}"
    if best[0] == worst[0]:
        return f"{at}, every cohort kept {unit.short(best[0])} of {data.subject}"
    best_kept = f"{best[1]} kept {unit.short(best[0])} of {data.subject}"
    return f"{at}, {best_kept} and {worst[1]} only {unit.short(worst[0])}"


def _columns(data: HeatMap) -> list[str]:
    return ["Cohort", "Size", *(f"{data.age_letter}{age}" for age in range(data.ages))]


def _rows(data: HeatMap) -> list[list[str]]:
    rows = []
    for cohort in data.cohorts:
        values = [UNKNOWN if value is None else data.unit.full(value) for value in cohort.values]
        size = UNKNOWN if cohort.size is None else str(cohort.size)
        rows.append([cohort.label, size, *values, *[""] * (data.ages - len(values))])
    return rows
