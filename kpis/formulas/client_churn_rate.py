"""Client churn."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, TargetBasis, Unit


def compute(*, retained: int, opening_clients: int) -> Decimal | None:
    """Share of the opening clients that were lost, 0 to 1."""
    return share(opening_clients - retained, opening_clients)


CLIENT_CHURN_RATE = Definition(
    key="client_churn_rate",
    name="Client churn",
    words="1 - client retention, from the same two sets of clients.",
    why="The same fact as retention, seen as loss; the list of lost clients behind it says why.",
    unit=Unit.RATIO,
    direction=Direction.DOWN,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.1"),
    is_strict=True,
    basis=TargetBasis.ANNUAL_LOSS,
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_opening_clients",
    sources=(
        "accountmanagementskills.com, measuring account management performance",
        "ChartMogul, churn rate formulas and MRR movements",
    ),
)
