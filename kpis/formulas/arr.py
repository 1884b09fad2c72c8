"""Annual recurring revenue."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, mrr: Decimal) -> Decimal:
    """Twelve times the MRR."""
    return 12 * mrr


ARR = Definition(
    key="arr",
    name="Annual recurring revenue",
    words="12 x MRR at the close. Not the sum of contracts signed this year.",
    why="The same run rate on the scale on which budgets are made.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("Stripe, annual recurring revenue",),
)
