"""Client retention."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, TargetBasis, Unit


def compute(*, retained: int, opening_clients: int) -> Decimal | None:
    """Share of the opening clients that were kept, 0 to 1."""
    return share(retained, opening_clients)


CLIENT_RETENTION_RATE = Definition(
    key="client_retention_rate",
    name="Client retention",
    words=(
        "Clients at the opening that are still clients at the close / clients at the opening. Both are sets"
        " of clients, each once; a paused client is a client until its pause is too long."
    ),
    why=(
        "Keeping clients is the first thing an account team is for; winning a new one costs several times "
        "as much."
    ),
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.9"),
    basis=TargetBasis.ANNUAL_SURVIVAL,
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_opening_clients",
    sources=(
        "accountmanagementskills.com, measuring account management performance",
        "ChartMogul, churn rate formulas and MRR movements",
    ),
)
