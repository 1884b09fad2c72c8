"""Clients by what they may cost: the page of churn risk, a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from clients.book import selectors as book_selectors
from clients.book.models import Client
from kpis.health import words
from kpis.health.back_test import Rate, get_rates
from kpis.health.models import ClientHealth
from kpis.health.panel import CHANGE_DAYS, Cause, FlagLine, find_possible, list_flag_lines
from kpis.health.scoring import split_change

_ORDER = {"high": 0, "medium": 1, "low": 2}
# How far back a stored day may lie to be compared with.
SLACK_DAYS = 31


@dataclass(frozen=True)
class RiskRow:
    """A client at risk. `at_risk` is MRR times the probability of its level; None while that is unknown."""

    client: Client
    manager: str
    row: ClientHealth
    change: int | None
    flags: list[FlagLine]
    at_risk: Decimal | None
    next_action: Cause | None

    @property
    def level(self) -> str:
        return self.row.get_risk_level_display()

    @property
    def tone(self) -> str:
        return words.RISK_TONES[self.row.risk_level]

    @property
    def band(self) -> str:
        return words.BAND_WORDS[self.row.band]

    @property
    def band_tone(self) -> str:
        return words.BAND_TONES[self.row.band]


@dataclass(frozen=True)
class RiskList:
    """Clients at medium or high risk, most MRR at risk first, as of the latest stored day."""

    rows: list[RiskRow]
    rates: dict[str, Rate]
    as_of: date | None
    n: int

    @property
    def mrr(self) -> Decimal:
        return sum((row.row.mrr for row in self.rows), Decimal(0))

    @property
    def at_risk(self) -> Decimal | None:
        """The sum over all rows; None as long as a level has too little history."""
        amounts = [row.at_risk for row in self.rows]
        known = [amount for amount in amounts if amount is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None

    @property
    def high(self) -> int:
        return sum(row.row.risk_level == "high" for row in self.rows)


def get_risk_list(*, user: User, today: date, currency: str, manager_id: int | None = None) -> RiskList:
    """The clients that the member may see and that carry a flag or are red."""
    latest = latest_day(today)
    clients = book_selectors.visible_clients(user=user, today=today).active_on(today)
    if manager_id is not None:
        clients = clients.with_primary_manager(today).filter(primary_manager_id=manager_id)
    # A day before all others where nothing is stored yet, so that the page asks the same either way.
    day = latest or date.min + timedelta(days=CHANGE_DAYS + SLACK_DAYS)
    now = ClientHealth.objects.filter(day=day, client__in=clients)
    risky = list(now.exclude(risk_level="low"))
    before = _before(risky, day)
    known = _clients(risky, today)
    rates = get_rates(today=today)
    rows = [_row(known[row.client_id], row, before.get(row.client_id), rates, currency) for row in risky]
    rows.sort(key=_importance)
    return RiskList(rows, rates, latest, now.count())


def latest_day(today: date) -> date | None:
    """The last day of which health is stored."""
    return ClientHealth.objects.filter(day__lte=today).order_by("-day").values_list("day", flat=True).first()


def _importance(row: RiskRow) -> tuple[Decimal, int, Decimal, str]:
    return (-(row.at_risk or Decimal(0)), _ORDER[row.row.risk_level], -row.row.mrr, row.client.name.lower())


def _clients(rows: Iterable[ClientHealth], today: date) -> dict[int, Client]:
    clients = Client.objects.with_primary_manager(today)
    return clients.in_bulk([row.client_id for row in rows])


def _before(rows: Iterable[ClientHealth], day: date) -> dict[int, ClientHealth]:
    until = day - timedelta(days=CHANGE_DAYS)
    earlier: QuerySet[ClientHealth] = ClientHealth.objects.filter(
        client__in=[row.client_id for row in rows],
        day__lte=until,
        day__gte=until - timedelta(days=SLACK_DAYS),
    )
    latest = earlier.order_by("client_id", "-day").distinct("client_id")
    return {row.client_id: row for row in latest}


def _row(
    client: Client, row: ClientHealth, before: ClientHealth | None, rates: dict[str, Rate], currency: str
) -> RiskRow:
    split = split_change(before.components, row.components) if before else None
    probability = rates[row.risk_level].probability
    return RiskRow(
        client=client,
        manager=getattr(client, "primary_manager_name", None) or "Unassigned",
        row=row,
        change=split.change if split else None,
        flags=list_flag_lines(row, currency),
        at_risk=None if probability is None else row.mrr * probability,
        next_action=find_possible(client, row),
    )


def latest_value(field: str, today: date, *, back: int = 0) -> Subquery:
    """For `annotate` on clients: a field of the health stored last up to `back` days before the day."""
    day = today - timedelta(days=back)
    rows = ClientHealth.objects.filter(
        client=OuterRef("pk"), day__lte=day, day__gte=day - timedelta(days=SLACK_DAYS)
    )
    return Subquery(rows.order_by("-day").values(field)[:1])
