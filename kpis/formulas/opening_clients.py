"""Clients at the opening."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Unit


def compute(*, clients: int) -> Decimal:
    """The count."""
    return Decimal(clients)


OPENING_CLIENTS = Definition(
    key="opening_clients",
    name="Clients at the opening",
    words=(
        "Clients with recurring revenue, or under an unexpired pause, at the close of the day before the "
        "period."
    ),
    why="The cohort that retention and churn speak of.",
    unit=Unit.COUNT,
    direction=Direction.UP,
    formula=compute,
    places=0,
    is_amount=True,
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
