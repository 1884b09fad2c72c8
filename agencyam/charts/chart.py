"""What every kind of chart shares: the result, the target, the frame of the drawing and its marks."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencyam.charts.elements import Markup, element, link
from agencyam.charts.formats import Format
from agencyam.charts.palette import Palette
from agencyam.charts.scales import Axis, Scale, text_width

WIDTH = 520
NARROW_WIDTH = 350
EMPTY_HEIGHT = 80
TEXT_SIZE = 12
NAME = re.compile(r"[a-z][a-z0-9_-]*")
UNKNOWN = "–"
NOTHING = Markup()


@dataclass(frozen=True)
class Chart:
    """One finding, drawn, and its numbers as a table. `narrow` is the same drawing for a phone, if made."""

    headline: str
    svg: SafeString
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    narrow: SafeString = NOTHING


class Direction(StrEnum):
    """Which side of a target is the good one."""

    UP = "up"
    DOWN = "down"
    BAND = "band"


@dataclass(frozen=True)
class Target:
    """What was promised: at least `value` (up), at most it (down), or between `value` and `high` (band)."""

    value: Decimal
    direction: Direction = Direction.UP
    high: Decimal | None = None
    label: str = "target"

    @property
    def edges(self) -> tuple[Decimal, ...]:
        return (self.value,) if self.high is None else (self.value, self.high)

    def is_met(self, value: Decimal) -> bool:
        if self.direction == Direction.DOWN:
            return value <= self.value
        return value >= self.value and (self.high is None or value <= self.high)

    def words(self, unit: Format) -> str:
        """The promise without its label: +40, or 2 to 4."""
        return _(" to ").join(unit.short(edge) for edge in self.edges)


@dataclass(frozen=True)
class Frame:
    """An empty drawing: name, size in drawing units, colours; the plot area once the margins are known."""

    name: str
    kind: str
    width: float
    height: float
    palette: Palette
    left: float = 0
    right: float = 0
    top: float = 0
    bottom: float = 0

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError("a chart's name is its id on the page: lower-case letters, digits, - and _")

    def label(self, x: float, y: float, words: str, anchor: str = "start", **attributes: Any) -> Markup:
        """Text in the muted colour, its middle at height y (PDF renderers ignore dominant-baseline)."""
        return self._text(x, y, words, anchor, self.palette.fill("muted", "chart-label"), attributes)

    def value(self, x: float, y: float, words: str, anchor: str = "start", tone: str = "ink") -> Markup:
        """A bold number, its middle at height y."""
        look = self.palette.fill(tone, "chart-value")
        return self._text(x, y, words, anchor, look, {"font_weight": "600"})

    def on_mark(self, x: float, y: float, words: str, tone: str = "on-mark") -> Markup:
        """A number inside a bar or cell."""
        look = self.palette.fill(tone, "chart-inside")
        return self._text(x, y, words, "middle", look, {"font_size": 11})

    def _text(
        self, x: float, y: float, words: str, anchor: str, look: dict[str, str], attributes: dict[str, Any]
    ) -> Markup:
        size = attributes.get("font_size", TEXT_SIZE)
        place = {
            "x": self._inside(x, anchor, text_width(words, size)),
            "y": y + size * 0.36,
            "text-anchor": None if anchor == "start" else anchor,
        }
        return element("text", words, **place, **look, **attributes)

    def _inside(self, x: float, anchor: str, length: float) -> float:
        """The place nearest to x where a text of this length is not cut off at the edge."""
        before = {"start": 0, "middle": length / 2, "end": length}[anchor]
        return max(before, min(x, self.width - length + before))

    def rect(self, x: float, y: float, width: float, height: float, tone: str, radius: float = 2) -> Markup:
        look = self.palette.fill(tone, "chart-shape")
        corner = min(radius, width / 2, height / 2) or None
        return element("rect", x=x, y=y, width=max(width, 0), height=max(height, 0), rx=corner, **look)

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, **attributes: Any) -> Markup:
        return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **self.palette.stroke(colour), **attributes)

    def limit(self, x1: float, y1: float, x2: float, y2: float) -> Markup:
        """A dashed line for a target, a promise or a capacity."""
        return self.line(x1, y1, x2, y2, "ink", stroke_width=1.5, stroke_dasharray="4 3")

    def hit(self, x: float, y: float, width: float, height: float) -> Markup:
        """An invisible area that widens a small mark for the pointer and lights up when it is chosen."""
        look = {"class": "chart-hit", "fill": "none", "pointer-events": "all"}
        return element("rect", x=x, y=y, width=max(width, 0), height=max(height, 0), rx=3, **look)

    def value_axis(self, axis: Axis, scale: Scale, unit: Format) -> Markup:
        """Horizontal grid lines with their values at the left; zero is drawn stronger."""
        parts = []
        for tick in axis.ticks:
            y = scale(tick)
            colour = "axis" if tick == 0 else "grid"
            parts += [self.line(self.left, y, self.right, y, colour)]
            parts += [self.label(self.left - 8, y, unit.tick(tick), "end")]
        return backdrop(*parts)

    def nothing(self, subject: str) -> Chart:
        """The drawing of no data: it says so instead of showing an empty frame."""
        headline = _("No data for %(subject)s in this period") % {"subject": subject}
        words = self.label(self.width / 2, EMPTY_HEIGHT / 2, _("No data in this period"), "middle")
        frame = replace(self, height=EMPTY_HEIGHT)
        return Chart(headline, frame.drawn(headline, _("There is nothing to draw."), [words]))

    def drawn(
        self, headline: str, description: str, parts: Iterable[str], *, walkable: bool = False
    ) -> Markup:
        """The finished <svg>. Its <title> is the whole finding, since that is the PDF's alternative text."""
        inside = list(parts)
        has_links = any("<a " in part for part in inside)
        attributes: dict[str, str | None] = {
            "xmlns": "http://www.w3.org/2000/svg",
            "id": self.name,
            "class": f"chart chart-{self.kind}",
            "viewBox": f"0 0 {self.width:.0f} {self.height:.0f}",
            # Assistive technology skips what is inside an image, so links need a group around them.
            "role": "group" if has_links else "img",
            "tabindex": "0" if walkable and not has_links else None,
            "font-family": "Inter, sans-serif",
            "font-size": str(TEXT_SIZE),
        }
        title = element("title", f"{headline}.")
        return element("svg", title, element("desc", description), *inside, **attributes)


def mark(tip: str, *shapes: str, href: str = "") -> Markup:
    """One datum: its shapes, the words of its tooltip and, for drill-down, where it leads."""
    attributes = {"class": "chart-mark", "data-tip": tip}
    if href:
        return link(href, *shapes, **attributes, **{"aria-label": tip})
    return element("g", *shapes, **attributes)


def backdrop(*parts: str) -> Markup:
    """Axes, labels and numbers: already said by title, marks and table, so kept from assistive technology.

    They let the pointer through to the marks they are written on. A linked mark holds no text: its name is
    the tooltip, and people who speak to their computer must find a link by the words they see in it.
    """
    return element("g", *parts, aria_hidden="true", pointer_events="none")


def with_narrow(
    draw: Callable[..., Chart], data: Any, *, narrow_width: int = NARROW_WIDTH, **options: Any
) -> Chart:
    """The chart with a second drawing for narrow containers; charts.css shows the one that fits."""
    narrow = draw(replace(data, name=f"{data.name}-narrow"), **{**options, "width": narrow_width})
    return replace(draw(data, **options), narrow=narrow.svg)


def widest(labels: Sequence[str], width: Callable[[str], float]) -> float:
    return max((width(label) for label in labels), default=0)
