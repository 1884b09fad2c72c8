"""Proposal conversion."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, won: int, lost: int, expired: int) -> Decimal | None:
    """Share of decided proposals that were won, 0 to 1."""
    return share(won, won + lost + expired)


PROPOSAL_CONVERSION_RATE = Definition(
    key="proposal_conversion_rate",
    name="Proposal conversion",
    words="Proposals won / (won + lost + expired), by the day of the decision.",
    why="Shows whether we propose what clients want.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.5"),
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_decided_proposals",
    slices=BY_CLIENT,
    sources=("accountmanagementskills.com, measuring account management performance",),
)
