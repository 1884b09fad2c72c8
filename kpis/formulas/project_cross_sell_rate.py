"""Project cross-sell rate."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, buyers: int, opening_clients: int) -> Decimal | None:
    """Share of the opening clients that bought a one-off project, 0 to 1."""
    return share(buyers, opening_clients)


PROJECT_CROSS_SELL_RATE = Definition(
    key="project_cross_sell_rate",
    name="Project cross-sell rate",
    words=(
        "Clients with MRR at the opening that bought at least one one-off project with a price in the period / "
        "clients with MRR at the opening."
    ),
    why="Projects beside the retainer are how many accounts grow first.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_opening_mrr",
    only_if="include_one_off",
    sources=("accountmanagementskills.com, measuring account management performance",),
)
