"""Net revenue churn."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, cohort_closing_mrr: Decimal, opening_mrr: Decimal) -> Decimal | None:
    """Net share of the opening MRR that was lost; negative when it grew."""
    return share(opening_mrr - cohort_closing_mrr, opening_mrr)


NET_REVENUE_CHURN_RATE = Definition(
    key="net_revenue_churn_rate",
    name="Net revenue churn",
    words=(
        "1 - net revenue retention; negative when growth of the opening clients outweighs what they took "
        "away."
    ),
    why="Below zero the book grows without a single new client.",
    unit=Unit.RATIO,
    direction=Direction.DOWN,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    is_sampled=True,
    empty_reason="no_opening_mrr",
    sources=("SaaS Metrics Standards Board, net and gross revenue retention",),
)
