"""Gross revenue retention."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, TargetBasis, Unit


def compute(*, kept_mrr: Decimal, opening_mrr: Decimal) -> Decimal | None:
    """Share of the opening MRR that was kept, 0 to 1."""
    return share(kept_mrr, opening_mrr)


GRR = Definition(
    key="grr",
    name="Gross revenue retention",
    words=(
        "Sum over the clients with MRR at the opening of min(opening MRR, closing MRR) / their opening MRR,"
        " at the exchange rates of the opening."
    ),
    why="What stays of last year's revenue before any growth: the floor under the book.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.9"),
    basis=TargetBasis.ANNUAL_SURVIVAL,
    is_sampled=True,
    empty_reason="no_opening_mrr",
    sources=(
        "SaaS Metrics Standards Board, net and gross revenue retention",
        "Target: own default, the mirror of revenue churn",
    ),
)
