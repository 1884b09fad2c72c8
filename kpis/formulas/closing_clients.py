"""Clients at the close."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Unit


def compute(*, clients: int) -> Decimal:
    """The count."""
    return Decimal(clients)


CLOSING_CLIENTS = Definition(
    key="closing_clients",
    name="Clients at the close",
    words="Clients with recurring revenue, or under an unexpired pause, at the close of the last day.",
    why="How many clients the team serves now.",
    unit=Unit.COUNT,
    direction=Direction.UP,
    formula=compute,
    places=0,
    is_amount=True,
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
