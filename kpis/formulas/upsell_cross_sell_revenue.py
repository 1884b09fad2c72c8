"""Upsell and cross-sell revenue."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, upsell: Decimal, cross_sell: Decimal) -> Decimal:
    """Sum of both, for clients of the opening."""
    return upsell + cross_sell


UPSELL_CROSS_SELL_REVENUE = Definition(
    key="upsell_cross_sell_revenue",
    name="Upsell and cross-sell revenue",
    words=(
        "Upsell and cross-sell MRR of the clients that had MRR at the opening. What they took back later is"
        " contraction."
    ),
    why="The growth that account managers themselves bring about.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("accountmanagementskills.com, measuring account management performance",),
)
