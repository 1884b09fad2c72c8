"""Opening MRR."""

from collections.abc import Iterable
from decimal import Decimal

from kpis.formulas.arithmetic import ZERO, total
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, client_mrrs: Iterable[Decimal]) -> Decimal:
    """Sum of the MRR of each client, none of them below 0."""
    return total(max(amount, ZERO) for amount in client_mrrs)


OPENING_MRR = Definition(
    key="opening_mrr",
    name="Opening MRR",
    words="MRR at the close of the day before the period, at that day's exchange rates.",
    why="Where the period started: the base of every revenue rate.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
