"""Storing what the engine computes, so that pages read rows and never compute."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models.functions import ExtractDay

from accounts.models import AgencySettings, User
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.periods import Period, add_months, month_of, quarter_of, trailing_year
from kpis.direct.query import Query
from kpis.engine import Result, as_text, evaluate
from kpis.formulas.catalogue import DEFINITIONS
from kpis.models import KPIValue, Target

STORED_SLICES = ("agency", "am")
MONTHS_KEPT = 24
MONTHS_REFRESHED = 2
_UNIQUE = ("kpi", "by", "slice_key", "period_start", "period_end")


class CannotSetTarget(Refused):
    pass


@dataclass(frozen=True)
class Asked:
    """One reading of the engine: all KPIs of a period, in one kind of slice."""

    period: Period
    by: str


@transaction.atomic
def compute_and_store(
    *,
    period: Period,
    as_of: date,
    by: str,
    now: datetime,
    keys: Collection[str] = (),
    settings: AgencySettings | None = None,
) -> list[Result]:
    """Compute the KPIs (all without `keys`) and replace what is stored for the period and kind of slice."""
    query = Query(period=period, as_of=as_of, by=by, settings=settings or get_settings())
    results = evaluate(query, keys)
    rows = [_stored(result, now) for result in results]
    KPIValue.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=_UNIQUE,
        update_fields=[field.name for field in KPIValue._meta.fields if field.name not in ("id", *_UNIQUE)],
    )
    # Slices that are no more, such as a member without clients.
    before = KPIValue.objects.of_period(period.start, period.end).filter(by=by, computed_at__lt=now)
    before.filter(kpi__in={result.kpi for result in results}).delete()
    return results


def compute_nightly(*, today: date, now: datetime) -> int:
    """Everything that pages show without asking for it. Each reading commits by itself. Returns how many."""
    settings = get_settings()
    done = 0
    for asked in list_due(today=today, settings=settings):
        compute_and_store(period=asked.period, as_of=today, by=asked.by, now=now, settings=settings)
        done += 1
    forget_old_trailing_years(today=today)
    return done


def list_due(*, today: date, settings: AgencySettings) -> Iterator[Asked]:
    """This month, quarter and the trailing year, the latest closed ones, and older months that are missing."""
    this_month = month_of(today)
    quarter = quarter_of(today, settings.fiscal_year_start_month)
    year = trailing_year(today)
    current = [this_month, quarter, quarter.previous(), year, year.previous()]
    months = [month_of(add_months(this_month.start, -number)) for number in range(1, MONTHS_KEPT + 1)]
    for by in STORED_SLICES:
        stored = set(
            KPIValue.objects.filter(by=by, is_partial=False)
            .values_list("period_start", "period_end")
            .distinct()
        )
        for period in dict.fromkeys([*current, *months[:MONTHS_REFRESHED]]):
            yield Asked(period, by)
        for period in months[MONTHS_REFRESHED:]:
            if (period.start, period.end) not in stored:
                yield Asked(period, by)


def forget_old_trailing_years(*, today: date) -> int:
    """Trailing years of past days go, but for the one before and those that ended with a month. Returns how many."""
    latest = trailing_year(today)
    past = KPIValue.objects.annotate(end_day=ExtractDay("period_end")).filter(
        period_end__lt=latest.end, end_day__gt=1
    )
    past = past.exclude(period_end=latest.previous().end)
    old = [row.pk for row in past.only("pk", "period_start", "period_end") if _is_year(row)]
    deleted, _ = KPIValue.objects.filter(pk__in=old).delete()
    return deleted


def _is_year(row: KPIValue) -> bool:
    return add_months(row.period_end, -12) == row.period_start


def _stored(result: Result, now: datetime) -> KPIValue:
    figure, query = result.figure, result.query
    return KPIValue(
        kpi=result.kpi,
        by=query.by,
        slice_key=result.key or "",
        slice_label=result.label,
        period_start=query.start,
        period_end=query.end,
        as_of=query.as_of,
        is_partial=query.is_partial,
        value=_six(result.value),
        reason=figure.reason or "",
        numerator=_six(figure.numerator),
        denominator=_six(figure.denominator),
        n=figure.n,
        unit=result.definition.unit.value,
        display=result.display,
        ci_low=_six(result.ci_low),
        ci_high=_six(result.ci_high),
        direction=result.definition.direction.value,
        target=_six(result.target),
        target_high=_six(result.goal.high),
        status=result.status.value,
        is_small_sample=result.is_small_sample,
        definition_version=result.definition.version,
        computed_at=now,
    )


def _six(value: Decimal | None) -> Decimal | None:
    text = as_text(value)
    return None if text is None else Decimal(text)


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
) -> Target:
    """Agree a target from a day on; the one in force until then ends. Raises CannotSetTarget, ValidationError."""
    if kpi not in DEFINITIONS:
        raise CannotSetTarget(f"There is no KPI called '{kpi}'.")
    same = Target.objects.select_for_update().filter(kpi=kpi, scope=scope, key=key)
    same.filter(starts_on__gte=starts_on).delete()
    same.filter(ends_on__isnull=True, starts_on__lt=starts_on).update(ends_on=starts_on)
    target = Target(kpi=kpi, scope=scope, key=key, low=low, high=high, starts_on=starts_on)
    target.full_clean()
    target.save()
    changes: dict[str, Any] = {
        "low": str(low),
        "high": None if high is None else str(high),
        "from": str(starts_on),
    }
    audit.record(by=by, action="target.set", target=target, changes=changes)
    return target
