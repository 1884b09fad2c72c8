"""Compound monthly growth."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import Definition, Direction, Display, TargetBasis, Unit


def compute(*, opening_mrr: Decimal, closing_mrr: Decimal, months: int | None) -> Decimal | None:
    """The equal monthly growth that leads from opening to closing in `months`."""
    if not opening_mrr or not months:
        return None
    if months == 1:
        return share(closing_mrr - opening_mrr, opening_mrr)
    return (closing_mrr / opening_mrr) ** (1 / Decimal(months)) - 1


CMGR = Definition(
    key="cmgr",
    name="Compound monthly growth",
    words="(Closing MRR / opening MRR) ^ (1 / months) - 1, for whole months.",
    why="Growth of a longer period on the scale of a month.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.05"),
    stretch=Decimal("0.1"),
    basis=TargetBasis.WHOLE_MONTHS,
    is_sampled=True,
    empty_reason="no_opening_mrr",
    sources=("accountmanagementskills.com, measuring account management performance",),
)
