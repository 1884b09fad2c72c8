"""The pages of months: which are open, provisional, closed, restated; and what became of one of them."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse

from agencyam.periods import Period, local_day, month_of, months_to
from clients.service import selectors as service_selectors
from kpis.asked import Asked
from kpis.choices import selectors as choice_selectors
from kpis.choices.registry import CHOICES
from kpis.formulas.catalogue import DEFINITIONS
from kpis.frozen import selectors
from kpis.frozen.business_days import freeze_day
from kpis.frozen.models import FrozenMonth
from kpis.frozen.months import name_month
from kpis.frozen.provisional import FIRST_CONTACT, provisional_words
from kpis.frozen.restated import Restated, list_restated

MONTHS = 12


@dataclass(frozen=True)
class MonthRow:
    """A month and its state: running, open, closed. `n_restated` counts KPIs that are others now."""

    period: Period
    state: str
    tone: str
    detail: str
    provisional: str
    frozen: FrozenMonth | None
    n_restated: int
    url: str

    @property
    def restated_words(self) -> str:
        return f"{self.n_restated} KPI{'s' if self.n_restated != 1 else ''}"


@dataclass(frozen=True)
class VersionNote:
    """KPIs that were counted by another version of their definition than today's."""

    words: str
    names: list[str]


@dataclass(frozen=True)
class OtherSlice:
    """Another slice of the month with restated figures."""

    label: str
    n: int
    url: str


@dataclass(frozen=True)
class MonthPage:
    """One month: its state, what was restated in the slice asked for, and by which definitions it was counted."""

    month: MonthRow
    restated: list[Restated]
    others: list[OtherSlice]
    versions: list[VersionNote]

    @property
    def n_now(self) -> int:
        """How many KPIs are restated now; others came back to what was reported."""
        return sum(each.latest.is_other_figure for each in self.restated)

    @property
    def sentence(self) -> str:
        """How much of it is another number now."""
        if not self.n_now:
            return "Every number is as it was reported."
        return f"{self.n_now} KPI{'s are' if self.n_now != 1 else ' is'} restated; what was reported stays."

    @property
    def provisional_sentence(self) -> str:
        return f"{self.month.provisional}."


def list_month_rows(asked: Asked) -> list[MonthRow]:
    """The last 12 months and every older one that is closed, newest first; a fixed number of queries."""
    today, settings = asked.moment.today, asked.moment.settings
    frozen = selectors.map_months()
    shown = {month.start: month for month in months_to(today, MONTHS)}
    shown |= {month.starts_on: month.period for month in frozen.values()}
    about = _About(
        asked=asked,
        frozen=frozen,
        restated=selectors.count_restated(by=asked.by, key=asked.key),
        first=selectors.find_first_month(frozen=frozen, time_zone=settings.time_zone),
        holidays=service_selectors.get_default_holidays(),
    )
    return [_row(shown[start], about) for start in sorted(shown, reverse=True)]


def get_month_page(asked: Asked, month: Period) -> MonthPage:
    """What became of a month, in the slice that the address names."""
    asked = of_month(asked, month)
    row = next((row for row in list_month_rows(asked) if row.period == month), None)
    if row is None:
        row = _row(month, _About(asked, {}, {}, None))
    if row.frozen is None:
        return MonthPage(row, [], [], [])
    return MonthPage(
        month=row,
        restated=list_restated(month=row.frozen, asked=asked),
        others=[] if asked.is_own_only else _others(row.frozen, asked),
        versions=_versions(row.frozen, asked.moment.today),
    )


def of_month(asked: Asked, month: Period) -> Asked:
    """The same slice, of this month."""
    return replace(asked, period=month, period_name=name_month(month))


@dataclass(frozen=True)
class _About:
    """What the rows of months are made from."""

    asked: Asked
    frozen: dict[date, FrozenMonth]
    restated: dict[date, int]
    first: date | None
    holidays: frozenset[date] = frozenset()


def _row(month: Period, about: _About) -> MonthRow:
    moment = about.asked.moment
    frozen = about.frozen.get(month.start)
    state, tone, detail = _state(month, about, frozen)
    is_over = month.end <= moment.today
    slice_query = about.asked.query_for(period="", as_of="")
    return MonthRow(
        period=month,
        state=state,
        tone=tone,
        detail=detail,
        provisional=provisional_words(FIRST_CONTACT, month, moment.today, moment.settings) if is_over else "",
        frozen=frozen,
        n_restated=about.restated.get(month.start, 0),
        url=reverse("kpis:months-detail", args=[name_month(month)])
        + ("" if slice_query == "?" else slice_query),
    )


def _state(month: Period, about: _About, frozen: FrozenMonth | None) -> tuple[str, str, str]:
    today, settings = about.asked.moment.today, about.asked.moment.settings
    if frozen is not None:
        closed_on = local_day(frozen.frozen_at, settings.time_zone)
        return (
            "Closed",
            "good",
            f"Closed on {_day(closed_on)}, as known at the close of {_day(frozen.as_of)}.",
        )
    closes_on = freeze_day(month, settings.freeze_business_day, about.holidays)
    if today < month.end:
        return "Running", "info", f"It closes on {_day(closes_on)}."
    if today < closes_on:
        return "Open", "warn", f"It closes on {_day(closes_on)}; until then its numbers may still move."
    if about.first is None or month.start < about.first:
        return "Not closed", "neutral", "It was over before the agency's book came here."
    return "Open", "warn", "It closes with the next night's run."


def _others(month: FrozenMonth, asked: Asked) -> list[OtherSlice]:
    return [
        OtherSlice(label, n, asked.query_for(period="", as_of="", by="" if by == "agency" else by, key=key))
        for by, key, label, n in selectors.list_restated_slices(month=month)
        if (by, key) != (asked.by, asked.key)
    ]


def _versions(month: FrozenMonth, today: date) -> list[VersionNote]:
    """KPIs by the version that they were reported by, where another one holds today."""
    history = choice_selectors.load_history()
    now = choice_selectors.versions_on(today, history=history)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for kpi, version in selectors.map_versions(month=month).items():
        if kpi in DEFINITIONS and version != now[kpi]:
            until = _until(kpi, month, history)
            groups[f"Counted by version {version}{until}; today's is version {now[kpi]}"].append(
                DEFINITIONS[kpi].name
            )
    return [VersionNote(words, names) for words, names in groups.items()]


def _until(kpi: str, month: FrozenMonth, history: choice_selectors.History) -> str:
    starts = [
        change.from_on
        for name, changes in history.items()
        if name in CHOICES and kpi in CHOICES[name].kpis
        for change in changes
        if change.from_on >= month.period.end
    ]
    return f" (until {_day(min(starts) - timedelta(days=1))})" if starts else ""


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def has_begun(month: Period, today: date) -> bool:
    """Whether the month is this one or an earlier one."""
    return month.start <= month_of(today).start
