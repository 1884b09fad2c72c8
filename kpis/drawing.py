"""How a KPI's values are written and drawn on charts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from agencyam.charts import (
    COUNT,
    HOURS,
    MONTHS,
    NUMBER,
    PERCENT,
    POINTS,
    Bullet,
    Chart,
    Direction,
    Format,
    Target,
    Tone,
    bullet,
    money,
    small_sparkline,
)
from agencyam.periods import Period
from agencyam.templatetags.ui import VERDICTS
from kpis.formulas.definition import Definition, Display, Unit
from kpis.formulas.target import Status


class Valued(Protocol):
    """What a line of months needs of a reading."""

    @property
    def value(self) -> Decimal | None: ...
    @property
    def is_partial(self) -> bool: ...


class Aimed(Valued, Protocol):
    """What is drawn against its target."""

    @property
    def status(self) -> str: ...
    @property
    def target(self) -> Decimal | None: ...
    @property
    def target_high(self) -> Decimal | None: ...


def chart_format(definition: Definition, currency: str) -> Format:
    """The chart format that fits a definition; amounts in ``currency``."""
    match definition.display:
        case Display.MONEY:
            return money(currency)
        case Display.PERCENT:
            return PERCENT
        case Display.HOURS:
            return HOURS
        case Display.MONTHS:
            return MONTHS
    if definition.unit == Unit.POINTS:
        return POINTS
    return COUNT if definition.unit == Unit.COUNT else NUMBER


def chart_target(definition: Definition, reading: Aimed | None) -> Target | None:
    """The target of a reading as charts draw it."""
    if reading is None or reading.target is None:
        return None
    return Target(reading.target, Direction(definition.direction.value), high=reading.target_high)


def draw_bullet(
    definition: Definition, reading: Aimed, unit: Format, *, kind: str = "bullet"
) -> Chart | None:
    """The value against its target; None where it is not judged. `kind` begins its id on the page."""
    target = chart_target(definition, reading)
    if reading.value is None or target is None or reading.status == Status.NOT_JUDGED:
        return None
    name, tone = f"{kind}-{definition.key}", Tone(VERDICTS[reading.status][0])
    return bullet(Bullet(name, definition.name, reading.value, target, unit=unit, tone=tone))


def draw_spark(
    definition: Definition, months: Sequence[Period], readings: Sequence[Valued | None], unit: Format
) -> Chart | None:
    """A word-sized line of months; None with fewer than two values."""
    values = [reading.value if reading else None for reading in readings]
    if len(values) - values.count(None) < 2:
        return None
    labels = (month_label(months[0]), month_label(months[-1]))
    return small_sparkline(f"spark-{definition.key}", definition.name, values, labels=labels, unit=unit)


def month_label(month: Period) -> str:
    """Oct 2026."""
    return f"{month.start:%b %Y}"
