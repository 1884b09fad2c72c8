"""Average revenue per client."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, mrr: Decimal, paying_clients: int) -> Decimal | None:
    """MRR per client that pays."""
    return share(mrr, paying_clients)


ARPA = Definition(
    key="arpa",
    name="Average revenue per client",
    words=("Closing MRR / clients with MRR above 0. Several lines are one client; paused clients are out."),
    why="Says whether the book grows in clients or in depth.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    empty_reason="no_clients",
    sources=("ChartMogul, average revenue per account",),
)
