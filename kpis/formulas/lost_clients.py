"""Lost clients."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Unit


def compute(*, retained: int, opening_clients: int) -> Decimal:
    """Opening clients without the retained ones."""
    return Decimal(opening_clients - retained)


LOST_CLIENTS = Definition(
    key="lost_clients",
    name="Lost clients",
    words="Clients at the opening that are no clients at the close.",
    why="Each one has a name and a reason; read them.",
    unit=Unit.COUNT,
    direction=Direction.DOWN,
    formula=compute,
    places=0,
    is_amount=True,
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
