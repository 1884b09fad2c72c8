"""Client lifetime."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, lost: int, client_months: int) -> Decimal | None:
    """Expected months of a client; None while nobody has left."""
    return share(client_months, lost)


LIFETIME_MONTHS = Definition(
    key="lifetime_months",
    name="Client lifetime",
    words=(
        "1 / monthly client churn, pooled over the months of the period: client-months at risk / clients "
        "lost."
    ),
    why="How long a client stays if churn stays as it is.",
    unit=Unit.MONTHS,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONTHS,
    places=1,
    empty_reason="no_churn",
    sources=("ChartMogul, customer lifetime value",),
)
