"""Database constraints that many models share. `%(class)s` in a name becomes the model's name."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import BaseConstraint, CheckConstraint, F, Func, Q
from django.db.models.functions import Least


def closed_list(field: str, *values: str, allows_blank: bool = False) -> CheckConstraint:
    """The field holds one of the values; blank too where it may be unknown.

    The values repeat the field's choices, which a model's Meta cannot see; a test compares the two.
    """
    return CheckConstraint(
        name=f"%(class)s_{field}_listed",
        condition=Q(**{f"{field}__in": [*values, ""] if allows_blank else list(values)}),
        violation_error_message=f"The {field.replace('_', ' ')} must be one of: {', '.join(values)}.",
    )


def currency_code(field: str = "currency", *, allows_blank: bool = False) -> CheckConstraint:
    """Three capital letters; blank where the agency's currency is meant."""
    return CheckConstraint(
        name=f"%(class)s_{field}_code",
        condition=Q(**{f"{field}__regex": r"^([A-Z]{3})?$" if allows_blank else r"^[A-Z]{3}$"}),
        violation_error_message="A currency is three capital letters, such as EUR.",
    )


def not_negative(field: str) -> CheckConstraint:
    return CheckConstraint(
        name=f"%(class)s_{field}_not_negative",
        condition=Q(**{f"{field}__gte": 0}),
        violation_error_message=f"The {field.replace('_', ' ')} must not be negative.",
    )


def ends_after_start() -> CheckConstraint:
    """`ends_on` is the first day that is out; open where null."""
    return CheckConstraint(
        name="%(class)s_ends_after_start",
        condition=Q(ends_on__gt=F("starts_on")),
        violation_error_message="The end must be after the start.",
    )


def no_overlap(name: str, owner: str, message: str, condition: Q | None = None) -> BaseConstraint:
    """No two rows of one owner share a day of `[starts_on, ends_on)`."""
    # LEAST keeps the range valid when the end is before the start, so that such a row is refused by its own
    # constraint (`ends_after_start`) and not by an error from daterange().
    days = Func(
        Least("starts_on", "ends_on"), F("ends_on"), function="daterange", output_field=DateRangeField()
    )
    return ExclusionConstraint(
        name=name,
        expressions=[(owner, RangeOperators.EQUAL), (days, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=message,
    )
