"""What can be said about lifetime while nobody has left."""

from decimal import Decimal


def longer_than_months(client_months: int) -> Decimal | None:
    """Lower 95% bound of the lifetime after `client_months` without a loss: a third of them."""
    return Decimal(client_months) / 3 if client_months else None
