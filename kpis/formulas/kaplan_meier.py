"""How long clients stay when many of them are still here: the Kaplan-Meier estimate."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

LIMIT_MONTHS = Decimal(60)


@dataclass(frozen=True)
class Tenure:
    """Months as a client; `has_left` is False while the client is still here (censored)."""

    months: Decimal
    has_left: bool


def survival_curve(tenures: Iterable[Tenure]) -> list[tuple[Decimal, Decimal]]:
    """Steps (month, share still here from that month on), at the months in which somebody left.

    Who is censored in a month still counts as at risk in it.
    """
    observed = list(tenures)
    share, steps = Decimal(1), []
    for month in sorted({tenure.months for tenure in observed if tenure.has_left}):
        at_risk = sum(1 for tenure in observed if tenure.months >= month)
        left = sum(1 for tenure in observed if tenure.has_left and tenure.months == month)
        share = share * (at_risk - left) / at_risk
        steps.append((month, share))
    return steps


def median_tenure(tenures: Iterable[Tenure]) -> Decimal | None:
    """The first month in which at most half are still here; None while more than half are."""
    half = Decimal("0.5")
    return next((month for month, share in survival_curve(tenures) if share <= half), None)


def restricted_mean(tenures: Iterable[Tenure], limit: Decimal = LIMIT_MONTHS) -> Decimal | None:
    """Mean months within the first `limit` months, the area under the curve; None without clients."""
    observed = list(tenures)
    if not observed:
        return None
    area, since, share = Decimal(0), Decimal(0), Decimal(1)
    for month, following in survival_curve(observed):
        if month >= limit:
            break
        area += share * (month - since)
        since, share = month, following
    return area + share * (limit - since)
