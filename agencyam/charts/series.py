"""Values over time: what trend and sparkline share."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from agencyam.charts.chart import Target
from agencyam.charts.formats import Format


@dataclass(frozen=True)
class Point:
    """One period's value; None is unknown and leaves a gap. A partial period is still running."""

    label: str
    value: Decimal | None
    is_partial: bool = False
    href: str = ""


@dataclass(frozen=True)
class Known:
    """A point whose value is known, and its place among all points."""

    index: int
    label: str
    value: Decimal
    is_partial: bool
    href: str


def known_points(points: Sequence[Point]) -> list[Known]:
    return [
        Known(index, point.label, point.value, point.is_partial, point.href)
        for index, point in enumerate(points)
        if point.value is not None
    ]


def runs(points: Sequence[Known]) -> list[list[Known]]:
    """The points in groups without a gap: each group is one stretch of line."""
    groups: list[list[Known]] = []
    for point in points:
        if groups and groups[-1][-1].index == point.index - 1:
            groups[-1].append(point)
        else:
            groups.append([point])
    return groups


def tip(point: Known, unit: Format) -> str:
    return f"{point.label}: {unit.full(point.value)}{' so far' if point.is_partial else ''}"


def finding(subject: str, points: Sequence[Known], unit: Format, target: Target | None = None) -> str:
    """The sentence above the line: where it stands and since when it meets or misses its target."""
    last = points[-1]
    if target is not None:
        verb = "meeting" if target.is_met(last.value) else "missing"
        stands = f"{subject} stood at {unit.short(last.value)} in {last.label}"
        return f"{stands}, {verb} the {target.label} of {target.words(unit)}{_since(points, target)}"
    first = points[0]
    if len(points) == 1:
        return f"{subject} stood at {unit.short(last.value)} in {last.label}"
    if first.value == last.value:
        return f"{subject} stood at {unit.short(last.value)} in {last.label}, as in {first.label}"
    verb = "rose" if last.value > first.value else "fell"
    start = f"{unit.short(first.value)} in {first.label}"
    return f"{subject} {verb} from {start} to {unit.short(last.value)} in {last.label}"


def _since(points: Sequence[Known], target: Target) -> str:
    """Since when every known value was on the last one's side of the target; nothing if only the last one."""
    is_met = target.is_met(points[-1].value)
    start = len(points) - 1
    while start and target.is_met(points[start - 1].value) == is_met:
        start -= 1
    if start == len(points) - 1:
        return ""
    return f" since {points[start].label}" if start else " in every period shown"
