"""Half-open spans of days, and the agency's local days as instants."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")
_QUARTER = re.compile(r"^(\d{4})Q([1-4])$")
_YEAR = re.compile(r"^\d{4}$")
_SPAN = re.compile(r"^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$")
_HELP = "write 2026-03, 2026Q1, 2026, ttm or 2026-01-01..2026-02-15 (end exclusive)"


# Borders of what a page may be asked for; comparisons and series reach back from there.
EARLIEST = date(1950, 1, 1)
MOST_DAYS = 3653


class BadPeriod(ValueError):
    """The text names no period. The message says what may be written."""


@dataclass(frozen=True, order=True)
class Period:
    """Days from ``start`` (included) to ``end`` (excluded)."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise BadPeriod(f"A period ends after it starts: {self.start}..{self.end}.")

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def months(self) -> int | None:
        """Length in months when both borders fall on the same day of the month, else None."""
        count = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        return count if count > 0 and add_months(self.start, count) == self.end else None

    @property
    def label(self) -> str:
        """For people: March 2026, Q1 2026, 2026, or the first and last day."""
        months = self.months if self.start.day == 1 else None
        if months == 1:
            return f"{self.start:%B %Y}"
        if months == 3 and self.start.month % 3 == 1:
            return f"Q{(self.start.month + 2) // 3} {self.start.year}"
        if months == 12 and self.start.month == 1:
            return f"{self.start.year}"
        last = self.end - timedelta(days=1)
        return f"{self.start.day} {self.start:%b %Y} – {last.day} {last:%b %Y}"

    def previous(self) -> "Period":
        """The period of the same length just before: the same number of months, else of days."""
        if self.months:
            return Period(add_months(self.start, -self.months), self.start)
        return Period(self.start - timedelta(days=self.days), self.start)

    def split_months(self) -> list["Period"]:
        """The calendar months that this period touches, cut to it."""
        parts = []
        first = self.start.replace(day=1)
        while first < self.end:
            following = add_months(first, 1)
            parts.append(Period(max(first, self.start), min(following, self.end)))
            first = following
        return parts


def add_months(day: date, count: int) -> date:
    """The same day ``count`` months later (or earlier), or that month's last day if it is shorter."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_of(day: date) -> Period:
    first = day.replace(day=1)
    return Period(first, add_months(first, 1))


def months_to(day: date, count: int) -> list[Period]:
    """The ``count`` calendar months that end with the one that holds ``day``, oldest first."""
    last = day.replace(day=1)
    return [month_of(add_months(last, -back)) for back in reversed(range(count))]


def quarter_of(day: date, fiscal_year_start_month: int = 1) -> Period:
    """The quarter that holds ``day``, with quarters counted from the fiscal year's first month."""
    offset = (day.month - fiscal_year_start_month) % 3
    first = add_months(day.replace(day=1), -offset)
    return Period(first, add_months(first, 3))


def trailing_year(as_of: date) -> Period:
    """The twelve months that end with the day ``as_of``."""
    end = as_of + timedelta(days=1)
    return Period(add_months(end, -12), end)


def within_reach(period: Period) -> Period:
    """The period, if a page may show it. Raises BadPeriod for more than ten years, or before 1950."""
    if period.start < EARLIEST or period.days > MOST_DAYS:
        raise BadPeriod(f"{period.label} is out of reach: at most ten years, from {EARLIEST.year} on.")
    return period


def parse_period(text: str, *, as_of: date, fiscal_year_start_month: int = 1) -> Period:
    """The period that ``text`` names. Raises BadPeriod with one clear sentence.

    ``2026`` and ``2026Q1`` are the fiscal year and its quarter that start in 2026 (``fiscal_year_start_month``
    1 makes them calendar years and quarters); ``ttm`` ends with ``as_of``.
    """
    text = text.strip()
    try:
        return _parse(text, as_of, fiscal_year_start_month)
    except BadPeriod:
        raise
    except (ValueError, OverflowError) as error:
        raise BadPeriod(f"'{text}' is not a period: {error}; {_HELP}.") from error


def _parse(text: str, as_of: date, first_month: int) -> Period:
    if text.lower() == "ttm":
        return trailing_year(as_of)
    if match := _MONTH.match(text):
        return month_of(date(int(match[1]), int(match[2]), 1))
    if match := _QUARTER.match(text):
        start = add_months(date(int(match[1]), first_month, 1), 3 * (int(match[2]) - 1))
        return Period(start, add_months(start, 3))
    if _YEAR.match(text):
        start = date(int(text), first_month, 1)
        return Period(start, add_months(start, 12))
    if match := _SPAN.match(text):
        return Period(date.fromisoformat(match[1]), date.fromisoformat(match[2]))
    raise BadPeriod(f"'{text}' is not a period; {_HELP}.")


def local_day(instant: datetime, zone: str) -> date:
    """The day in ``zone`` (an IANA name) on which an aware instant falls."""
    return instant.astimezone(ZoneInfo(zone)).date()


def day_start(day: date, zone: str) -> datetime:
    """The UTC instant at which ``day`` begins in ``zone``; where midnight does not exist, the first moment after."""
    local = datetime.combine(day, time(0), tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC)
