"""Percentiles by linear interpolation, as PostgreSQL's `percentile_cont`."""

from collections.abc import Sequence
from decimal import Decimal


def percentile(values: Sequence[Decimal | int], fraction: Decimal) -> Decimal | None:
    """The value below which `fraction` (0 to 1) of the values lie, interpolated; None without values."""
    if not values:
        return None
    ordered = sorted(values)
    below = int(fraction * (len(ordered) - 1))
    above = min(below + 1, len(ordered) - 1)
    return between(Decimal(ordered[below]), Decimal(ordered[above]), fraction, len(ordered))


def between(low: Decimal, high: Decimal, fraction: Decimal, count: int) -> Decimal:
    """The percentile of `count` values of which only its two neighbours are known."""
    position = fraction * (count - 1)
    return low + (high - low) * (position - int(position))
