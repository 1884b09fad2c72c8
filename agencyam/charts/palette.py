"""Colours and their names.

A mark carries its print colour as a presentation attribute, which is all a PDF knows, and a class by which
`static/css/charts.css` colours it again for light and dark pages.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

HEX_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Tone(StrEnum):
    """What a mark means. Each one also differs by a word or a place, never by colour alone."""

    SERIES = "series"
    TOTAL = "total"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Palette:
    """Print colours. White text on a tone, and ink or white on a heat step, has a contrast of 4.5 or more."""

    series: str = "#1d4ed8"
    total: str = "#1e3a5f"
    good: str = "#15803d"
    warn: str = "#b45309"
    bad: str = "#b91c1c"
    neutral: str = "#64748b"
    ink: str = "#111827"
    muted: str = "#4b5563"
    grid: str = "#e5e7eb"
    axis: str = "#9ca3af"
    track: str = "#e2e5ea"
    on_mark: str = "#ffffff"
    heat: tuple[str, ...] = ("#e3edfb", "#b3cff5", "#7aa7ea", "#2f62c4", "#1e3a8a")
    on_heat: tuple[str, ...] = ("#111827", "#111827", "#111827", "#ffffff", "#ffffff")

    def branded(self, colour: str) -> "Palette":
        """This palette in an agency's brand colour, for its PDFs. Raises ValueError unless it is #rrggbb."""
        if not HEX_COLOUR.fullmatch(colour):
            raise ValueError("a brand colour is written #rrggbb")
        return replace(self, series=colour, total=colour)

    def fill(self, name: str, *classes: str) -> dict[str, str]:
        """Attributes that fill a shape with a colour of this palette, by its name."""
        return {"class": " ".join([*classes, f"fill-{name}"]), "fill": self._colour(name)}

    def stroke(self, name: str, *classes: str) -> dict[str, str]:
        """Attributes that draw a line in a colour of this palette, by its name."""
        return {"class": " ".join([*classes, f"stroke-{name}"]), "stroke": self._colour(name)}

    def _colour(self, name: str) -> str:
        base, _, step = name.replace("-", "_").rpartition("_")
        if step.isdigit():
            steps: tuple[str, ...] = getattr(self, base)
            return steps[int(step) - 1]
        colour: str = getattr(self, name.replace("-", "_"))
        return colour


PRINT = Palette()
