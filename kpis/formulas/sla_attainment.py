"""Replies within the agreed time."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, met: int, breached: int) -> Decimal | None:
    """Share of waits met, 0 to 1."""
    return share(met, met + breached)


SLA_ATTAINMENT = Definition(
    key="sla_attainment",
    name="Replies within the agreed time",
    words=(
        "Waits met / (waits met + waits breached); an unanswered message over its target is breached, one "
        "within it is pending and left out."
    ),
    why="A service charter is a promise; this is the share kept.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.9"),
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_waits",
    slices=BY_CLIENT,
    sources=("Zendesk, SLA policies", "Target: own default"),
)
