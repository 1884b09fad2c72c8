"""First response time, 90th percentile."""

from collections.abc import Sequence
from decimal import Decimal

from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit
from kpis.formulas.percentile import percentile


def compute(*, hours: Sequence[Decimal]) -> Decimal | None:
    """The 90th percentile by linear interpolation."""
    return percentile(hours, Decimal("0.9"))


FIRST_RESPONSE_HOURS_P90 = Definition(
    key="first_response_hours_p90",
    name="First response time, 90th percentile",
    words="The business hours within which nine of ten first replies came, by linear interpolation.",
    why="A good median can hide a bad tenth.",
    unit=Unit.HOURS,
    direction=Direction.DOWN,
    formula=compute,
    display=Display.HOURS,
    places=1,
    is_sampled=True,
    empty_reason="no_replies",
    slices=BY_CLIENT,
    sources=(
        "Zendesk, SLA and oldest unanswered message",
        "accountmanagementskills.com, measuring account management performance",
    ),
)
