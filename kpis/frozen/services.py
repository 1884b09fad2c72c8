"""Closing a month: what was reported stays, whatever is corrected later."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import AgencySettings, User
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.locks import alone
from agencyam.one_state import one_state
from agencyam.periods import Period, local_day
from clients.service import selectors as service_selectors
from kpis.frozen import selectors
from kpis.frozen.business_days import freeze_day
from kpis.frozen.evidence import Row, SliceName, digest_text, pack
from kpis.frozen.models import FrozenEvidence, FrozenFigure, FrozenMonth
from kpis.frozen.provisional import is_provisional
from kpis.frozen.reading import Progress, Reading, read_month, six, tell_nobody

_BATCH = 1000


class CannotFreezeMonth(Refused):
    """The month is not over, or was frozen before. The message is one sentence."""


def freeze_month(
    *,
    month: Period,
    today: date,
    now: datetime,
    by: User | None,
    settings: AgencySettings,
    progress: Progress = tell_nobody,
) -> FrozenMonth:
    """Keep every figure of a month that is over, with its rows, as known at the close of the day before `today`.

    `today` is the agency's local day, `settings` its stored ones. All figures are read from one state of the
    book, and none in the middle of an import. Raises CannotFreezeMonth.
    """
    as_of = today - timedelta(days=1)
    figures: list[FrozenFigure] = []
    rows: defaultdict[str, dict[SliceName, list[Row]]] = defaultdict(dict)
    with alone("freeze", "book"):
        _refuse(month, today)
        with one_state():
            for reading in read_month(month=month, as_of=as_of, settings=settings, progress=progress):
                figures.append(_figure(reading))
                rows[reading.result.kpi][reading.slice] = reading.rows
        frozen = FrozenMonth(
            starts_on=month.start,
            as_of=as_of,
            frozen_at=now,
            frozen_by=by,
            currency=settings.currency,
            digest=_digest(figures),
        )
        _store(frozen, figures, rows)
    progress("done", 1.0)
    return frozen


@transaction.atomic
def _store(
    month: FrozenMonth, figures: list[FrozenFigure], rows: Mapping[str, Mapping[SliceName, list[Row]]]
) -> None:
    """Write the month with its figures and their rows, for good."""
    month.full_clean()
    month.save(force_insert=True)
    FrozenFigure.objects.bulk_create(_of(month, figures), batch_size=_BATCH)
    FrozenEvidence.objects.bulk_create(
        FrozenEvidence(month=month, kpi=kpi, content=pack(slices)) for kpi, slices in rows.items()
    )
    changes = {"figures": len(figures), "as_of": month.as_of, "digest": month.digest}
    audit.record(by=month.frozen_by, action="month.freeze", target=month, changes=changes)


def close_past_month(
    *,
    month: Period,
    now: datetime,
    by: User | None,
    settings: AgencySettings,
    progress: Progress = tell_nobody,
) -> FrozenMonth:
    """Freeze a month as it was known when it should have closed; when it was frozen in fact is kept too.

    For months that were over before the book came here. Raises CannotFreezeMonth.
    """
    holidays = service_selectors.get_default_holidays()
    day = freeze_day(month, settings.freeze_business_day, holidays)
    if day > local_day(now, settings.time_zone):
        raise CannotFreezeMonth(f"{month.label} does not close before {day.day} {day:%B %Y}.")
    return freeze_month(month=month, today=day, now=now, by=by, settings=settings, progress=progress)


def _refuse(month: Period, today: date) -> None:
    if today < month.end:
        last = month.end - timedelta(days=1)
        raise CannotFreezeMonth(
            f"{month.label} cannot be frozen before it is over: its last day is {last.day} {last:%B %Y}."
        )
    already = selectors.find_month(month)
    if already is not None:
        day = already.frozen_on
        raise CannotFreezeMonth(f"{month.label} is frozen already, since {day.day} {day:%B %Y}.")


def freeze_due_months(*, today: date, now: datetime, settings: AgencySettings) -> list[FrozenMonth]:
    """Freeze every month that is due, oldest first; each commits by itself, so what is done stays done."""
    frozen = []
    for month in selectors.list_due_months(today=today, settings=settings):
        try:
            frozen.append(freeze_month(month=month, today=today, now=now, by=None, settings=settings))
        except CannotFreezeMonth:
            # Another worker, or somebody at a shell, was faster.
            continue
    return frozen


def _figure(reading: Reading) -> FrozenFigure:
    result, query, figures = reading.result, reading.result.query, reading.figures
    by, key = reading.slice
    return FrozenFigure(
        kpi=result.kpi,
        by=by,
        slice_key=key,
        slice_label=result.label,
        value=figures.value,
        reason=result.figure.reason or "",
        numerator=figures.numerator,
        denominator=figures.denominator,
        n=figures.n,
        unit=result.definition.unit.value,
        display=result.display,
        ci_low=six(result.ci_low),
        ci_high=six(result.ci_high),
        target=six(result.target),
        target_high=six(result.goal.high),
        status=result.status.value,
        is_small_sample=result.is_small_sample,
        is_provisional=is_provisional(result.kpi, query.period, query.as_of, query.settings),
        definition_version=result.definition_version,
        digest=reading.digest,
    )


def _of(month: FrozenMonth, figures: Iterable[FrozenFigure]) -> Iterator[FrozenFigure]:
    for figure in figures:
        figure.month = month
        yield figure


def _digest(figures: Iterable[FrozenFigure]) -> str:
    """Over every figure and the digests of its rows."""
    return digest_text(
        "\n".join(
            f"{row.kpi} {row.by} {row.slice_key} {row.value} {row.numerator} {row.denominator} {row.n} {row.digest}"
            for row in figures
        )
    )
