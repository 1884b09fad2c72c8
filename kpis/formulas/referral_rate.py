"""Referral rate."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, referring_clients: int, active_clients: int) -> Decimal | None:
    """Share of active clients that referred somebody, 0 to 1."""
    return share(referring_clients, active_clients)


REFERRAL_RATE = Definition(
    key="referral_rate",
    name="Referral rate",
    words=(
        "Clients active at the close that made at least one referral in the trailing 12 months / clients "
        "active at the close."
    ),
    why="A client who sends friends is a client who stays.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    target=Decimal("0.2"),
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_active_clients",
    slices=BY_CLIENT,
    sources=(
        "accountmanagementskills.com, measuring account management performance",
        "Okrify, referral rate",
    ),
)
