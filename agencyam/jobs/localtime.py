"""When a local wall-clock wish comes true, through clock changes. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Rule:
    """A wall-clock time in a zone: each day, or on one day of each month (1 to 28)."""

    wall: time
    zone: str
    day_of_month: int | None = None

    def holds_on(self, day: date) -> bool:
        return self.day_of_month is None or day.day == self.day_of_month


def at_local(day: date, wall: time, zone: str) -> datetime:
    """The UTC instant of ``wall`` on ``day``: the first of two in an overlap, the next valid minute in a gap."""
    tz = ZoneInfo(zone)
    local = datetime.combine(day, wall)
    while True:
        instant = local.replace(tzinfo=tz, fold=0).astimezone(UTC)
        if instant.astimezone(tz).replace(tzinfo=None) == local:
            return instant
        local += _MINUTE


def next_occurrence(rule: Rule, *, after: datetime) -> datetime:
    """The first occurrence strictly after ``after``."""
    day = after.astimezone(ZoneInfo(rule.zone)).date() - timedelta(days=1)
    while True:
        if rule.holds_on(day):
            instant = at_local(day, rule.wall, rule.zone)
            if instant > after:
                return instant
        day += timedelta(days=1)


def latest_occurrence(rule: Rule, *, until: datetime) -> datetime:
    """The last occurrence at or before ``until``."""
    day = until.astimezone(ZoneInfo(rule.zone)).date() + timedelta(days=1)
    while True:
        if rule.holds_on(day):
            instant = at_local(day, rule.wall, rule.zone)
            if instant <= until:
                return instant
        day -= timedelta(days=1)
