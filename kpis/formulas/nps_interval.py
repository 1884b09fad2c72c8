"""The 95% interval of a net promoter score."""

from decimal import Decimal

Z = Decimal("1.96")


def nps_interval(*, promoters: int, passives: int, detractors: int) -> tuple[Decimal, Decimal] | None:
    """Score minus and plus 1.96 x sqrt((p + d - (p - d)^2) / n), in points; None without answers."""
    n = promoters + passives + detractors
    if not n:
        return None
    up, down = Decimal(promoters) / n, Decimal(detractors) / n
    margin = Z * ((up + down - (up - down) ** 2) / n).sqrt()
    return 100 * (up - down - margin), 100 * (up - down + margin)
