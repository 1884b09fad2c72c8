"""The Wilson score interval of a proportion, 95%, without continuity correction."""

from decimal import Decimal

Z = Decimal("1.959964")


def wilson_interval(successes: Decimal | int, n: Decimal | int) -> tuple[Decimal, Decimal] | None:
    """Lower and upper bound of the share behind `successes` of `n`, within 0 to 1; None without trials."""
    if not n:
        return None
    trials = Decimal(n)
    share = Decimal(successes) / trials
    spread = Z * ((share * (1 - share) + Z * Z / (4 * trials)) / trials).sqrt()
    centre = share + Z * Z / (2 * trials)
    scale = 1 + Z * Z / trials
    # With none or all of n one bound is exact; the root's last digit would blur it.
    low = (centre - spread) / scale if successes else Decimal(0)
    high = (centre + spread) / scale if successes != n else Decimal(1)
    return low, high
