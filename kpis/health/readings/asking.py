"""For which days and clients the book is read, and how a statement's rows become facts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.models import AgencySettings
from agencyam.periods import Period, day_start
from kpis.direct.lines import BOOK, parameters
from kpis.direct.query import Query

# How far back "lately" reaches, the day itself included.
WINDOW_DAYS = 90
SENTIMENT_DAYS = 180

Facts = Mapping[str, Any]  # plain values, as they are stored: texts, whole numbers, ISO days
ClientDay = tuple[int, date]
Reading = dict[ClientDay, dict[str, Any]]

# The days, each with the first instant after it: every statement goes on from one of these two `WITH` lists.
_DAYS = "day AS (SELECT * FROM unnest(%(days)s::date[], %(ends_at)s::timestamptz[]) AS day (day, ends_at))"
WITH_DAYS = "WITH " + _DAYS
WITH_BOOK = BOOK + ", " + _DAYS


@dataclass(frozen=True)
class Days:
    """Closes of days to be told about, in order; `clients` None is everybody. `today` is the day of asking."""

    days: tuple[date, ...]
    today: date
    settings: AgencySettings
    clients: Collection[int] | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> date:
        return self.days[0]

    @property
    def last(self) -> date:
        return self.days[-1]

    @property
    def zone(self) -> str:
        return self.settings.time_zone

    def parameters(self) -> dict[str, Any]:
        """The named parameters of every statement, those of `kpis.direct.lines` and `waits` among them."""
        start, after = self.first - timedelta(days=SENTIMENT_DAYS), self.last + timedelta(days=1)
        query = Query(Period(start, after), self.last, "client", self.settings)
        return parameters(query) | {
            "days": list(self.days),
            "ends_at": [day_start(day + timedelta(days=1), self.zone) for day in self.days],
            "today": self.today,
            "clients": None if self.clients is None else sorted(self.clients),
            "zone": self.zone,
            "window": WINDOW_DAYS,
            "sentiment_window": SENTIMENT_DAYS,
            "starts_at": day_start(self.first - timedelta(days=WINDOW_DAYS - 1), self.zone),
            "long_ago": day_start(start, self.zone),
            "cut_at": day_start(after, self.zone),
            "known_until": day_start(after, self.zone),
        }


def fetch(sql: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of one statement, by column."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def by_client_day(rows: Sequence[dict[str, Any]]) -> Reading:
    """Each row's other columns as plain facts, under its client and day."""
    return {
        (row["client_id"], row["day"]): {
            name: plain(value) for name, value in row.items() if name not in ("client_id", "day")
        }
        for row in rows
    }


def plain(value: Any) -> Any:
    """A value as it is stored: days as ISO text, decimals as text with at most 6 places."""
    if isinstance(value, Decimal):
        return format(round(value, 6).normalize(), "f") if value else "0"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
