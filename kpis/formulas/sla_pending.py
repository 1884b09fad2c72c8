"""Replies still in time."""

from decimal import Decimal

from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Unit


def compute(*, pending: int) -> Decimal:
    """The count."""
    return Decimal(pending)


SLA_PENDING = Definition(
    key="sla_pending",
    name="Replies still in time",
    words="Unanswered client messages of the period that are still within their target.",
    why="The work of the next hours.",
    unit=Unit.COUNT,
    direction=Direction.DOWN,
    formula=compute,
    places=0,
    is_amount=True,
    slices=BY_CLIENT,
    sources=("Zendesk, SLA policies",),
)
