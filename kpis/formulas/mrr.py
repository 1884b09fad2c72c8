"""Monthly recurring revenue."""

from collections.abc import Iterable
from decimal import Decimal

from kpis.formulas.arithmetic import ZERO, total
from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, client_mrrs: Iterable[Decimal]) -> Decimal:
    """Sum of the MRR of each client, none of them below 0."""
    return total(max(amount, ZERO) for amount in client_mrrs)


MRR = Definition(
    key="mrr",
    name="Monthly recurring revenue",
    words=(
        "Sum of the monthly amounts of all recurring contract lines live on the last day of the period, at "
        "that day's exchange rates. A client is never below 0."
    ),
    why="The run rate that pays the team; projects and media spend are not in it.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("Stripe, monthly recurring revenue", "Sage Intacct, MRR"),
)
