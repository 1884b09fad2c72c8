"""When a local wall-clock wish comes true, through clock changes. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


def at_local(day: date, wall: time, zone: str) -> datetime:
    """The UTC instant of ``wall`` on ``day``: the first of two in an overlap, the next valid minute in a gap."""
    tz = ZoneInfo(zone)
    local = datetime.combine(day, wall)
    while True:
        instant = local.replace(tzinfo=tz, fold=0).astimezone(UTC)
        if instant.astimezone(tz).replace(tzinfo=None) == local:
            return instant
        local += _MINUTE


def next_occurrence(*, after: datetime, wall: time, zone: str, day_of_month: int | None = None) -> datetime:
    """The first occurrence strictly after ``after``: each day, or each month on ``day_of_month`` (1 to 28)."""
    day = after.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
    while True:
        if day_of_month is None or day.day == day_of_month:
            instant = at_local(day, wall, zone)
            if instant > after:
                return instant
        day += timedelta(days=1)


def latest_occurrence(*, until: datetime, wall: time, zone: str, day_of_month: int | None = None) -> datetime:
    """The last occurrence at or before ``until``."""
    day = until.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    while True:
        if day_of_month is None or day.day == day_of_month:
            instant = at_local(day, wall, zone)
            if instant <= until:
                return instant
        day -= timedelta(days=1)
