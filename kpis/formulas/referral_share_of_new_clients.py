"""New clients by referral."""

from decimal import Decimal

from kpis.formulas.arithmetic import share
from kpis.formulas.definition import BY_CLIENT, Definition, Direction, Display, Unit


def compute(*, referred: int, new_clients: int) -> Decimal | None:
    """Share of new clients that were referred, 0 to 1."""
    return share(referred, new_clients)


REFERRAL_SHARE_OF_NEW_CLIENTS = Definition(
    key="referral_share_of_new_clients",
    name="New clients by referral",
    words="Clients new in the period that came by a referral / clients new in the period.",
    why="The cheapest way in, and the one with the best start.",
    unit=Unit.RATIO,
    direction=Direction.UP,
    formula=compute,
    display=Display.PERCENT,
    places=1,
    is_proportion=True,
    is_sampled=True,
    empty_reason="no_new_clients",
    slices=BY_CLIENT,
    sources=("Mailmodo, referrals among new clients",),
)
