"""Upsell rate."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, upsold_clients: int, opening_clients: int) -> Decimal | None:
    """Share of the opening clients with an upsell, 0 to 1."""
    return share(upsold_clients, opening_clients)


UPSELL_RATE = Definition(
    key="upsell_rate",
    name="Upsell rate",
    words=(
        "Clients with MRR at the opening that had at least one upsell in the period / clients with MRR at "
        "the opening."
    ),
    why="How widely the team grows what clients already buy.",
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
