"""On-time delivery."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, on_time: int, due: int) -> Decimal | None:
    """Share of due deliverables that were on time, 0 to 1."""
    return share(on_time, due)


ON_TIME_DELIVERY_RATE = Definition(
    key="on_time_delivery_rate",
    name="On-time delivery",
    words=(
        "Deliverables due in the period that were delivered on or before their due day / deliverables due "
        "in the period; what is not due yet is left out."
    ),
    why="Clients forgive much, but not being told too late.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.9"),
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_due_deliverables",
    slices=BY_CLIENT,
    sources=("accountmanagementskills.com, measuring account management performance",),
)
