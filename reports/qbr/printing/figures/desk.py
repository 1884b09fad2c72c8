"""What every chart of a review is drawn with."""

from dataclasses import dataclass, replace

from agencyam.charts import Chart, Format, Palette, StackedBars, localised, money
from reports.qbr.document import QBRDocument
from reports.qbr.words import Words

LONGEST_NAME = 60
# Of a bar with one part: its name, the part, the total and the capacity.
FEWEST_COLUMNS = 4


@dataclass(frozen=True)
class Desk:
    """What every chart is drawn with."""

    document: QBRDocument
    words: Words
    palette: Palette
    width: int
    suffix: str = ""

    def name(self, name: str) -> str:
        """The chart's id on the page, where sections have ids too and a drawing for a phone may stand beside it."""
        return f"chart-{name}{self.suffix}"

    def unit(self, unit: Format) -> Format:
        return localised(unit, self.words.form)

    def money(self, currency: str) -> Format:
        return money(currency, self.words.form)


Drawn = tuple[Chart, str] | None


def named(text: str) -> str:
    """A name that fits beside a bar and above a chart; the section's own table has it in full."""
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME].rstrip()}…"


def without_capacity(chart: Chart) -> Chart:
    """The table without the capacity, which nobody set, and without the total of a single part."""
    kept = 2 if len(chart.columns) == FEWEST_COLUMNS else -1
    return replace(chart, columns=chart.columns[:kept], rows=[row[:kept] for row in chart.rows])


def with_told_parts(data: StackedBars) -> StackedBars:
    """The bars without the parts that none of them has: a colour that is nowhere to be seen explains nothing."""
    told = [
        place
        for place in range(len(data.segments))
        if not place or any(bar.values[place] for bar in data.bars)
    ]
    return replace(
        data,
        segments=tuple(data.segments[place] for place in told),
        bars=tuple(replace(bar, values=tuple(bar.values[place] for place in told)) for bar in data.bars),
    )
