"""Net new MRR."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(
    *, new: Decimal, reactivation: Decimal, expansion: Decimal, contraction: Decimal, churned: Decimal
) -> Decimal:
    """Sum of all movements; losses are given as positive amounts."""
    return new + reactivation + expansion - contraction - churned


NET_NEW_MRR = Definition(
    key="net_new_mrr",
    name="Net new MRR",
    words=(
        "New + reactivation + expansion - contraction - churn. Exchange rates and hand-overs are left out."
    ),
    why="One number for whether the period added or took away.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
