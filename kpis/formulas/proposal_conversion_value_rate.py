"""Proposal conversion by value."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, won_value: Decimal, decided_value: Decimal) -> Decimal | None:
    """Share of the decided value that was won, 0 to 1."""
    return share(won_value, decided_value)


PROPOSAL_CONVERSION_VALUE_RATE = Definition(
    key="proposal_conversion_value_rate",
    name="Proposal conversion by value",
    words="Value of the proposals won / value of the proposals decided.",
    why="Winning the small ones only is not winning.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    is_sampled=True,
    empty_reason="no_decided_proposals",
    slices=BY_CLIENT,
    sources=("Proposal Guru, win rate by value",),
)
