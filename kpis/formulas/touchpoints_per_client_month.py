"""Touch points per client and month."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, TargetBasis, Unit


def compute(*, touchpoints: int, client_months: int) -> Decimal | None:
    """Conversations per client and month."""
    return share(touchpoints, client_months)


TOUCHPOINTS_PER_CLIENT_MONTH = Definition(
    key="touchpoints_per_client_month",
    name="Touch points per client and month",
    words=(
        "Conversations held in the period / client-months, a client-month being a month of which the client"
        " was active on at least 15 days."
    ),
    why="Silence is where clients are lost; too much talk is a cost to both.",
    unit=Unit.COUNT,
    direction=Direction.BAND,
    formula=compute,
    places=1,
    target=Decimal("2"),
    band_high=Decimal("4"),
    basis=TargetBasis.WHOLE_MONTHS,
    is_sampled=True,
    empty_reason="no_client_months",
    slices=BY_CLIENT,
    sources=("accountmanagementskills.com, measuring account management performance",),
)
