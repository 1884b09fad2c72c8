"""Drafts that make themselves, so many business days after the end of a quarter."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from accounts.models import AgencySettings
from agencyam.periods import Period, local_day, quarter_of
from clients.book.models import Client, ClientQuerySet
from clients.contracts.models import ContractLine
from clients.service import selectors as service_selectors
from clients.service.business_time import Calendar
from reports.qbr.models import QBR
from reports.qbr.planning.plans import ReviewPlan, due_on, plans_of
from reports.qbr.stages import services as stages


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
    clients = with_calendars(clients).order_by("name", "pk")
    plans = plans_of(clients)
    usual = service_selectors.get_default_holidays()
    due = [
        (client, quarter)
        for client in clients
        if plans[client.pk].is_scheduled
        and (quarter := running_quarter(client, now=now, settings=settings).previous())
        and day_of(client, quarter, plan=plans[client.pk], usual=usual)
        <= client_day(client, now=now, settings=settings)
    ]
    wanted = with_contracts(due) - with_reviews(due)
    return [(client, quarter) for client, quarter in due if client.pk in wanted]


def with_calendars(clients: ClientQuerySet) -> ClientQuerySet:
    """With what `day_of` looks at."""
    return clients.select_related("sla_policy__calendar")


def client_day(client: Client, *, now: datetime, settings: AgencySettings) -> date:
    """Today where the client is."""
    return local_day(now, client.time_zone or settings.time_zone)


def running_quarter(client: Client, *, now: datetime, settings: AgencySettings) -> Period:
    """The quarter that it is where the client is."""
    return quarter_of(client_day(client, now=now, settings=settings), settings.fiscal_year_start_month)


def day_of(client: Client, quarter: Period, *, plan: ReviewPlan, usual: frozenset[date]) -> date:
    """The day on which the client's draft of a quarter is due. `usual`: the holidays of the agency's calendar."""
    holidays = _holidays(client, usual)
    return due_on(period=quarter, business_days=plan.business_days, holidays=holidays)


def _holidays(client: Client, usual: frozenset[date]) -> frozenset[date]:
    policy = client.sla_policy
    if policy is None or policy.calendar is None:
        return usual
    return Calendar.from_spec(policy.calendar.spec).holidays


def with_contracts(asked: Iterable[tuple[Client, Period]]) -> set[int]:
    """Of the clients those who have a contract in their quarter: a query a quarter."""
    lines = ContractLine.objects.valid()
    return {
        pk
        for quarter, ids in _by_quarter(asked).items()
        for pk in lines.for_period(quarter).filter(client__in=ids).values_list("client_id", flat=True)
    }


def with_reviews(asked: Iterable[tuple[Client, Period]]) -> set[int]:
    """Of the clients those who have a review of their quarter: a query a quarter."""
    return {
        pk
        for quarter, ids in _by_quarter(asked).items()
        for pk in QBR.objects.of_period(quarter).filter(client__in=ids).values_list("client_id", flat=True)
    }


def _by_quarter(asked: Iterable[tuple[Client, Period]]) -> dict[Period, list[int]]:
    ids: defaultdict[Period, list[int]] = defaultdict(list)
    for client, quarter in asked:
        ids[quarter].append(client.pk)
    return ids
