"""The scorecard as a page reads it: the numbers of one period and slice, compared, judged and drawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse

from agencyam.charts import Chart
from agencyam.periods import BadPeriod, Period, add_months, months_to
from kpis.asked import Asked
from kpis.drawing import Valued, chart_format, draw_bullet, draw_spark
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Definition, Display
from kpis.formulas.definition import Direction as Way
from kpis.frozen import selectors as frozen_selectors
from kpis.frozen.marks import Mark
from kpis.frozen.provisional import provisional_words
from kpis.groups import GROUPS, HEADLINES
from kpis.reading import Reading, Readings, Step, read_series, read_values
from kpis.words import Words

SERIES_MONTHS = 24


@dataclass(frozen=True)
class Change:
    """A difference in words, its tone, and the page of what it is against; no words where there is nothing.

    `versions` says by which versions of the definition the two figures were counted; empty where it is the same.
    """

    words: str = ""
    tone: str = "neutral"
    url: str = ""
    versions: str = ""


@dataclass(frozen=True)
class Beside:
    """A period to compare with: its words, what names it in an address, and its values."""

    label: str
    query: str
    values: Readings


@dataclass(frozen=True)
class ScorecardRow:
    """One KPI on the scorecard: its number of record with all that one needs to judge it, in words.

    `note` says what is special about the number: restated, reported, provisional, hidden. `sample` is "tiny"
    (fewer than 5: grey, not judged), "small" (judged, with a badge) or nothing.
    """

    definition: Definition
    url: str
    reading: Reading
    display: str
    target: str
    interval: str
    reason: str
    sample: str
    before: Change
    year_ago: Change
    bullet: Chart | None
    spark: Chart | None
    note: str = ""
    note_tone: str = "neutral"
    tile: Chart | None = None

    @property
    def status(self) -> str:
        return self.reading.status


@dataclass(frozen=True)
class Scorecard:
    """All KPIs of a slice for a period, in groups; `headlines` are the four tiles."""

    groups: list[tuple[str, list[ScorecardRow]]]
    headlines: list[ScorecardRow]
    before: Beside | None
    year_ago: Beside | None
    as_of: date
    computed_at: datetime | None
    is_partial: bool
    reported_on: date | None
    n_restated: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether there was nothing to count: no number but 0, no cases, and no report that says otherwise."""
        return not self.n_restated and not any(
            _says_something(row) for _, rows in self.groups for row in rows
        )

    @property
    def restated_sentence(self) -> str:
        number = self.n_restated
        return f"{number} {'number is' if number == 1 else 'numbers are'} restated since the month was closed"

    @property
    def compared(self) -> str:
        """The periods that changes are against."""
        return ", ".join(each.label for each in (self.before, self.year_ago) if each)

    @property
    def has_other_definitions(self) -> bool:
        """Whether a change is between figures that were counted by different versions of a definition."""
        rows = [row for _, rows in self.groups for row in rows]
        return any(row.before.versions or row.year_ago.versions for row in rows)

    @property
    def is_empty(self) -> bool:
        return not self.groups

    @property
    def sentence(self) -> str:
        """How many judged KPIs met their target, in one sentence."""
        judged = [row for _, rows in self.groups for row in rows if row.status != "not_judged"]
        met = sum(row.status == "met" for row in judged)
        missed = [row.definition.name for row in sorted(judged, key=_worst_first) if row.status == "missed"]
        if not judged:
            return "No target applies to this period."
        start = f"{met} of {len(judged)} targets met"
        return f"{start}; furthest off: {missed[0]}." if missed else f"{start}."


@dataclass(frozen=True)
class _Sources:
    """What the rows are made of."""

    asked: Asked
    now: Readings
    before: Beside | None
    year_ago: Beside | None
    months: list[Period]
    series: Sequence[Mapping[str, Valued]]
    marks: Mapping[str, Mark] = field(default_factory=dict)


