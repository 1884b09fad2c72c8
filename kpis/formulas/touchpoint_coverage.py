"""Touch point coverage."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, TargetBasis, Unit


def compute(*, covered: int, client_months: int) -> Decimal | None:
    """Share of client-months with enough conversations, 0 to 1."""
    return share(covered, client_months)


TOUCHPOINT_COVERAGE = Definition(
    key="touchpoint_coverage",
    name="Touch point coverage",
    words="Client-months with as many conversations as the cadence asks for (two, unless decided otherwise) / client-months.",
    why="A mean hides the client nobody calls.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.9"),
    basis=TargetBasis.WHOLE_MONTHS,
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_client_months",
    slices=BY_CLIENT,
    sources=("Target: own default",),
)
