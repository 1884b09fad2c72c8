"""Reply time."""

from collections.abc import Sequence
from decimal import Decimal

from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit
from kpis.formulas.percentile import percentile


def compute(*, hours: Sequence[Decimal]) -> Decimal | None:
    """The median."""
    return percentile(hours, Decimal("0.5"))


REPLY_HOURS = Definition(
    key="reply_hours",
    name="Reply time",
    words=(
        "Median business hours from the oldest unanswered client message to the next human reply, all "
        "replies of the period."
    ),
    why="A quick hello and a slow answer is still slow.",
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
