"""Price-change MRR."""

from collections.abc import Iterable
from decimal import Decimal

from kpis.formulas.arithmetic import total
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, amounts: Iterable[Decimal]) -> Decimal:
    """Sum of the movements of the class "price_change"."""
    return total(amounts)


PRICE_CHANGE_MRR = Definition(
    key="price_change_mrr",
    name="Price-change MRR",
    words=("Growth of a client's MRR in a service on the day a line with the reason price_change starts."),
    why="Growth by price is growth, but no sale: it is shown apart.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