def get_scorecard(asked: Asked) -> Scorecard:
    """Read the scorecard: three queries where its numbers are stored, up to three more for a closed month."""
    sources = _read(asked)
    address = asked.query
    rows = {name: _row(name, sources, address) for name in sources.now if name in DEFINITIONS}
    first = next(iter(sources.now.values()), None)
    mark = next(iter(sources.marks.values()), None)
    return Scorecard(
        groups=[(title, [rows[name] for name in names if name in rows]) for title, names in GROUPS]
        if rows
        else [],
        headlines=[rows[name] for name in HEADLINES if name in rows],
        before=sources.before,
        year_ago=sources.year_ago,
        as_of=first.as_of if first else asked.as_of,
        computed_at=first.computed_at if first else None,
        is_partial=bool(first and first.is_partial),
        reported_on=mark.month.frozen_on if mark else None,
        n_restated=sum(each.is_restated for each in sources.marks.values()),
    )


def _read(asked: Asked) -> _Sources:
    query, today = asked.question(), asked.moment.today
    beside = [_previous(asked.period), _year_before(asked.period)]
    asked_for = [query, *(asked.question(period=period) for period in beside if period)]
    values = read_values(asked_for, asked.key, today=today)
    found = {each.period: readings for each, readings in zip(asked_for, values, strict=True)}
    months = months_to(min(asked.last_day, asked.as_of), SERIES_MONTHS)
    series = read_series([asked.question(period=month) for month in months], asked.key, today=today)
    marks = {}
    if asked.is_today:
        marks = frozen_selectors.get_marks(period=asked.period, by=asked.by, key=asked.key)
    reported = read_reported(asked, [*months, *filter(None, beside)])
    before, year_ago = (
        None if period is None else _beside(period, asked, found[period], reported.get(period, {}))
        for period in beside
    )
    drawn = [_as_reported(each, reported.get(month)) for month, each in zip(months, series, strict=True)]
    return _Sources(asked, found[query.period], before, year_ago, months, drawn, marks)


def read_reported(
    asked: Asked, months: Collection[Period], kpis: Collection[str] | None = None
) -> Mapping[Period, Mapping[str, Decimal | None]]:
    """What closed months reported where it is another number now; nothing as of an earlier day, which knew them so."""
    if not asked.is_today:
        return {}
    currency = asked.moment.settings.currency
    return frozen_selectors.map_reported_values(
        months=months, currency=currency, by=asked.by, key=asked.key, kpis=kpis
    )


def _as_reported(
    readings: Mapping[str, Step | Reading], reported: Mapping[str, Decimal | None] | None
) -> Mapping[str, Step | Reading]:
    """What is drawn is the number of record too: a closed month as it was reported."""
    if not reported:
        return readings
    kept = {kpi: readings[kpi] for kpi in reported if kpi in readings}
    return {**readings, **{kpi: Step(kpi, reported[kpi], False, now.as_of) for kpi, now in kept.items()}}


def _beside(
    period: Period, asked: Asked, readings: Readings, reported: Mapping[str, Decimal | None]
) -> Beside:
    """A closed month is compared with as it was reported; no change of a definition reaches into it."""
    values = {
        kpi: replace(now, value=reported[kpi]) if kpi in reported else now for kpi, now in readings.items()
    }
    return Beside(period.label, asked.query_for(period=asked.name_of(period)), values)


def _previous(period: Period) -> Period | None:
    try:
        return period.previous()
    except (BadPeriod, ValueError, OverflowError):
        return None


def _year_before(period: Period) -> Period | None:
    """The same days a year ago; None where that is the period before."""
    try:
        earlier = Period(add_months(period.start, -12), add_months(period.end, -12))
    except (BadPeriod, ValueError, OverflowError):
        return None
    return None if earlier == _previous(period) else earlier


