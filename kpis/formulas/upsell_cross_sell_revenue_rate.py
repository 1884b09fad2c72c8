"""Upsell and cross-sell revenue rate."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, TargetBasis, Unit


def compute(*, upsell: Decimal, cross_sell: Decimal, opening_mrr: Decimal) -> Decimal | None:
    """Sold growth as a share of the opening MRR."""
    return share(upsell + cross_sell, opening_mrr)


UPSELL_CROSS_SELL_REVENUE_RATE = Definition(
    key="upsell_cross_sell_revenue_rate",
    name="Upsell and cross-sell revenue rate",
    words="Upsell and cross-sell MRR of the clients that had MRR at the opening / opening MRR.",
    why="The goal of 5 to 10% a year is about revenue, client by client.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.05"),
    stretch=Decimal("0.1"),
    basis=TargetBasis.TRAILING_YEAR,
    is_sampled=True,
    is_judged_per_client=True,
    empty_reason="no_opening_mrr",
    sources=("accountmanagementskills.com, measuring account management performance",),
)
