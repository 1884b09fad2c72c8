"""The two operations that nearly every formula is made of."""

from collections.abc import Iterable
from decimal import Decimal

ZERO = Decimal(0)


def share(numerator: Decimal | int, denominator: Decimal | int) -> Decimal | None:
    """The quotient; None where there is nothing to divide by."""
    if not denominator:
        return None
    return Decimal(numerator) / Decimal(denominator)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum as a Decimal, 0 for nothing."""
    return sum(amounts, ZERO)
