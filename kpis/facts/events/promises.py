"""Business time in SQL: what each client was promised, and the hours in which the promise is counted.

The opening hours of every calendar become sorted arrays of microseconds since 1970 (opening, closing, time open
until that closing). The time open until an instant is then one binary search, and the business time between two
instants a difference; both are exact, as `clients.service.business_time` counts them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.models import AgencySettings
from clients.service.business_time import Calendar
from kpis.direct.waits import MICROSECONDS_PER_HOUR, list_promises

# An unanswered message becomes late at the latest so many years after the last message, or never. Only a promise
# of thousands of hours, or a calendar that hardly ever opens, would need more.
_YEARS_AHEAD = 12

# A promise with its hours: `is_open_always`, or the arrays of a calendar; policy 0 is that of clients without one.
PROMISES = """
hours AS (
  SELECT calendar, array_agg(opens ORDER BY opens) AS opens, array_agg(closes ORDER BY opens) AS closes,
    array_agg(worked ORDER BY opens) AS worked
  FROM unnest(%(calendars)s::int[], %(opens)s::bigint[], %(closes)s::bigint[], %(worked)s::bigint[])
    AS opening (calendar, opens, closes, worked)
  GROUP BY calendar
), promise AS MATERIALIZED (
  SELECT promised.policy, promised.target, promised.calendar IS NULL AS is_open_always,
    COALESCE(hours.opens, '{}') AS opens, COALESCE(hours.closes, '{}') AS closes,
    COALESCE(hours.worked, '{}') AS worked
  FROM unnest(%(policies)s::bigint[], %(targets)s::bigint[], %(policy_calendars)s::int[])
    AS promised (policy, target, calendar)
  LEFT JOIN hours ON hours.calendar = promised.calendar
)"""


def microseconds(instant: str) -> str:
    """SQL for an instant as microseconds since 1970."""
    return f"(extract(epoch FROM {instant}) * 1000000)::bigint"


def worked_until(instant: str) -> str:
    """SQL for the time that the calendar of `promise` was open until an instant, both in microseconds."""
    place = f"width_bucket({instant}, opens)"
    return f"""CASE WHEN is_open_always THEN {instant}
      ELSE COALESCE(worked[{place}] - GREATEST(closes[{place}] - {instant}, 0), 0) END"""


def reached_at(worked: str) -> str:
    """SQL for the instant after which more than that time was worked; null if that never happens."""
    place = f"(width_bucket({worked}, worked) + 1)"
    return f"""CASE WHEN is_open_always THEN {worked}
      ELSE closes[{place}] - (worked[{place}] - {worked}) END"""


def promise_parameters(first: datetime, last: datetime, settings: AgencySettings) -> dict[str, Any]:
    """The parameters of PROMISES, for messages sent between the two instants."""
    promises = list_promises(settings)
    calendars = {id(made.calendar): made.calendar for made in promises.values() if made.calendar}
    numbers = {name: number for number, name in enumerate(calendars)}
    openings = [
        (numbers[name], opening)
        for name, calendar in calendars.items()
        for opening in _openings(
            calendar,
            first,
            last,
            longest=max(_target(made.hours) for made in promises.values() if made.calendar is calendar),
        )
    ]
    return {
        "policies": [policy or 0 for policy in promises],
        "targets": [_target(made.hours) for made in promises.values()],
        "policy_calendars": [
            numbers[id(made.calendar)] if made.calendar else None for made in promises.values()
        ],
        "calendars": [number for number, _opening in openings],
        "opens": [opening.opens for _number, opening in openings],
        "closes": [opening.closes for _number, opening in openings],
        "worked": [opening.worked for _number, opening in openings],
    }


@dataclass(frozen=True, slots=True)
class Opening:
    """When a calendar opens and closes, and how long it was open until that closing; microseconds."""

    opens: int
    closes: int
    worked: int


def _openings(calendar: Calendar, first: datetime, last: datetime, *, longest: int) -> Iterator[Opening]:
    """The openings of all years from the first message on, until the longest target after the last is reached."""
    last_year = calendar.year_of(last)
    done, needed = 0, None
    for number in range(calendar.year_of(first), last_year + _YEARS_AHEAD):
        year = calendar.year(number)
        for opens, closes, worked in zip(year.starts, year.ends, year.totals, strict=True):
            yield Opening(opens, closes, done + worked)
        done += year.total
        if number == last_year:
            needed = done + longest
        elif needed is not None and done > needed:
            return


def _target(hours: Decimal) -> int:
    return int(hours * MICROSECONDS_PER_HOUR)
