"""Quick ratio."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Unit


def compute(
    *, new: Decimal, reactivation: Decimal, expansion: Decimal, contraction: Decimal, churned: Decimal
) -> Decimal | None:
    """Gains per unit of loss; losses are given as positive amounts."""
    return share(new + reactivation + expansion, contraction + churned)


QUICK_RATIO = Definition(
    key="quick_ratio",
    name="Quick ratio",
    words="(New + reactivation + expansion) / (contraction + churn), pauses counted as contraction.",
    why="How many euros come in for each that goes out.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    places=2,
    is_sampled=True,
    empty_reason="no_losses",
    sources=("Mamoon Hamid, SaaS quick ratio",),
)
