"""What was reported beside what the engine answers now, for the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kpis.direct.query import SliceKey
from kpis.engine import Result, as_text
from kpis.formulas.definition import Display
from kpis.frozen.marks import reported_on
from kpis.frozen.models import FrozenFigure, FrozenMonth, Restatement
from kpis.frozen.reading import Figures, six
from kpis.frozen.selectors import find_month
from kpis.frozen.told import tell_changes


@dataclass(frozen=True)
class Reported:
    """The frozen figure of a result, and whether the result is another number.

    `currency` is that of the report where its amounts stand in another one than the agency's of today.
    """

    month: FrozenMonth
    figure: FrozenFigure
    is_restated: bool
    restatement: Restatement | None
    currency: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values, as the results' own."""
        plain = {
            "value": as_text(self.figure.value),
            "frozen_at": self.month.frozen_at.isoformat(),
            "definition_version": self.figure.definition_version,
            "is_restated": self.is_restated,
        }
        if self.currency:
            plain["currency"] = self.currency
        latest = self.restatement
        if latest is None:
            return plain
        return plain | {
            "restatement": {
                "value": as_text(latest.new_value),
                "noticed_at": latest.noticed_at.isoformat(),
                "is_back": latest.is_back,
                "is_matured": latest.is_matured,
                "rows_added": latest.rows_added,
                "rows_removed": latest.rows_removed,
                "rows_altered": latest.rows_altered,
                "rows": latest.rows,
                "causes": latest.causes,
            }
        }

    @property
    def changed(self) -> list[str]:
        """Which rows changed and who changed them, a line each, as far as it was noticed."""
        return (
            [f"{name}: {said}" for name, said in tell_changes(self.restatement)] if self.restatement else []
        )

    @property
    def words(self) -> str:
        return f"reported {self.figure.display} on {reported_on(self.month)}"


def map_reported(results: Sequence[Result]) -> dict[tuple[str, SliceKey], Reported]:
    """By KPI and slice key, of results of one question; empty unless its period is a frozen month.

    A result counts as restated if it was noticed, or if it differs now although it knows all that the freeze knew.
    """
    query = results[0].query if results else None
    month = find_month(query.period) if query else None
    if query is None or month is None:
        return {}
    figures = {(row.kpi, row.slice_key): row for row in FrozenFigure.objects.filter(month=month, by=query.by)}
    noticed = {
        (row.kpi, row.slice_key): row
        for row in Restatement.objects.latest_of_each().filter(month=month, by=query.by)
    }
    # What was known before the report, or is counted in another currency, is no correction of it.
    is_comparable = query.as_of >= month.as_of and query.settings.currency == month.currency
    reported = {}
    for result in results:
        name = (result.kpi, result.key or "")
        if name in figures:
            is_other = is_comparable and _differs(result, figures[name])
            latest = noticed.get(name)
            is_restated = is_other or (latest is not None and latest.is_other_figure)
            currency = _other_currency(result, month)
            reported[result.kpi, result.key] = Reported(month, figures[name], is_restated, latest, currency)
    return reported


def _other_currency(result: Result, month: FrozenMonth) -> str:
    """The currency in which an amount was reported, if the agency has given it up."""
    is_money = result.definition.display == Display.MONEY
    return month.currency if is_money and month.currency != result.query.settings.currency else ""


def _differs(result: Result, figure: FrozenFigure) -> bool:
    if result.definition_version != figure.definition_version:
        return False
    old = Figures(figure.value, figure.numerator, figure.denominator, figure.n)
    new = result.figure
    return old != Figures(six(new.value), six(new.numerator), six(new.denominator), new.n)
