"""Reactivation MRR."""

from collections.abc import Iterable
from decimal import Decimal

from kpis.formulas.arithmetic import total
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, amounts: Iterable[Decimal]) -> Decimal:
    """Sum of the movements of the class "reactivation"."""
    return total(amounts)


REACTIVATION_MRR = Definition(
    key="reactivation_mrr",
    name="Reactivation MRR",
    words="MRR of clients that had MRR once, had none the day before and were not paused.",
    why="Clients who came back: neither new nor kept.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
