"""What a KPI is asked for, and what a family of KPIs answers for one slice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from accounts.models import AgencySettings
from agencyam.periods import Period, day_start
from kpis.formulas.definition import BY_ALL, Definition

SliceKey = str | None  # None is the whole agency
UNASSIGNED = "unassigned"  # no primary account manager, no team, or no segment


class BadQuery(ValueError):
    """The question has no answer. The message is one clear sentence."""


def is_chosen(definition: Definition, settings: AgencySettings) -> bool:
    """Whether an agency with these settings counts the KPI at all."""
    return not definition.only_if or bool(getattr(settings, definition.only_if))


@dataclass(frozen=True)
class Query:
    """A period as known at the close of the day `as_of`, in slices `by` agency, am, team, segment,
    service or client.
    """

    period: Period
    as_of: date
    by: str
    settings: AgencySettings
    # What a family read for this question, so that values and their rows come from one reading.
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if self.by not in BY_ALL:
            raise BadQuery(f"'{self.by}' is no slice; write {', '.join(BY_ALL)}.")
        if self.as_of < self.period.start:
            raise BadQuery(f"The period begins on {self.period.start}, after the as-of day {self.as_of}.")

    def is_chosen(self, definition: Definition) -> bool:
        """Whether the agency counts the KPI at all."""
        return is_chosen(definition, self.settings)

    def is_counted(self, definition: Definition) -> bool:
        """Whether the KPI is counted, and in this kind of slice."""
        return self.by in definition.slices and self.is_chosen(definition)

    def of(self, by: str) -> "Query":
        """The same question in another kind of slice; nothing is read yet."""
        return Query(self.period, self.as_of, by, self.settings)

    @property
    def start(self) -> date:
        return self.period.start

    @property
    def end(self) -> date:
        return self.period.end

    @property
    def cut_end(self) -> date:
        """The first day that does not count.

        the period's end, or the day after `as_of` if that is earlier.
        """
        return min(self.end, self.as_of + timedelta(days=1))

    @property
    def is_partial(self) -> bool:
        return self.cut_end < self.end

    @property
    def opening_day(self) -> date:
        """The day at whose close the period opens."""
        return self.start - timedelta(days=1)

    @property
    def closing_day(self) -> date:
        """The last day that counts."""
        return self.cut_end - timedelta(days=1)

    @property
    def cut_period(self) -> Period:
        return Period(self.start, self.cut_end)

    @property
    def months(self) -> int | None:
        """Length of the days that count in whole months, or None."""
        return self.cut_period.months

    @property
    def time_zone(self) -> str:
        return self.settings.time_zone

    @property
    def starts_at(self) -> datetime:
        """The instant at which the period begins (UTC)."""
        return day_start(self.start, self.time_zone)

    @property
    def cut_at(self) -> datetime:
        """The first instant that does not count in the period (UTC)."""
        return day_start(self.cut_end, self.time_zone)

    @property
    def known_until(self) -> datetime:
        """The first instant after `as_of` (UTC): later rows do not exist yet."""
        return day_start(self.as_of + timedelta(days=1), self.time_zone)


class Figure(NamedTuple):
    """One KPI of one slice, unrounded. `value` None needs a `reason`: a key of kpis.formulas.reasons.REASONS.

    `ci_low`, `ci_high` are only set where the interval is not Wilson's, which the engine adds to proportions.
    A tuple, as an agency has hundreds of thousands of them, and a frozen dataclass takes six times as long.
    """

    numerator: Decimal | None
    denominator: Decimal | None
    n: int
    value: Decimal | None
    extra: Mapping[str, Any] = MappingProxyType({})
    reason: str | None = None
    ci_low: Decimal | None = None
    ci_high: Decimal | None = None


Figures = dict[str, dict[SliceKey, Figure]]  # kpi key -> slice key -> figure
