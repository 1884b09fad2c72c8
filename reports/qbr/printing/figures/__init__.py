"""The charts of a review, drawn from the numbers of its document; the sentence above each comes from the same numbers.

A chart is left out where it would have nothing to say: no data, a single month, a fee that never moved.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from agencyam.charts import PRINT, Chart
from reports.qbr.document import QBRDocument
from reports.qbr.layout import is_hidden
from reports.qbr.printing.colours import darkened
from reports.qbr.printing.figures import money, voice, work
from reports.qbr.printing.figures.desk import Desk, Drawn
from reports.qbr.words import Words

WHOLE_WIDTH = 600
HALF_WIDTH = 380
NARROW_WIDTH = 350
# Charts in the order of the sections, each group with the section that it stands in. Two that stand beside each
# other share the width; one of them alone takes all of it.
GROUPS = (
    ("goals", ("goals",)),
    ("value", ("work",)),
    ("service", ("waits", "replies")),
    ("voice", ("recommending", "satisfied")),
    ("investment", ("fees", "change")),
    ("investment", ("hours", "forecast")),
)
_DRAW: dict[str, Callable[[Desk], Drawn]] = {
    "goals": work.draw_goals,
    "waits": work.draw_waits,
    "replies": work.draw_replies,
    "work": work.draw_work,
    "recommending": voice.draw_recommending,
    "satisfied": voice.draw_satisfied,
    "fees": money.draw_fees,
    "change": money.draw_change,
    "hours": money.draw_hours,
    "forecast": money.draw_forecast,
}


@dataclass(frozen=True)
class Figure:
    """A chart, what it counts in words, and whether it shares its line with another."""

    chart: Chart
    note: str
    is_half: bool


def draw_figures(document: QBRDocument, *, has_narrow: bool = False) -> dict[str, Figure]:
    """The charts of the sections that are shown, by name, in the language that is active.

    With `has_narrow` a chart that takes the whole width has a second drawing, for a phone.
    """
    palette = PRINT.branded(darkened(document.cover.brand_color))
    words = Words(document.cover.form, document.cover.language[:2])
    figures: dict[str, Figure] = {}
    for section, names in GROUPS:
        if is_hidden(document, section):
            continue
        drawn = _draw(names, Desk(document, words, palette, WHOLE_WIDTH))
        is_half = len(drawn) == 2
        if is_half:
            drawn = _draw(names, Desk(document, words, palette, HALF_WIDTH))
        elif has_narrow:
            narrow = _draw(names, Desk(document, words, palette, NARROW_WIDTH, "-narrow"))
            drawn = {
                name: (replace(chart, narrow=narrow[name][0].svg), note)
                for name, (chart, note) in drawn.items()
            }
        for name, (chart, note) in drawn.items():
            figures[name] = Figure(chart, note, is_half)
    return figures


def _draw(names: tuple[str, ...], desk: Desk) -> Mapping[str, tuple[Chart, str]]:
    drawn = {name: _DRAW[name](desk) for name in names}
    return {name: found for name, found in drawn.items() if found is not None}
