"""Clients per account manager, each with the weight of its tier."""

from collections.abc import Sequence
from decimal import Decimal

from kpis.formulas import am_workload
from kpis.formulas.definition import BY_MEMBER, Definition, Direction, Unit


def compute(*, month_ends: Sequence[tuple[Decimal, int]]) -> Decimal | None:
    """Mean of weight / managers over month ends given as such pairs; days without a manager are left out."""
    return am_workload.compute(month_ends=month_ends)


WEIGHTED_LOAD = Definition(
    key="weighted_load",
    name="Weighted load per account manager",
    words=(
        "Sum of the tier weights of active clients / account managers who carry clients, on the last day of each "
        "month of the period, and the mean of these days. A client of a tier without a weight counts once."
    ),
    why="Ten small clients are less work than five large ones.",
    unit=Unit.COUNT,
    direction=Direction.BAND,
    formula=compute,
    places=1,
    target=Decimal("5"),
    band_high=Decimal("10"),
    empty_reason="no_account_managers",
    slices=BY_MEMBER,
    only_if="tier_weights",
    sources=("PractIQ", "agencypro.app", "Target: own default"),
)
