"""Judging a value: what a yearly target means for the period, and met, near or missed."""

from decimal import Decimal
from enum import StrEnum

from kpis.formulas.definition import Definition, Direction, TargetBasis
from kpis.formulas.rate_conversion import convert_churn, convert_retention

MINIMUM_SAMPLE = 5  # below, a value is shown but not judged
SMALL_SAMPLE = 30  # below, a value is judged and marked as a small sample
NEAR = Decimal("0.1")  # "near" is within 10% of the target, relative
YEAR = 12


class Status(StrEnum):
    MET = "met"
    NEAR = "near"
    MISSED = "missed"
    NOT_JUDGED = "not_judged"


def target_for(definition: Definition, target: Decimal | None, months: int | None) -> Decimal | None:
    """The target as it applies to a period of `months` whole months; None where none applies."""
    if target is None:
        return None
    match definition.basis:
        case TargetBasis.ANY:
            return target
        case TargetBasis.ONE_MONTH:
            return target if months == 1 else None
        case TargetBasis.WHOLE_MONTHS:
            return target if months else None
        case TargetBasis.TRAILING_YEAR:
            return target if months == YEAR else None
        case TargetBasis.ANNUAL_TOTAL:
            return target * months / YEAR if months else None
        case TargetBasis.ANNUAL_SURVIVAL:
            return convert_retention(target, months=YEAR, to_months=months) if months else None
        case TargetBasis.ANNUAL_LOSS:
            return convert_churn(target, months=YEAR, to_months=months) if months else None


def judge(
    definition: Definition,
    value: Decimal | None,
    *,
    target: Decimal | None,
    high: Decimal | None = None,
    n: int,
) -> Status:
    """Compares the unrounded value with a target that fits the period; `high` is a band's upper edge."""
    if value is None or target is None or (definition.is_sampled and n < MINIMUM_SAMPLE):
        return Status.NOT_JUDGED
    if definition.direction == Direction.UP:
        return _judge_floor(value, target)
    if definition.direction == Direction.DOWN:
        return _judge_ceiling(value, target, is_strict=definition.is_strict)
    if value < target:
        return _judge_floor(value, target)
    return Status.MET if high is None else _judge_ceiling(value, high, is_strict=False)


def _judge_floor(value: Decimal, target: Decimal) -> Status:
    if value >= target:
        return Status.MET
    return Status.NEAR if value >= target - NEAR * abs(target) else Status.MISSED


def _judge_ceiling(value: Decimal, target: Decimal, *, is_strict: bool) -> Status:
    if value < target or (value == target and not is_strict):
        return Status.MET
    return Status.NEAR if value <= target + NEAR * abs(target) else Status.MISSED
