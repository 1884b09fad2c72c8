"""Cross-sell MRR."""

from collections.abc import Iterable
from decimal import Decimal

from kpis.formulas.arithmetic import total
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, amounts: Iterable[Decimal]) -> Decimal:
    """Sum of the movements of the class "cross_sell"."""
    return total(amounts)


CROSS_SELL_MRR = Definition(
    key="cross_sell_mrr",
    name="Cross-sell MRR",
    words="Growth of a client's MRR in a service that it did not have the day before.",
    why="A second service makes a client harder to lose.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
