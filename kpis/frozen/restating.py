"""Noticing that a closed month counts differently now. What was reported stays; the difference is written down."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypedDict

from accounts.models import AgencySettings
from agencyam.locks import alone
from agencyam.one_state import one_state
from clients.changes.models import Change
from kpis.display import NOTHING as DASH
from kpis.formulas.definition import BY_ALL
from kpis.frozen import selectors
from kpis.frozen.causes import find_causes, list_changes_since
from kpis.frozen.evidence import (
    NO_ROWS,
    Row,
    RowChanges,
    SliceName,
    compare,
    digest_rows,
    project,
    unpack,
)
from kpis.frozen.models import FrozenFigure, FrozenMonth, Restatement
from kpis.frozen.reading import NOTHING, FigureName, Figures, Reading, read_month

MOST_ROWS = 100
RECENT_MONTHS = 3
# Longer than a day, so that a night that came late leaves nothing out.
_TWO_NIGHTS = timedelta(hours=49)
# Every row is in a slice of the agency; a line that changes its service shows by service alone.
_FIRST = ("agency", "service")
_REST = tuple(by for by in BY_ALL if by not in _FIRST)
# What puts clients into other slices without changing a row of the agency.
_MOVING_AREAS = frozenset((Change.Area.BOOK.value, Change.Area.ACCOUNTS.value))
State = tuple[Figures, str]  # the figures and the digest of their rows
_ABSENT: State = (NOTHING, NO_ROWS)


def detect_restatements(
    *,
    month: FrozenMonth,
    today: date,
    now: datetime,
    settings: AgencySettings,
    kinds: Collection[str] = BY_ALL,
) -> list[Restatement]:
    """Count a frozen month again as of `today` and write down every figure that became another one.

    Asking again without a change adds nothing. A figure that is counted by another version of its definition,
    and a month that was reported in another currency, cannot be compared and are left alone. So is a figure
    that is the same of other rows, if those came later: a late result of what was late anyway.
    """
    return _detect(_About(month=month, today=today, now=now, settings=settings), kinds)[0]


def notice_changes(
    *, since: datetime, today: date, now: datetime, settings: AgencySettings
) -> list[Restatement]:
    """Compare every frozen month about which something was written since an instant."""
    noticed: list[Restatement] = []
    for month, areas in selectors.list_touched_months(since=since):
        about = _About(month=month, today=today, now=now, settings=settings)
        if areas & _MOVING_AREAS:
            noticed += _detect(about, BY_ALL)[0]
            continue
        found, is_different = _detect(about, _FIRST)
        noticed += found + (_detect(about, _REST)[0] if is_different else [])
    return noticed


def notice_recent(*, today: date, now: datetime, settings: AgencySettings) -> list[Restatement]:
    """Compare the latest frozen months, in which something may still ripen without anybody's write.

    Slices are looked at where a figure of the agency has become another one.
    """
    noticed: list[Restatement] = []
    for month in selectors.list_latest_months(RECENT_MONTHS):
        about = _About(month=month, today=today, now=now, settings=settings)
        found, _ = _detect(about, _FIRST)
        noticed += found + (_detect(about, _REST)[0] if found else [])
    return noticed


def notice_overnight(*, today: date, now: datetime, settings: AgencySettings) -> list[Restatement]:
    """What was written since the night before the last, and what ripened by itself."""
    about: dict[str, Any] = {"today": today, "now": now, "settings": settings}
    return notice_changes(since=now - _TWO_NIGHTS, **about) + notice_recent(**about)


def _detect(about: "_About", kinds: Collection[str]) -> tuple[list[Restatement], bool]:
    """The restatements made, and whether any row or figure differs from what was known."""
    if about["month"].currency != about["settings"].currency:
        return [], False
    # One comparison at a time, so that no difference is written down twice.
    with alone("freeze"):
        with one_state():
            made, is_different = _compare(about, kinds)
        return Restatement.objects.bulk_create(made, batch_size=1000), is_different


def _compare(about: "_About", kinds: Collection[str]) -> tuple[list[Restatement], bool]:
    """As `_detect`; what is made is not stored yet."""
    month, settings = about["month"], about["settings"]
    known = _Known(month, kinds)
    found = [*_changed(known, about["today"], settings), *_gone(known)]
    if not found:
        return [], False
    matured = _matured(known, found, settings)
    told = [change for change in found if _is_news(known, change, is_matured=change.name in matured)]
    changes = list_changes_since(month) if told else []
    made = []
    for change in told:
        row = _restatement(known, change, is_matured=change.name in matured)
        if not row.is_back:
            row.causes = find_causes(changes, kpi=row.kpi, by=row.by, rows=change.rows, month=month)
        row.as_of, row.noticed_at = about["today"], about["now"]
        made.append(row)
    return made, True


class _About(TypedDict):
    month: FrozenMonth
    today: date
    now: datetime
    settings: AgencySettings


@dataclass(frozen=True)
class _Change:
    """A figure whose state differs from what was last known. `reading` None: the slice is no more."""

    name: FigureName
    state: State
    rows: RowChanges
    reading: Reading | None


@dataclass
class _Known:
    """What was reported of a month, and what was noticed since."""

    month: FrozenMonth
    kinds: Collection[str]
    seen: set[FigureName] = field(default_factory=set)
    evidence: dict[str, dict[SliceName, list[Row]]] = field(default_factory=dict)

    @cached_property
    def figures(self) -> dict[FigureName, FrozenFigure]:
        rows = FrozenFigure.objects.filter(month=self.month, by__in=self.kinds)
        return {(row.kpi, row.by, row.slice_key): row for row in rows}

    @cached_property
    def latest(self) -> dict[FigureName, Restatement]:
        rows = Restatement.objects.latest_of_each().filter(month=self.month, by__in=self.kinds)
        return {(row.kpi, row.by, row.slice_key): row for row in rows}

    @cached_property
    def versions(self) -> dict[str, int]:
        """The version by which each KPI was reported, also for slices that were not there."""
        return {figure.kpi: figure.definition_version for figure in self.figures.values()}

    def reported(self, name: FigureName) -> State:
        figure = self.figures.get(name)
        return _ABSENT if figure is None else (_figures(figure), figure.digest)

    def last(self, name: FigureName) -> State:
        """The state that was noticed last."""
        row = self.latest.get(name)
        if row is None:
            return self.reported(name)
        return Figures(row.new_value, row.new_numerator, row.new_denominator, row.new_n), row.new_digest

    def rows(self, name: FigureName) -> list[Row]:
        """The rows of a reported figure; each KPI's are unpacked once."""
        kpi, *slice_ = name
        if kpi not in self.evidence:
            kept = self.month.evidence.filter(kpi=kpi).first()
            self.evidence[kpi] = unpack(kept.content) if kept else {}
        return self.evidence[kpi].get((slice_[0], slice_[1]), [])

    def state_of(self, reading: Reading) -> State:
        """What the figure is now; columns that its reported rows did not have yet do not count."""
        figures, reported = reading.figures, self.reported(reading.name)
        if figures.is_nothing and not reading.rows and reported[0].is_nothing and reported[1] == NO_ROWS:
            return reported
        if reading.digest == reported[1] or not self.rows(reading.name):
            return figures, reading.digest
        return figures, digest_rows(project(reading.rows, self.rows(reading.name)))


