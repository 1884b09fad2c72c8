"""Exchange-rate effect."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(
    *, opening_mrr: Decimal, closing_mrr: Decimal, net_new_mrr: Decimal, transfers: Decimal
) -> Decimal:
    """The part of the change that no movement explains."""
    return closing_mrr - opening_mrr - net_new_mrr - transfers


FX_EFFECT = Definition(
    key="fx_effect",
    name="Exchange-rate effect",
    words="Closing MRR - opening MRR - net new MRR - moves between slices: what exchange rates did.",
    why="Keeps currencies from being read as growth or loss.",
    unit=Unit.MONEY,
    direction=Direction.UP,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
