"""Drafts that make themselves, so many business days after the end of a quarter."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from accounts.models import AgencySettings
from agencyam.periods import Period, local_day, quarter_of
from clients.book.models import Client
from clients.contracts.models import ContractLine
from clients.service import selectors as service_selectors
from clients.service.business_time import Calendar
from reports.qbr import stages
from reports.qbr.models import QBR
from reports.qbr.planning import ReviewPlan, due_on, plans_of


def draft_due(*, now: datetime, settings: AgencySettings) -> list[QBR]:
    """Make the drafts that are due and not there; each commits by itself. What was missed is caught up.

    Only the latest closed quarter of each client counts, and only where its plan says so.
    """
    today = local_day(now, settings.time_zone)
    return [
        stages.create_draft(client=client, period=period, by=None, today=today)
        for client, period in list_due(now=now, settings=settings)
    ]


def list_due(*, now: datetime, settings: AgencySettings) -> list[tuple[Client, Period]]:
    """Clients whose draft of the latest closed quarter is due and not there, by name."""
    clients = Client.objects.active_on(local_day(now, settings.time_zone))
    clients = clients.select_related("sla_policy__calendar").order_by("name", "pk")
    plans = plans_of(clients)
    usual = service_selectors.get_default_holidays()
    due = [
        (client, period)
        for client in clients
        if plans[client.pk].is_scheduled
        and (period := _due_period(client, plans[client.pk], now=now, settings=settings, usual=usual))
    ]
    wanted = _without_reviews(due)
    return [(client, period) for client, period in due if client.pk in wanted]


def _due_period(
    client: Client, plan: ReviewPlan, *, now: datetime, settings: AgencySettings, usual: frozenset[date]
) -> Period | None:
    """The quarter whose draft is due on the client's own day; None before its day."""
    today = local_day(now, client.time_zone or settings.time_zone)
    quarter = quarter_of(today, settings.fiscal_year_start_month).previous()
    holidays = _holidays(client, usual)
    due = due_on(period=quarter, business_days=plan.business_days, holidays=holidays)
    return quarter if due <= today else None


def _holidays(client: Client, usual: frozenset[date]) -> frozenset[date]:
    policy = client.sla_policy
    if policy is None or policy.calendar is None:
        return usual
    return Calendar.from_spec(policy.calendar.spec).holidays


def _without_reviews(due: Iterable[tuple[Client, Period]]) -> set[int]:
    """Of the clients those who had a contract in their quarter and have no review of it: a query a quarter."""
    wanted: set[int] = set()
    by_period: dict[Period, list[int]] = {}
    for client, period in due:
        by_period.setdefault(period, []).append(client.pk)
    for period, ids in by_period.items():
        reviews = QBR.objects.of_period(period).filter(client=OuterRef("pk"))
        lines = ContractLine.objects.valid().for_period(period).filter(client=OuterRef("pk"))
        clients = Client.objects.filter(Exists(lines), ~Exists(reviews), pk__in=ids)
        wanted.update(clients.values_list("pk", flat=True))
    return wanted