def _changed(known: _Known, today: date, settings: AgencySettings) -> Iterator[_Change]:
    for reading in read_month(month=known.month.period, as_of=today, settings=settings, kinds=known.kinds):
        known.seen.add(reading.name)
        if reading.result.definition_version != known.versions.get(reading.result.kpi):
            continue
        state = known.state_of(reading)
        if state != known.last(reading.name):
            old = known.rows(reading.name)
            yield _Change(reading.name, state, compare(old, project(reading.rows, old)), reading)


def _gone(known: _Known) -> Iterator[_Change]:
    """Reported slices that nothing is known of any more."""
    for name in dict.fromkeys([*known.figures, *known.latest]):
        if name in known.seen or known.last(name) == _ABSENT:
            continue
        figures, digest = known.last(name)
        if not figures.is_nothing or digest != NO_ROWS:
            yield _Change(name, _ABSENT, compare(known.rows(name), []), None)


def _matured(known: _Known, found: list[_Change], settings: AgencySettings) -> set[FigureName]:
    """The changed figures that are still what was reported when only what the freeze knew is counted."""
    keys = {change.name[0] for change in found}
    kinds = [by for by in known.kinds if any(change.name[1] == by for change in found)]
    names = {change.name for change in found}
    then = read_month(
        month=known.month.period, as_of=known.month.as_of, settings=settings, kinds=kinds, keys=keys
    )
    return {
        reading.name
        for reading in then
        if reading.name in names and known.state_of(reading) == known.reported(reading.name)
    }


def _is_news(known: _Known, change: _Change, *, is_matured: bool) -> bool:
    """Not a late result of what was late anyway: the same number of a row that came later."""
    is_back = change.state == known.reported(change.name)
    return is_back or not is_matured or change.state[0] != known.last(change.name)[0]


def _restatement(known: _Known, change: _Change, *, is_matured: bool) -> Restatement:
    kpi, by, key = change.name
    figure, (new, digest) = known.figures.get(change.name), change.state
    old = known.reported(change.name)[0]
    is_back = change.state == known.reported(change.name) or (is_matured and new == old)
    result = change.reading.result if change.reading else None
    return Restatement(
        month=known.month,
        figure=figure,
        kpi=kpi,
        by=by,
        slice_key=key,
        slice_label=result.label if result else figure.slice_label if figure else key,
        old_value=old.value,
        old_numerator=old.numerator,
        old_denominator=old.denominator,
        old_n=old.n,
        old_display=figure.display if figure else DASH,
        new_value=new.value,
        new_reason=(result.figure.reason or "") if result else "no_rows",
        new_numerator=new.numerator,
        new_denominator=new.denominator,
        new_n=new.n,
        new_display=result.display if result else DASH,
        new_digest=digest,
        is_back=is_back,
        is_matured=is_matured and not is_back,
        rows_added=len(change.rows.added),
        rows_removed=len(change.rows.removed),
        rows_altered=len(change.rows.altered),
        rows=_first_rows(change.rows),
    )


def _first_rows(rows: RowChanges) -> dict[str, Any]:
    """The changed rows as plain values, at most 100 of each sort."""
    return {
        "added": rows.added[:MOST_ROWS],
        "removed": rows.removed[:MOST_ROWS],
        "altered": [{"row": row.row, "fields": row.fields} for row in rows.altered[:MOST_ROWS]],
    }


def _figures(figure: FrozenFigure) -> Figures:
    return Figures(figure.value, figure.numerator, figure.denominator, figure.n)
