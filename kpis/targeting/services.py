"""Agreeing what is aimed at, from a day on."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.services import audit
from agencyam.exceptions import Refused
from kpis.formulas.catalogue import DEFINITIONS
from kpis.models import Target


class CannotSetTarget(Refused):
    pass


class CannotEndTarget(Refused):
    pass


@transaction.atomic
def set_target(
    *,
    kpi: str,
    low: Decimal,
    starts_on: date,
    by: User | None,
    high: Decimal | None = None,
    scope: str = Target.Scope.AGENCY,
    key: str = "",
    ends_on: date | None = None,
) -> Target:
    """Agree a target from a day on (`ends_on` exclusive); the one in force until then ends, later ones go.

    Raises CannotSetTarget, ValidationError.
    """
    if kpi not in DEFINITIONS:
        raise CannotSetTarget(f"There is no KPI called '{kpi}'.")
    same = Target.objects.select_for_update().filter(kpi=kpi, scope=scope, key=key)
    replaced = [_recorded(row) for row in same.filter(starts_on__gte=starts_on).order_by("starts_on")]
    same.filter(starts_on__gte=starts_on).delete()
    same.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on), starts_on__lt=starts_on).update(
        ends_on=starts_on
    )
    target = Target(kpi=kpi, scope=scope, key=key, low=low, high=high, starts_on=starts_on, ends_on=ends_on)
    target.full_clean()
    target.save()
    changes = _recorded(target) | ({"replaced": replaced} if replaced else {})
    audit.record(by=by, action="target.set", target=target, changes=changes)
    return target


@transaction.atomic
def end_target(*, by: User | None, target: Target, ends_on: date) -> Target | None:
    """Let a target hold no longer from a day on; one that has not begun by then goes. Raises CannotEndTarget."""
    target = Target.objects.select_for_update().get(pk=target.pk)
    if target.ends_on is not None and target.ends_on <= ends_on:
        raise CannotEndTarget(f"It ends on {target.ends_on:%-d %B %Y} already.")
    changes = {"until": [target.ends_on, ends_on]}
    if ends_on <= target.starts_on:
        audit.record(by=by, action="target.remove", target=target, changes=_recorded(target))
        target.delete()
        return None
    target.ends_on = ends_on
    target.full_clean()
    target.save()
    audit.record(by=by, action="target.end", target=target, changes=changes)
    return target


def _recorded(target: Target) -> dict[str, Any]:
    """What is said of a target in the trail; its slice and its end only where it has one."""
    return (
        {
            "low": str(target.low),
            "high": None if target.high is None else str(target.high),
            "from": str(target.starts_on),
        }
        | ({"until": str(target.ends_on)} if target.ends_on else {})
        | ({target.scope: target.key} if target.key else {})
    )
