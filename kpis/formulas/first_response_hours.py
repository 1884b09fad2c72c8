"""First response time."""

from collections.abc import Sequence
from decimal import Decimal

from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit
from kpis.formulas.percentile import percentile


def compute(*, hours: Sequence[Decimal]) -> Decimal | None:
    """The median."""
    return percentile(hours, Decimal("0.5"))


FIRST_RESPONSE_HOURS = Definition(
    key="first_response_hours",
    name="First response time",
    words=(
        "Median business hours from a request's first client message to the first human reply, by the "
        "client's own calendar."
    ),
    why="The first reply tells a client that somebody is there.",
    unit=Unit.HOURS,
    direction=Direction.DOWN,
    formula=compute,
    target=Decimal("4"),
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
