"""The scorecard as a page reads it: stored values of one period and slice, compared, judged and drawn."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from agencyam.charts import Bullet, Chart, Direction, Point, Sparkline, Target, bullet, sparkline
from agencyam.periods import Period, months_to
from kpis import selectors
from kpis.display import format_value
from kpis.drawing import chart_format
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Definition
from kpis.formulas.definition import Direction as Way
from kpis.formulas.reasons import REASONS
from kpis.groups import GROUPS, HEADLINES
from kpis.models import KPIValue

SERIES_MONTHS = 12


@dataclass(frozen=True)
class ScorecardRow:
    """One KPI on the scorecard. ``before`` is the same slice one period earlier."""

    definition: Definition
    stored: KPIValue
    before: KPIValue | None
    currency: str
    locale: str
    bullet: Chart | None
    spark: Chart | None

    @property
    def reason(self) -> str:
        """Why there is no value, in words."""
        return REASONS.get(self.stored.reason, "")

    @property
    def target(self) -> str:
        low, high = self.stored.target, self.stored.target_high
        if low is None:
            return ""
        words = self._words(low)
        return f"{words} to {self._words(high)}" if high is not None else words

    @property
    def interval(self) -> str:
        """The 95% interval in words, or nothing."""
        if self.stored.ci_low is None or self.stored.ci_high is None:
            return ""
        return f"{self._words(self.stored.ci_low)} to {self._words(self.stored.ci_high)}"

    @property
    def change(self) -> str:
        """Signed difference from the period before, in the KPI's own unit; rates in percentage points."""
        if self._difference is None:
            return ""
        sign = "+" if self._difference > 0 else "−" if self._difference < 0 else "±"
        return sign + self._words(abs(self._difference)).replace("%", " pts")

    @property
    def change_tone(self) -> str:
        if not self._difference or self.definition.direction == Way.BAND:
            return "neutral"
        return "good" if (self._difference > 0) == (self.definition.direction == Way.UP) else "bad"

    @property
    def _difference(self) -> Decimal | None:
        if self.before is None or self.before.value is None or self.stored.value is None:
            return None
        return self.stored.value - self.before.value

    def _words(self, value: Decimal) -> str:
        return format_value(self.definition, value, currency=self.currency, locale=self.locale)


@dataclass(frozen=True)
class Scorecard:
    """All KPIs of a slice for a period, in groups; ``headlines`` are the four tiles."""

    period: Period
    as_of: date | None
    computed_at: datetime | None
    groups: list[tuple[str, list[ScorecardRow]]]
    headlines: list[ScorecardRow]

    @property
    def is_empty(self) -> bool:
        return not self.groups

    @property
    def sentence(self) -> str:
        """How many judged KPIs met their target, in one sentence."""
        judged = [row for _, rows in self.groups for row in rows if row.stored.status != "not_judged"]
        met = sum(row.stored.status == "met" for row in judged)
        missed = [
            row.definition.name for row in sorted(judged, key=_worst_first) if row.stored.status == "missed"
        ]
        if not judged:
            return "No target applies to this period."
        start = f"{met} of {len(judged)} targets met"
        return f"{start}; furthest off: {missed[0]}." if missed else f"{start}."


def get_scorecard(
    *, period: Period, by: str = "agency", key: str = "", currency: str, locale: str
) -> Scorecard:
    """Read the scorecard of a slice from stored values: three queries, whatever it shows."""
    values = {row.kpi: row for row in selectors.list_values(period=period, by=by, key=key)}
    before = {row.kpi: row for row in selectors.list_values(period=period.previous(), by=by, key=key)}
    months = months_to(_last_day(period, values), SERIES_MONTHS)
    series = selectors.get_series(months=months, by=by, key=key)
    rows = {
        name: ScorecardRow(
            definition=DEFINITIONS[name],
            stored=row,
            before=before.get(name),
            currency=currency,
            locale=locale,
            bullet=_bullet(row, currency),
            spark=_spark(name, series.get(name, {}), months, currency),
        )
        for name, row in values.items()
    }
    first = next(iter(values.values()), None)
    return Scorecard(
        period=period,
        as_of=first.as_of if first else None,
        computed_at=first.computed_at if first else None,
        groups=[(title, [rows[name] for name in names if name in rows]) for title, names in GROUPS]
        if rows
        else [],
        headlines=[rows[name] for name in HEADLINES if name in rows],
    )


def _last_day(period: Period, values: dict[str, KPIValue]) -> date:
    as_of = next((row.as_of for row in values.values()), None)
    last = period.end - timedelta(days=1)
    return min(last, as_of) if as_of else last


def _worst_first(row: ScorecardRow) -> Decimal:
    value, target = row.stored.value, row.stored.target
    if value is None or not target:
        return Decimal(0)
    gap = (value - target) / abs(target)
    return gap if row.definition.direction == Way.UP else -gap


def _bullet(row: KPIValue, currency: str) -> Chart | None:
    definition = DEFINITIONS[row.kpi]
    if row.value is None or row.target is None:
        return None
    target = Target(row.target, Direction(definition.direction.value), high=row.target_high)
    unit = chart_format(definition, currency)
    return bullet(Bullet(f"bullet-{row.kpi}", definition.name, row.value, target, unit=unit))


def _spark(name: str, series: dict[date, KPIValue], months: list[Period], currency: str) -> Chart | None:
    values = [series.get(month.start) for month in months]
    if sum(value is not None and value.value is not None for value in values) < 2:
        return None
    definition = DEFINITIONS[name]
    points = tuple(
        Point(f"{month.start:%b %Y}", value.value if value else None)
        for month, value in zip(months, values, strict=True)
    )
    return sparkline(
        Sparkline(f"spark-{name}", definition.name, points, unit=chart_format(definition, currency))
    )
