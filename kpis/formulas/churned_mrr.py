"""Churned MRR."""

from collections.abc import Iterable
from decimal import Decimal

from kpis.formulas.arithmetic import total
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, amounts: Iterable[Decimal]) -> Decimal:
    """Sum of the losses of the class "churn", given as positive amounts."""
    return total(amounts)


CHURNED_MRR = Definition(
    key="churned_mrr",
    name="Churned MRR",
    words="MRR of clients on the day they have none and no unexpired pause; a positive amount.",
    why="What left the house for good, as far as we know.",
    unit=Unit.MONEY,
    direction=Direction.DOWN,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