def _row(name: str, sources: _Sources, address: str) -> ScorecardRow:
    definition, asked, path = DEFINITIONS[name], sources.asked, reverse("kpis:kpi-detail", args=[name])
    settings = asked.moment.settings
    mark, now = sources.marks.get(name), sources.now[name]
    reading = record_of(mark, now) if mark and mark.frozen else now
    words = words_of(definition, mark, asked)
    unit = chart_format(definition, words.currency)
    unit_now = chart_format(definition, settings.currency)
    note, tone = note_of(name, mark, asked)
    # Other periods are counted in the currency of today.
    is_comparable = definition.display != Display.MONEY or words.currency == settings.currency
    return ScorecardRow(
        definition=definition,
        url=path + address,
        reading=reading,
        display=words.value(reading.value),
        target=words.target(reading),
        interval=words.interval(reading),
        reason=words.reason(reading),
        sample=words.sample(reading),
        before=_change(words, reading, sources.before if is_comparable else None, path),
        year_ago=_change(words, reading, sources.year_ago if is_comparable else None, path),
        bullet=draw_bullet(definition, reading, unit),
        tile=draw_bullet(definition, reading, unit, kind="tile") if name in HEADLINES else None,
        spark=draw_spark(definition, sources.months, [month.get(name) for month in sources.series], unit_now),
        note=(mark.short if mark else "") or note,
        note_tone=tone,
    )


def words_of(definition: Definition, mark: Mark | None, asked: Asked) -> Words:
    """The words of what is shown: the figure of record in the currency in which its month was reported."""
    settings = asked.moment.settings
    currency = mark.month.currency if mark and mark.frozen else settings.currency
    return Words(definition, currency, settings.locale)


def record_of(mark: Mark, now: Reading) -> Reading:
    """The reported figure of a closed month, which is the number of record."""
    frozen = mark.frozen
    if frozen is None:
        return now
    return Reading(
        kpi=now.kpi,
        value=frozen.value,
        reason=frozen.reason,
        numerator=frozen.numerator,
        denominator=frozen.denominator,
        n=frozen.n,
        ci_low=frozen.ci_low,
        ci_high=frozen.ci_high,
        target=frozen.target,
        target_high=frozen.target_high,
        status=frozen.status,
        is_small_sample=frozen.is_small_sample,
        is_partial=False,
        as_of=mark.month.as_of,
        definition_version=frozen.definition_version,
        computed_at=now.computed_at,
    )


def note_of(name: str, mark: Mark | None, asked: Asked) -> tuple[str, str]:
    """What is special about a number, in a sentence, and its tone."""
    if mark and mark.is_restated:
        return mark.words, "warn"
    waits = provisional_words(name, asked.period, asked.as_of, asked.moment.settings)
    return (waits, "info") if waits else ("", "neutral")


def _change(words: Words, reading: Reading, beside: Beside | None, path: str) -> Change:
    other = beside.values.get(words.definition.key) if beside else None
    if beside is None or other is None or other.value is None or reading.value is None:
        return Change()
    difference = reading.value - other.value
    said, way = words.change(difference), words.definition.direction
    tone = "good" if (difference > 0) == (way == Way.UP) else "bad"
    if said.startswith("±") or way == Way.BAND:
        tone = "neutral"
    return Change(said, tone, path + beside.query, _versions(other, reading))


def _versions(then: Reading, now: Reading) -> str:
    old, new = then.definition_version, now.definition_version
    return "" if old == new else f"version {old} then, version {new} now"


def _says_something(row: ScorecardRow) -> bool:
    """A 0 is a number where it is that of cases."""
    reading = row.reading
    return bool(reading.value or (reading.n and row.definition.is_sampled))


def _worst_first(row: ScorecardRow) -> Decimal:
    value, target = row.reading.value, row.reading.target
    if value is None or not target:
        return Decimal(0)
    gap = (value - target) / abs(target)
    return gap if row.definition.direction == Way.UP else -gap
