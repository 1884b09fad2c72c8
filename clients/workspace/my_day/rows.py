"""What stands on a member's day, as any app tells it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from zoneinfo import ZoneInfo

from accounts.models import User
from accounts.moment import Moment
from clients.book.models import Client


class Rank(IntEnum):
    """What comes first within a group; between equals the client that is worth most a month."""

    LATE_REPLY = 1
    REPLY = 2
    DETRACTOR = 3
    NOTICE = 4
    LATE_STEP = 5
    REVIEW = 6
    STEP = 7
    RISK = 8
    CONTACT = 9
    NUMBER = 10


@dataclass(frozen=True)
class DayQuestion:
    """Whose day it is, and the clients that they look after today, by id, with `mrr` and `primary_manager_id`."""

    user: User
    moment: Moment
    clients: Mapping[int, Client]

    @property
    def today(self) -> date:
        return self.moment.today

    def clock(self, instant: datetime) -> str:
        """An instant by the agency's clock: 09:30 today, Mon 09:30 within a week, else 3 Nov."""
        local = instant.astimezone(ZoneInfo(self.moment.settings.time_zone))
        days = (local.date() - self.today).days
        if abs(days) >= 7:
            return past_words(local.date(), self.today)
        return f"{local:%a %H:%M}" if days else f"{local:%H:%M}"


@dataclass(frozen=True)
class DayRow:
    """One thing to do: what, for whom, and in words why now.

    `due_on` None: no day is agreed. `action_url` leads on; `done_url` takes a POST; `later_url` asks for a day.
    """

    key: str
    rank: Rank
    title: str
    url: str
    why: str
    tone: str
    due_on: date | None
    is_overdue: bool = False
    client_id: int | None = None
    client_name: str = ""
    detail: str = ""
    action_url: str = ""
    action_words: str = ""
    done_url: str = ""
    later_url: str = ""
    later_words: str = "Snooze"


@dataclass(frozen=True)
class DoneRow:
    """One thing that was done today; `undo_url` takes a POST and is blank where it cannot be taken back."""

    key: str
    title: str
    url: str
    words: str
    client_name: str = ""
    undo_url: str = ""


@dataclass(frozen=True)
class Tile:
    """A number that is kept already, in words, with a link to what it counts."""

    label: str
    value: str
    url: str
    detail: str = ""
    tone: str = "neutral"
    state: str = ""


@dataclass(frozen=True)
class Found:
    """What one source adds to a day. `elsewhere`: words and address of what is not part of it."""

    rows: list[DayRow] = field(default_factory=list)
    done: list[DoneRow] = field(default_factory=list)
    tiles: list[Tile] = field(default_factory=list)
    elsewhere: list[tuple[str, str]] = field(default_factory=list)


def near_words(day: date, today: date) -> str:
    """A day to come: today, tomorrow, Thursday within a week, else 3 Dec."""
    days = (day - today).days
    if days in (0, 1):
        return ("today", "tomorrow")[days]
    return f"{day:%A}" if 1 < days < 7 else past_words(day, today)


def past_words(day: date, today: date) -> str:
    """3 Nov, with the year where it is another one."""
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day.day} {day:%b} {day.year}"


def late_words(day: date, today: date) -> str:
    days = (today - day).days
    return "1 day late" if days == 1 else f"{days} days late"
