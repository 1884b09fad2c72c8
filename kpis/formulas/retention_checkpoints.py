"""Retention at fixed ages of a client, such as after 3, 6 and 12 months."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from kpis.formulas.kaplan_meier import Tenure


def retention_at(size: int, active: Mapping[int, int]) -> dict[int, Decimal | None]:
    """Share of a cohort of `size` clients still active at each month, from the counts at these months."""
    return {month: Decimal(count) / size if size else None for month, count in active.items()}


def retention_checkpoints(tenures: Iterable[Tenure], months: Iterable[int]) -> dict[int, Decimal | None]:
    """Share of clients that stayed at least so many months, out of those that could have; None where nobody
    could.

    A client who is still here but younger than a checkpoint says nothing about it and is left out there.
    """
    observed = list(tenures)
    shares: dict[int, Decimal | None] = {}
    for month in months:
        stayed = sum(1 for tenure in observed if tenure.months >= month)
        left = sum(1 for tenure in observed if tenure.has_left and tenure.months < month)
        shares[month] = Decimal(stayed) / (stayed + left) if stayed + left else None
    return shares
