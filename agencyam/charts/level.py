"""A single value against a target: what gauge and bullet share."""

from decimal import Decimal
from typing import Protocol

from agencyam.charts.chart import UNKNOWN, Target
from agencyam.charts.formats import Format
from agencyam.charts.palette import Tone


class Level(Protocol):
    """A chart of one value."""

    @property
    def subject(self) -> str: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def target(self) -> Target | None: ...
    @property
    def unit(self) -> Format: ...


def level_tone(value: Decimal, target: Target | None) -> Tone:
    if target is None:
        return Tone.SERIES
    return Tone.GOOD if target.is_met(value) else Tone.BAD


def level_finding(subject: str, value: Decimal | None, target: Target | None, unit: Format) -> str:
    if value is None:
        return f"No data for {subject} in this period"
    stands = f"{subject} stood at {unit.short(value)}"
    if target is None:
        return stands
    verb = "meeting" if target.is_met(value) else "missing"
    return f"{stands}, {verb} the {target.label} of {target.words(unit)}"


def level_table(data: Level) -> tuple[list[str], list[list[str]]]:
    """Columns and the one row."""
    value = UNKNOWN if data.value is None else data.unit.full(data.value)
    target = UNKNOWN if data.target is None else data.target.words(data.unit)
    return ["Measure", "Value", "Target"], [[data.subject, value, target]]
