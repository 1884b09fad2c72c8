"""Survey response rate."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, answered: int, invited: int) -> Decimal | None:
    """Share of invitations answered, 0 to 1."""
    return share(answered, invited)


SURVEY_RESPONSE_RATE = Definition(
    key="survey_response_rate",
    name="Survey response rate",
    words="Invitations of the period that were answered / invitations sent in the period.",
    why="A score from few answers is a score of those who like to answer.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_invitations",
    slices=BY_CLIENT,
    sources=("Delighted",),
)
