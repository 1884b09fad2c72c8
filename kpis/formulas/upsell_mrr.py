"""Upsell MRR."""

from collections.abc import Iterable
from decimal import Decimal

from kpis.formulas.arithmetic import total
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, amounts: Iterable[Decimal]) -> Decimal:
    """Sum of the movements of the class "upsell"."""
    return total(amounts)


UPSELL_MRR = Definition(
    key="upsell_mrr",
    name="Upsell MRR",
    words="Growth of a client's MRR in a service that it had the day before, price rises left out.",
    why="More of what a client already buys: trust in the work.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
