"""Net revenue retention."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, cohort_closing_mrr: Decimal, opening_mrr: Decimal) -> Decimal | None:
    """What the opening clients pay at the close, as a share of what they paid at the opening."""
    return share(cohort_closing_mrr, opening_mrr)


NRR = Definition(
    key="nrr",
    name="Net revenue retention",
    words=(
        "Closing MRR of the clients with MRR at the opening / their opening MRR, at the exchange rates of "
        "the opening. New and reactivated clients are left out."
    ),
    why="Above 100% existing clients grow faster than they leave.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("1"),
    is_sampled=True,
    empty_reason="no_opening_mrr",
    sources=(
        "SaaS Metrics Standards Board, net and gross revenue retention",
        "Target: reference line of 100%",
    ),
)
