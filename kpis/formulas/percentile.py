"""Percentiles by linear interpolation, as PostgreSQL's `percentile_cont`."""

from collections.abc import Sequence
from decimal import Decimal


def percentile(values: Sequence[Decimal | int], fraction: Decimal) -> Decimal | None:
    """The value below which `fraction` (0 to 1) of the values lie, interpolated; None without values."""
    if not values:
        return None
    ordered = sorted(values)
    position = fraction * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    low, high = Decimal(ordered[below]), Decimal(ordered[above])
    return low + (high - low) * (position - below)
