"""MRR growth."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, TargetBasis, Unit


def compute(*, opening_mrr: Decimal, closing_mrr: Decimal) -> Decimal | None:
    """Growth over the period, as a share of the opening."""
    return share(closing_mrr - opening_mrr, opening_mrr)


MRR_GROWTH_RATE = Definition(
    key="mrr_growth_rate",
    name="MRR growth",
    words="(Closing MRR - opening MRR) / opening MRR, exchange rates included.",
    why="5% a month is 80% a year: expect a mature agency to miss it, and set a target of its own.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.05"),
    stretch=Decimal("0.1"),
    basis=TargetBasis.ONE_MONTH,
    is_sampled=True,
    empty_reason="no_opening_mrr",
    sources=("accountmanagementskills.com, measuring account management performance",),
)
