"""First response time, mean."""

from collections.abc import Sequence
from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, hours: Sequence[Decimal]) -> Decimal | None:
    """The arithmetic mean."""
    return share(sum(hours, Decimal(0)), len(hours))


FIRST_RESPONSE_HOURS_MEAN = Definition(
    key="first_response_hours_mean",
    name="First response time, mean",
    words="Mean business hours from a request's first client message to the first human reply.",
    why="For comparing with tools that only know the mean.",
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
