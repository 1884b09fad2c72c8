"""All figures of a month with their rows, as the engine answers them: what is frozen, and what is compared later."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import AgencySettings
from agencyam.periods import Period
from kpis.choices import selectors as choice_selectors
from kpis.engine import Result, as_text, evaluate
from kpis.formulas.definition import BY_ALL
from kpis.frozen.evidence import NO_ROWS, Row, SliceName, digest_rows

# Which kind of slice is being read, and the share that is done, 0 to 1.
Progress = Callable[[str, float], None]
FigureName = tuple[str, str, str]  # KPI, kind of slice, key


def tell_nobody(what: str, share: float) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Reading:
    """One KPI of one slice with its rows; amounts have the 6 decimals that are stored."""

    result: Result
    rows: list[Row]
    digest: str

    @property
    def slice(self) -> SliceName:
        return self.result.query.by, self.result.key or ""

    @property
    def name(self) -> FigureName:
        return (self.result.kpi, *self.slice)

    @property
    def figures(self) -> "Figures":
        figure = self.result.figure
        return Figures(six(figure.value), six(figure.numerator), six(figure.denominator), figure.n)


@dataclass(frozen=True)
class Figures:
    """What makes two answers the same number."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    n: int

    @property
    def is_nothing(self) -> bool:
        """Whether it says no more than a slice that is not there."""
        return not self.value and not self.numerator and not self.denominator and self.n == 0


NOTHING = Figures(None, None, None, 0)


def read_month(
    *,
    month: Period,
    as_of: date,
    settings: AgencySettings,
    kinds: Collection[str] = BY_ALL,
    keys: Collection[str] = (),
    progress: Progress = tell_nobody,
) -> Iterator[Reading]:
    """Every KPI in every slice of these kinds that it exists in; its evidence is read once for each kind.

    `settings` are the agency's stored ones; it is counted by the choices that were in force in the month.
    """
    history = choice_selectors.load_history()
    for number, by in enumerate(kinds):
        progress(by, number / len(kinds))
        query = choice_selectors.query_for(
            period=month, as_of=as_of, by=by, settings=settings, history=history
        )
        for result in evaluate(query, keys, has_rows=True):
            if by in result.definition.slices:
                rows = result.rows or []
                yield Reading(result, rows, digest_rows(rows) if rows else NO_ROWS)


def six(value: Decimal | None) -> Decimal | None:
    """As it is stored."""
    text = as_text(value)
    return None if text is None else Decimal(text)
