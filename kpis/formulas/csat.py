"""Client satisfaction."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, satisfied: int, answers: int) -> Decimal | None:
    """Share of satisfied answers, 0 to 1."""
    return share(satisfied, answers)


CSAT = Definition(
    key="csat",
    name="Client satisfaction",
    words=(
        "Satisfied answers (4 and 5 of 5; other scales: the top two, of 10 the top three, of 2 or 3 the "
        "best) / all answers."
    ),
    why="What a client thinks of one piece of work, while it is fresh.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=0,
    target=Decimal("0.8"),
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_answers",
    slices=BY_CLIENT,
    sources=("Delighted", "Simplesat", "Target: own default"),
)
