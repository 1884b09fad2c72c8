"""What every chart of a review is drawn with."""

from dataclasses import dataclass, replace

from agencyam.charts import Chart, Format, Palette, localised, money
from reports.qbr.document import QBRDocument
from reports.qbr.words import Words

LONGEST_NAME = 60


@dataclass(frozen=True)
class Desk:
    """What every chart is drawn with."""

    document: QBRDocument
    words: Words
    palette: Palette
    width: int

    def unit(self, unit: Format) -> Format:
        return localised(unit, self.words.form)

    def money(self, currency: str) -> Format:
        return money(currency, self.words.form)


Drawn = tuple[Chart, str] | None


def named(text: str) -> str:
    """A name that fits beside a bar and above a chart; the section's own table has it in full."""
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME].rstrip()}…"


def without_capacity(chart: Chart) -> Chart:
    """The table without the last column, which says nothing where nobody set a capacity."""
    return replace(chart, columns=chart.columns[:-1], rows=[row[:-1] for row in chart.rows])
