"""The numbers of one client and period, read once for all sections of a review."""

from dataclasses import dataclass
from datetime import date

from accounts.models import AgencySettings
from agencyam.periods import Period
from clients.book import selectors as book_selectors
from clients.book.models import Client
from kpis.direct.delivery import Due, list_due
from kpis.direct.feedback import Invitation, list_invitations
from kpis.direct.query import Query
from kpis.direct.waits import Wait, list_waits
from kpis.engine import Result, evaluate

# The only KPIs that a review may show. Each speaks of this client alone and of nothing that is the agency's own.
CLIENT_SAFE_KPIS = (
    "on_time_delivery_rate",
    "sla_attainment",
    "first_response_hours",
    "first_response_hours_p90",
    "fcr",
    "touchpoints_per_client_month",
    "nps",
    "csat",
    "survey_response_rate",
)


@dataclass(frozen=True)
class Reading:
    """What the engine says about the client, for the period and the one before."""

    client: Client
    query: Query
    results: dict[str, Result]
    before_period: Period
    before: dict[str, Result]
    waits: list[Wait]
    due: list[Due]
    invitations: list[Invitation]
    manager: str

    @property
    def settings(self) -> AgencySettings:
        return self.query.settings

    @property
    def period(self) -> Period:
        return self.query.period

    @property
    def as_of(self) -> date:
        return self.query.as_of

    @property
    def agency(self) -> str:
        return self.settings.name or "Your agency"

    @property
    def owner(self) -> str:
        """Who answers for the agency where nobody else is named."""
        return self.manager or self.agency


def read(*, client: Client, period: Period, as_of: date, settings: AgencySettings) -> Reading:
    """Everything of the client alone; the engine's other slices are dropped here."""
    query = Query(period=period, as_of=as_of, by="client", settings=settings)
    before = Query(period=period.previous(), as_of=as_of, by="client", settings=settings)
    team = book_selectors.list_team(client=client, today=as_of)
    return Reading(
        client=client,
        query=query,
        results=_own(query, client),
        before_period=before.period,
        before=_own(before, client),
        waits=[wait for wait in list_waits(query) if wait.client == client.book_id],
        due=[row for row in list_due(query) if row.client == client.book_id],
        invitations=[row for row in list_invitations(query) if row.client == client.book_id],
        manager=next((row.member.name for row in team if row.role == row.Role.PRIMARY), ""),
    )


def _own(query: Query, client: Client) -> dict[str, Result]:
    results = evaluate(query, CLIENT_SAFE_KPIS)
    return {result.kpi: result for result in results if result.key == client.book_id}
