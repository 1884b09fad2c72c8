"""A member's day: what every source knows, in one order and in groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from accounts.models import User
from accounts.moment import Moment
from clients.book import selectors as book_selectors
from clients.book.models import Client
from clients.contracts import selectors as contract_selectors
from clients.workspace.extensions import list_day_sources
from clients.workspace.my_day.rows import DayQuestion, DayRow, DoneRow, Tile, near_words
from clients.workspace.my_day.steps import read_steps

UPCOMING_DAYS = 7


@dataclass(frozen=True)
class MyDay:
    """What is late, what today asks for, what the next week brings, and what is done already."""

    today: date
    overdue: list[DayRow]
    due: list[DayRow]
    upcoming: list[DayRow]
    done: list[DoneRow]
    next: DayRow | None
    tiles: list[Tile]
    elsewhere: list[tuple[str, str]]
    has_clients: bool

    @property
    def groups(self) -> list[tuple[str, list[DayRow]]]:
        """What is to be done today, in order."""
        return [(title, rows) for title, rows in (("Overdue", self.overdue), ("Today", self.due)) if rows]

    @property
    def total(self) -> int:
        return len(self.overdue) + len(self.due) + len(self.done)

    @property
    def is_clear(self) -> bool:
        return not self.overdue and not self.due

    @property
    def is_strange(self) -> bool:
        """Whether the member owns nothing from which a day could be made."""
        return not (self.has_clients or self.total or self.upcoming or self.next)

    @property
    def progress(self) -> str:
        return f"{len(self.done)} of {self.total} done"

    @property
    def date_words(self) -> str:
        return f"{self.today:%A} {self.today.day} {self.today:%B}"

    @property
    def next_sentence(self) -> str:
        """What comes next and when; nothing if nothing is known."""
        if self.next is None or self.next.due_on is None:
            return ""
        day = near_words(self.next.due_on, self.today)
        when = f"on {day}" if (self.next.due_on - self.today).days > 1 else day
        whose = f" for {self.next.client_name}" if self.next.client_name else ""
        return f"Next: {self.next.title}{whose}, {when}."


def get_my_day(*, user: User, moment: Moment) -> MyDay:
    """Everything that waits for the member, whoever knows of it; a fixed number of queries."""
    today = moment.today
    asked = DayQuestion(user, moment, _own_clients(user, moment))
    found = [read(asked) for read in (read_steps, *list_day_sources())]
    rows = _in_order((row for each in found for row in each.rows), asked)
    ahead = [row for row in rows if not row.is_overdue and row.due_on is not None and row.due_on > today]
    soon = today + timedelta(days=UPCOMING_DAYS)
    undated = [row for row in rows if row.due_on is None and not row.is_overdue]
    return MyDay(
        today=today,
        overdue=[row for row in rows if row.is_overdue],
        due=[row for row in rows if not row.is_overdue and row.due_on is not None and row.due_on <= today],
        upcoming=[row for row in _by_day(ahead) if row.due_on is not None and row.due_on <= soon] + undated,
        done=[row for each in found for row in each.done],
        next=next(iter(_by_day(ahead)), None),
        tiles=[tile for each in found for tile in each.tiles],
        elsewhere=[line for each in found for line in each.elsewhere],
        has_clients=bool(asked.clients),
    )


def _own_clients(user: User, moment: Moment) -> dict[int, Client]:
    """The clients on whose team the member is today."""
    today, currency = moment.today, moment.settings.currency
    own = book_selectors.visible_clients(user=user, today=today).assigned_to(user, today).active_on(today)
    mrr = contract_selectors.mrr_of_clients(today=today, base_currency=currency)
    return {client.pk: client for client in own.with_primary_manager(today).annotate(mrr=mrr)}


def _in_order(rows: Iterable[DayRow], asked: DayQuestion) -> list[DayRow]:
    def place(row: DayRow) -> tuple[int, Decimal, date, str, str]:
        client = asked.clients.get(row.client_id) if row.client_id else None
        worth = getattr(client, "mrr", None) or Decimal(0)
        return (row.rank, -worth, row.due_on or date.max, row.client_name.lower(), row.key)

    return sorted(rows, key=place)


def _by_day(rows: Iterable[DayRow]) -> list[DayRow]:
    """The next day first; the order of a day stays."""
    return sorted(rows, key=lambda row: row.due_on or date.max)
