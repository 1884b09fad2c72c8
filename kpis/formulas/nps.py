"""Net promoter score."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Unit


def compute(*, promoters: int, passives: int, detractors: int) -> Decimal | None:
    """From -100 to 100."""
    return share(100 * (promoters - detractors), promoters + passives + detractors)


NPS = Definition(
    key="nps",
    name="Net promoter score",
    words=(
        "100 x (answers of 9 and 10 - answers of 0 to 6) / answers; one answer per respondent and client, "
        "the latest in the period."
    ),
    why="Whether clients would put their own name to ours.",
    unit=Unit.POINTS,
    direction=Direction.UP,
    formula=compute,
    places=0,
    target=Decimal("70"),
    is_sampled=True,
    empty_reason="no_answers",
    slices=BY_CLIENT,
    sources=(
        "Bain, Net Promoter System",
        "accountmanagementskills.com, measuring account management performance",
    ),
)
