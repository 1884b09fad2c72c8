"""Clients per account manager."""

from collections.abc import Sequence
from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_MEMBER, Definition, Direction, Unit


def compute(*, month_ends: Sequence[tuple[int | Decimal, int | Decimal]]) -> Decimal | None:
    """Mean of clients / managers, or / their posts, over month ends given as such pairs; days without any are left out."""
    loads = [Decimal(clients) / managers for clients, managers in month_ends if managers]
    if len(loads) == 1:
        return loads[0]
    return share(sum(loads, Decimal(0)), len(loads))


AM_WORKLOAD = Definition(
    key="am_workload",
    name="Clients per account manager",
    words=(
        "Active clients / account managers who carry clients, on the last day of each month of the period, "
        "and the mean of these days. One account manager: the clients whose primary account manager they "
        "are."
    ),
    why="Above ten clients each, attention gives out before time does.",
    unit=Unit.COUNT,
    direction=Direction.BAND,
    formula=compute,
    places=1,
    target=Decimal("5"),
    band_high=Decimal("10"),
    empty_reason="no_account_managers",
    slices=BY_MEMBER,
    sources=("PractIQ", "agencypro.app", "Target: own default"),
)
