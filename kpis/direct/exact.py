"""From the exact fractions of the ledger to the Decimals of formulas, without rounding a ratio."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from math import lcm

# Whole numbers are exact too, and add fastest.
Amount = Fraction | int
# Far beyond the digits of any book of business; a sum of amounts and rates is exact in it.
CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)


def to_decimal(fraction: Amount) -> Decimal:
    """The fraction as a Decimal; exact if it has an end, else to 60 digits."""
    return CONTEXT.divide(Decimal(fraction.numerator), Decimal(fraction.denominator))


def to_common(*fractions: Amount) -> list[Decimal]:
    """All fractions times one number that makes them whole.

    ratios of them are the ratios of the fractions.
    """
    scale = lcm(*(fraction.denominator for fraction in fractions))
    return [Decimal(int(fraction * scale)) for fraction in fractions]
