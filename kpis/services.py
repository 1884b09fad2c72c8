"""Storing what the engine computes, so that pages read rows and never compute."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models.functions import ExtractDay

from accounts.models import AgencySettings
from accounts.selectors import get_settings
from agencyam.periods import Period, add_months, local_day, trailing_year
from clients.models import Change
from kpis.choices import services as choice_services
from kpis.choices.selectors import has_same_choices, load_history, query_for
from kpis.direct.query import Query
from kpis.engine import evaluate, evaluate_many
from kpis.facts.builder import are_built, build_all
from kpis.health import services as health_services
from kpis.models import KPIValue
from kpis.periods_kept import KINDS, list_kept, list_unsettled
from kpis.storing import forget_unchosen, store

# Bounds the memory of one batch; larger batches save no time worth having.
PERIODS_AT_ONCE = 12


def compute_periods(
    *,
    periods: Collection[Period],
    kinds: Collection[str],
    as_of: date,
    now: datetime,
    settings: AgencySettings,
) -> int:
    """Work out all KPIs of these periods in these kinds of slice, and store them. Returns how many values.

    From the facts where they were made by the choices in force on the closing day, else from the book itself.
    Each batch commits by itself.
    """
    history = load_history()
    count = 0
    for by in kinds:
        queries = [
            query_for(period=period, as_of=as_of, by=by, settings=settings, history=history)
            for period in periods
        ]
        for alike in _alike(queries):
            if are_built(alike[0].settings):
                for start in range(0, len(alike), PERIODS_AT_ONCE):
                    answers = evaluate_many(alike[start : start + PERIODS_AT_ONCE])
                    count += store((result for results in answers for result in results), now=now)
            else:
                for query in alike:
                    count += store(evaluate(query), now=now)
            forget_unchosen(alike)
    return count


def _alike(queries: Iterable[Query]) -> list[list[Query]]:
    """The queries in groups of equal choices."""
    groups: list[list[Query]] = []
    for query in queries:
        for group in groups:
            if has_same_choices(group[0].settings, query.settings):
                group.append(query)
                break
        else:
            groups.append([query])
    return groups


def compute_nightly(*, today: date, now: datetime) -> int:
    """Everything that pages show without asking for it, from facts made anew. Returns how many values.

    Closed months that are stored already wait for a change that tells about them.
    """
    choice_services.apply_due(today=today)
    settings = get_settings()
    pending = list(Change.objects.pending())
    build_all(settings=settings, now=now)
    touched = span_of(pending)
    kept = list_kept(today, settings.fiscal_year_start_month)
    fresh = list_unsettled(today, settings.fiscal_year_start_month)
    count = 0
    for by in KINDS:
        stored = KPIValue.objects.filter(by=by, is_partial=False).values_list("period_start", "period_end")
        known = set(stored.distinct())
        due = [
            period
            for period in kept
            if period in fresh or (period.start, period.end) not in known or touched.meets(period)
        ]
        count += compute_periods(periods=due, kinds=[by], as_of=today, now=now, settings=settings)
    Change.objects.filter(pk__in=[change.pk for change in pending]).update(applied_at=now)
    health_services.compute_nightly(today=today, now=now)
    forget_old_trailing_years(today=today)
    return count


@dataclass(frozen=True)
class Span:
    """Days that changes tell about; None is without an end on that side. `is_empty`: no change at all."""

    first: date | None
    last: date | None
    is_empty: bool = False

    def meets(self, period: Period) -> bool:
        """Whether the period has any of the days."""
        if self.is_empty:
            return False
        begins = self.first is None or period.end > self.first
        return begins and (self.last is None or period.start <= self.last)


def span_of(changes: Collection[Change]) -> Span:
    """All days from the first to the last that any of the changes tells about."""
    starts, ends = [change.first_on for change in changes], [change.last_on for change in changes]
    return Span(
        first=None if None in starts else min((day for day in starts if day), default=None),
        last=None if None in ends else max((day for day in ends if day), default=None),
        is_empty=not changes,
    )


def recompute_since(*, since: date, now: datetime) -> int:
    """Work out again every stored period that has days from `since` on. Returns how many values."""
    settings = get_settings()
    today = local_day(now, settings.time_zone)
    if not are_built(settings):
        build_all(settings=settings, now=now)
    return recompute_stored(span=Span(since, None), today=today, now=now, settings=settings)


def recompute_stored(*, span: Span, today: date, now: datetime, settings: AgencySettings) -> int:
    """Work out again the stored periods that have days of the span. Returns how many values."""
    stored = KPIValue.objects.filter(period_start__lte=today)
    spans: dict[str, list[Period]] = {}
    for start, end, by in sorted(set(stored.values_list("period_start", "period_end", "by").distinct())):
        if span.meets(Period(start, end)):
            spans.setdefault(by, []).append(Period(start, end))
    return sum(
        compute_periods(periods=periods, kinds=[by], as_of=today, now=now, settings=settings)
        for by, periods in spans.items()
    )


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
