"""Revenue churn."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, TargetBasis, Unit


def compute(*, kept_mrr: Decimal, opening_mrr: Decimal) -> Decimal | None:
    """Share of the opening MRR that was lost, 0 to 1."""
    return share(opening_mrr - kept_mrr, opening_mrr)


REVENUE_CHURN_RATE = Definition(
    key="revenue_churn_rate",
    name="Revenue churn",
    words=(
        "1 - gross revenue retention: (MRR of lost clients + reductions of clients that stayed) / opening "
        "MRR."
    ),
    why="Ten small clients lost and one large one lost are not the same loss.",
    unit=Unit.RATIO,
    direction=Direction.DOWN,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.1"),
    is_strict=True,
    basis=TargetBasis.ANNUAL_LOSS,
    is_sampled=True,
    empty_reason="no_opening_mrr",
    sources=("SaaS Metrics Standards Board, net and gross revenue retention", "Target: own default"),
)
