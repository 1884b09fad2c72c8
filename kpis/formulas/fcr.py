"""First contact resolution."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, at_first_contact: int, resolved: int) -> Decimal | None:
    """Share of resolved requests that needed one contact, 0 to 1."""
    return share(at_first_contact, resolved)


FCR = Definition(
    key="fcr",
    name="First contact resolution",
    words=(
        "Requests resolved in the period with exactly one client message, not reopened and without a new "
        "request on the topic within the follow-up days / requests resolved in the period."
    ),
    why="Solved at once is cheaper for both sides.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.7"),
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_resolved_requests",
    slices=BY_CLIENT,
    sources=("Freshservice, first contact resolution", "Call Centre Helper", "Target: own default"),
)
