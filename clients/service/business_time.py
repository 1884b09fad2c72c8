"""Elapsed business time: the one clock behind every SLA figure, due time and alert.

Pure module: no Django, no database, no clock. A `Calendar` says when somebody is there to answer; `None`
stands for round the clock. Opening windows become UTC instants first and are clipped and added afterwards, so
a clock change costs or gives exactly the seconds that really passed. Rules that the shape leaves open:

- a window belongs to the day on which it opens: a Monday 22:00 to 06:00 shift is worked to the end even when
  Tuesday is a holiday, and does not open when Monday is one;
- a day with its own hours (`special_days`) overrides both its weekday and a holiday on the same date;
- a time that the clock skips stands for the moment of the skip, a time that it shows twice for the first;
- windows that overlap count once.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY_MINUTES = 24 * 60
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
# An opening is looked for in the year of the start and in this many whole years after it.
_YEARS_TO_SEARCH = 2
_LAST_YEAR = 9990

# Opening and closing as minutes from the midnight that begins the day; closing may exceed 24 hours.
Window = tuple[int, int]


class BadCalendar(ValueError):
    """The description of a calendar is wrong; the message names the place."""


class NoOpening(ValueError):
    """The calendar does not open within two years, so no due time exists."""


def business_seconds(calendar: Calendar | None, start: datetime, end: datetime) -> float:
    """Business seconds of `[start, end)`: never negative, 0 when end is not after start.

    An `int` when the seconds are whole, otherwise a `float` that is exact to the microsecond.
    """
    whole, rest = divmod(business_microseconds(calendar, start, end), _SECOND)
    return whole if rest == 0 else (whole * _SECOND + rest) / _SECOND


def business_microseconds(calendar: Calendar | None, start: datetime, end: datetime) -> int:
    """As `business_seconds`, in whole microseconds, for exact arithmetic."""
    first, last = _instant(start), _instant(end)
    if last <= first:
        return 0
    if calendar is None:
        return last - first
    first_year, last_year = calendar.year_of(start), calendar.year_of(end)
    total = calendar.year(last_year).worked_until(last) - calendar.year(first_year).worked_until(first)
    return total + sum(calendar.year(number).total for number in range(first_year, last_year))


def add_business_seconds(
    calendar: Calendar | None, start: datetime, seconds: int | float | Decimal
) -> datetime:
    """The earliest instant (UTC) by which that many business seconds have passed since `start`.

    A target that fills the last minute of a day ends at closing time and does not roll over; zero seconds
    give `start` itself. Raises `NoOpening` when the calendar stays closed for two years.
    """
    needed = _microseconds(seconds)
    if calendar is None or needed == 0:
        return _EPOCH + timedelta(microseconds=_instant(start) + needed)
    number = calendar.year_of(start)
    done = calendar.year(number).worked_until(_instant(start))
    barren = 0
    while barren <= _YEARS_TO_SEARCH and number <= _LAST_YEAR:
        year = calendar.year(number)
        available = year.total - done
        if needed <= available:
            return _EPOCH + timedelta(microseconds=year.instant_after(done + needed))
        barren = 0 if available else barren + 1
        needed, done, number = needed - available, 0, number + 1
    raise NoOpening(f"The calendar has no opening hours in the two years after {start.isoformat()}.")


@dataclass
class Calendar:
    """When an agency answers: weekday windows in a time zone, holidays and days with their own hours.

    Years are worked out once per calendar and kept, so keep the calendar for many calls.
    """

    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    holidays: frozenset[date] = frozenset()
    special_days: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Calendar:
        """A calendar from its entry in calendars.json; raises `BadCalendar` naming the wrong place."""
        if not isinstance(spec, Mapping):
            raise BadCalendar("A calendar must be an object with time_zone and hours.")
        hours = _mapping(spec, "hours")
        for name in hours:
            if name not in WEEKDAYS:
                raise BadCalendar(
                    f"hours: {name!r} is not a weekday; use mon, tue, wed, thu, fri, sat or sun."
                )
        special = _mapping(spec, "special_days")
        return cls(
            zone=_zone(spec.get("time_zone")),
            week=tuple(_windows(hours.get(name), f"hours.{name}") for name in WEEKDAYS),
            holidays=frozenset(_day(text, "holidays") for text in _list(spec.get("holidays"), "holidays")),
            special_days={
                _day(text, "special_days"): _windows(windows, f"special_days.{text}")
                for text, windows in special.items()
            },
        )

    def year_of(self, moment: datetime) -> int:
        """The calendar year of an instant, in the calendar's zone."""
        return moment.astimezone(self.zone).year

    def year(self, number: int) -> _Year:
        """The opening windows of one local year; internal to this module's arithmetic."""
        if number not in self._years:
            self._years[number] = _Year.from_windows(self._windows_of_year(number))
        return self._years[number]

    def _windows_of_year(self, number: int) -> Iterator[Window]:
        first, last = date(number, 1, 1), date(number + 1, 1, 1)
        opens, closes = self._moment(first, 0), self._moment(last, 0)
        # A shift of New Year's Eve runs into this year; everything is clipped to the year's own borders.
        day = first - timedelta(days=1)
        while day < last:
            for start, end in self._windows_of_day(day):
                begins = max(self._moment(day, start), opens)
                ends = min(self._moment(day, end), closes)
                if begins < ends:
                    yield begins, ends
            day += timedelta(days=1)

    def _windows_of_day(self, day: date) -> tuple[Window, ...]:
        if day in self.special_days:
            return self.special_days[day]
        return () if day in self.holidays else self.week[day.weekday()]

    def _moment(self, day: date, minutes: int) -> int:
        """The UTC instant, in microseconds, at which the wall clock shows that time of that day."""
        days, minute = divmod(minutes, _DAY_MINUTES)
        day += timedelta(days=days)
        wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=self.zone)
        instant = _instant(wall)
        offset = wall.utcoffset()
        if offset == wall.replace(fold=1).utcoffset():
            return instant
        shown = wall.astimezone(UTC).astimezone(self.zone)
        return instant if shown.utcoffset() == offset else self._skip_before(instant, shown)

    def _skip_before(self, instant: int, shown: datetime) -> int:
        """The moment of the clock change that skipped the wall time read as `instant`."""
        after = shown.utcoffset()
        low, high = instant - 24 * 3600 * _SECOND, instant
        while high - low > _SECOND:
            middle = low + (high - low) // (2 * _SECOND) * _SECOND
            is_after = (_EPOCH + timedelta(microseconds=middle)).astimezone(self.zone).utcoffset() == after
            low, high = (low, middle) if is_after else (middle, high)
        return high


