"""Account managers' confidence."""

from collections.abc import Sequence
from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_MEMBER, Definition, Direction, Unit


def compute(*, scores: Sequence[Decimal]) -> Decimal | None:
    """The arithmetic mean."""
    return share(sum(scores, Decimal(0)), len(scores))


AM_CONFIDENCE = Definition(
    key="am_confidence",
    name="Account managers' confidence",
    words="Mean of the account managers' own ratings from 1 to 10, the latest of each in the period.",
    why="The people closest to the clients feel trouble before any number does.",
    unit=Unit.POINTS,
    direction=Direction.UP,
    formula=compute,
    places=1,
    target=Decimal("7"),
    is_sampled=True,
    empty_reason="too_few_answers",
    slices=BY_MEMBER,
    sources=("accountmanagementskills.com, measuring account management performance", "Zudo, CSM pulse"),
)
