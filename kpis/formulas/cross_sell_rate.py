"""Cross-sell rate."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, cross_sold_clients: int, opening_clients: int) -> Decimal | None:
    """Share of the opening clients with a cross-sell, 0 to 1."""
    return share(cross_sold_clients, opening_clients)


CROSS_SELL_RATE = Definition(
    key="cross_sell_rate",
    name="Cross-sell rate",
    words=(
        "Clients with MRR at the opening that had at least one cross-sell in the period / clients with MRR "
        "at the opening."
    ),
    why="How widely the team brings further services in.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_opening_mrr",
    sources=("accountmanagementskills.com, measuring account management performance",),
)
