"""Replies too late."""

from decimal import Decimal

from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Unit


def compute(*, breached: int) -> Decimal:
    """The count."""
    return Decimal(breached)


SLA_BREACHED = Definition(
    key="sla_breached",
    name="Replies too late",
    words="Waits of the period that took longer than the target, or are unanswered and over it.",
    why="Each one is a client who waited.",
    unit=Unit.COUNT,
    direction=Direction.DOWN,
    formula=compute,
    places=0,
    is_amount=True,
    slices=BY_CLIENT,
    sources=("Zendesk, SLA policies",),
)
