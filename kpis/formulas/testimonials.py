"""Testimonials."""

from decimal import Decimal

from kpis.formulas.definition import BY_CLIENT, Definition, Direction, TargetBasis, Unit


def compute(*, testimonials: int) -> Decimal:
    """The count."""
    return Decimal(testimonials)


TESTIMONIALS = Definition(
    key="testimonials",
    name="Testimonials",
    words=(
        "Usable testimonials received in the period, against the number agreed for it (a yearly number is "
        "spread over the months)."
    ),
    why="Proof that others can read, best asked for when a project ends.",
    unit=Unit.COUNT,
    direction=Direction.UP,
    formula=compute,
    places=0,
    is_amount=True,
    basis=TargetBasis.ANNUAL_TOTAL,
    slices=BY_CLIENT,
    sources=("accountmanagementskills.com, measuring account management performance",),
)
