"""The rows behind the two components that no other page of a client lists: late waits and late deliveries."""

from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import AgencySettings
from agencyam.periods import Period
from clients.book.models import Client
from kpis.direct import delivery, waits
from kpis.direct.query import Query
from kpis.health.readings.asking import WINDOW_DAYS


@dataclass(frozen=True)
class Evidence:
    """What came late in the 90 days that end with the day, latest first."""

    replies: list[waits.Wait]
    deliverables: list[delivery.Due]


def list_evidence(*, client: Client, day: date, settings: AgencySettings) -> Evidence:
    """Three queries, over all clients: these are the readings of the KPIs themselves."""
    after = day + timedelta(days=1)
    query = Query(Period(after - timedelta(days=WINDOW_DAYS), after), day, "client", settings)
    late = [
        wait
        for wait in waits.list_waits(query)
        if wait.client == client.book_id and wait.outcome == waits.Outcome.BREACHED
    ]
    missed = [due for due in delivery.list_due(query) if due.client == client.book_id and not due.is_on_time]
    return Evidence(late[::-1], missed[::-1])