@dataclass(frozen=True)
class _Year:
    """Opening windows of one year as sorted, disjoint UTC microseconds with running totals."""

    starts: list[int]
    ends: list[int]
    totals: list[int]

    @classmethod
    def from_windows(cls, windows: Iterable[Window]) -> _Year:
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(windows):
            if ends and start <= ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        return cls(
            starts, ends, list(accumulate(end - start for start, end in zip(starts, ends, strict=True)))
        )

    @property
    def total(self) -> int:
        return self.totals[-1] if self.totals else 0

    def worked_until(self, instant: int) -> int:
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        return self.totals[index] - max(self.ends[index] - instant, 0)

    def instant_after(self, worked: int) -> int:
        index = bisect_left(self.totals, worked)
        return self.ends[index] - (self.totals[index] - worked)


def _instant(moment: datetime) -> int:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; business time needs aware datetimes.")
    return (moment.astimezone(UTC) - _EPOCH) // _MICROSECOND


def _microseconds(seconds: int | float | Decimal) -> int:
    needed = int((Decimal(seconds) * _SECOND).to_integral_value())
    if needed < 0:
        raise ValueError(f"Business time runs forward only, so {seconds} seconds cannot be added.")
    return needed


def _zone(name: Any) -> ZoneInfo:
    if not isinstance(name, str) or not name:
        raise BadCalendar("time_zone: an IANA time zone such as Europe/London is missing.")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadCalendar(f"time_zone: {name!r} is not an IANA time zone.") from error


def _mapping(spec: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = spec.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadCalendar(f"{key}: must be an object of windows, not {value!r}.")
    return value


def _list(value: Any, place: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise BadCalendar(f"{place}: must be a list, not {value!r}.")
    return list(value)


def _day(text: Any, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise BadCalendar(f"{place}: {text!r} is not a date like 2026-12-25.") from error


def _windows(value: Any, place: str) -> tuple[Window, ...]:
    return tuple(_window(pair, f"{place}[{index}]") for index, pair in enumerate(_list(value, place)))


def _window(pair: Any, place: str) -> Window:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise BadCalendar(
            f'{place}: a window is an opening and a closing time like ["09:00", "17:00"], not {pair!r}.'
        )
    start, end = (_minutes(text, place) for text in pair)
    if start == _DAY_MINUTES:
        raise BadCalendar(f"{place}: a window cannot open at 24:00; use 00:00 of the next day.")
    if start == end:
        raise BadCalendar(
            f"{place}: the window opens and closes at {pair[0]}; a whole day is 00:00 to 24:00."
        )
    return (start, end) if end > start else (start, end + _DAY_MINUTES)


def _minutes(text: Any, place: str) -> int:
    match = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    minutes = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else _DAY_MINUTES + 1
    if minutes > _DAY_MINUTES:
        raise BadCalendar(f"{place}: {text!r} is not a time of day between 00:00 and 24:00.")
    return minutes
