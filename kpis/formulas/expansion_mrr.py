"""Expansion MRR."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, upsell: Decimal, cross_sell: Decimal, price_change: Decimal, resume: Decimal) -> Decimal:
    """Sum of the four kinds of growth."""
    return upsell + cross_sell + price_change + resume


EXPANSION_MRR = Definition(
    key="expansion_mrr",
    name="Expansion MRR",
    words="Upsell + cross-sell + price changes + resumptions after a pause.",
    why="All growth of clients that were there before.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
