"""Whether two routes gave the same figures: counts exactly, amounts and ratios to the 6th decimal."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

import duckdb

from kpis.direct.query import Figure, Figures, SliceKey
from kpis.formulas.catalogue import DEFINITIONS

TOLERANCE = 0.000001
SHOWN = 20

Place = tuple[str, int, str, SliceKey]  # KPI, number of the month, kind of slice, slice


class NotEqual(AssertionError):
    """The routes disagree; the message lists the first differences."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A figure as DuckDB has it: floats for amounts and ratios."""

    numerator: float | None
    denominator: float | None
    n: int
    value: float | None


def plain_figures(answers: Iterable[tuple[str, list[Figures]]]) -> dict[Place, Plain]:
    """The product's answers, months in order, by kind of slice."""
    return {
        (kpi, number, kind, key): _plain(figure)
        for kind, months in answers
        for number, figures in enumerate(months)
        for kpi, by_slice in figures.items()
        for key, figure in by_slice.items()
    }


def duckdb_figures(duck: duckdb.DuckDBPyConnection) -> dict[Place, Plain]:
    """The rows of `result`, but for kinds of slice in which a KPI is not told.

    Raises NotEqual where a slice has two figures of one KPI.
    """
    rows = duck.execute(
        "SELECT kpi, number, kind, key, numerator, denominator, n, value FROM result"
    ).fetchall()
    found = {row[:4]: Plain(*row[4:]) for row in rows}
    if len(found) != len(rows):
        raise NotEqual("DuckDB has more than one figure for the same slice.")
    return {place: plain for place, plain in found.items() if place[2] in DEFINITIONS[place[0]].slices}


def check_equal(ours: dict[Place, Plain], others: dict[Place, Plain]) -> int:
    """How many figures were compared. Raises NotEqual with the first differences.

    A slice of which one route says nothing counts as the figure that the engine gives to an empty slice.
    """
    differences = list(islice(_differences(ours, others), SHOWN + 1))
    if differences:
        more = " (and more)" if len(differences) > SHOWN else ""
        raise NotEqual(f"The product and DuckDB differ{more}:\n" + "\n".join(differences[:SHOWN]))
    return len(ours.keys() | others.keys())


def _differences(ours: dict[Place, Plain], others: dict[Place, Plain]) -> Iterator[str]:
    for place in sorted(ours.keys() | others.keys(), key=repr):
        kpi = place[0]
        mine, other = ours.get(place) or _empty(kpi), others.get(place) or _empty(kpi)
        if not _is_same(mine, other):
            yield f"{' '.join(str(part) for part in place)}: product {mine}, DuckDB {other}"


def _is_same(mine: Plain, other: Plain) -> bool:
    if mine.n != other.n or not _is_near(mine.value, other.value):
        return False
    # Of an undefined value some routes tell the empty parts as 0 and others not at all.
    if mine.value is None:
        return _is_near(mine.numerator or 0, other.numerator or 0)
    return _is_near(mine.numerator, other.numerator) and _is_near(mine.denominator, other.denominator)


def _is_near(mine: float | None, other: float | None) -> bool:
    if mine is None or other is None:
        return mine is other
    # Both are rounded to 6 decimals when they are shown, so half a step each may lie between them.
    return abs(mine - other) <= TOLERANCE


def _empty(kpi: str) -> Plain:
    return Plain(0, None, 0, 0) if DEFINITIONS[kpi].is_amount else Plain(None, None, 0, None)


def _plain(figure: Figure) -> Plain:
    return Plain(_float(figure.numerator), _float(figure.denominator), figure.n, _float(figure.value))


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
