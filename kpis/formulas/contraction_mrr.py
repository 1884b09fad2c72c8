"""Contraction MRR."""

from decimal import Decimal

from kpis.formulas.definition import Definition, Direction, Display, Unit


def compute(*, contraction: Decimal, pause: Decimal) -> Decimal:
    """Reductions and pauses, both given as positive amounts."""
    return contraction + pause


CONTRACTION_MRR = Definition(
    key="contraction_mrr",
    name="Contraction MRR",
    words="What clients that stayed took away, pauses included; a positive amount.",
    why="A client that shrinks often leaves next.",
    unit=Unit.MONEY,
    direction=Direction.DOWN,
    formula=compute,
    display=Display.MONEY,
    places=2,
    is_amount=True,
    empty_reason="missing_fx_rate",
    sources=("ChartMogul, churn rate formulas and MRR movements",),
)
