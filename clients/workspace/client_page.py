"""Everything that a client's page shows, read in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.moment import Moment
from accounts.selectors import list_bounced_addresses
from agencyam.money import format_money
from clients.book import selectors as book_selectors
from clients.book.models import Assignment, Client, Contact
from clients.contracts import selectors as contract_selectors
from clients.growth import selectors as growth_selectors
from clients.growth.models import Proposal
from clients.plans import selectors as plan_selectors
from clients.plans.models import ActionItem, Goal
from clients.service import selectors as service_selectors
from clients.service.models import Request
from clients.workspace.extensions import read_step_notes
from clients.workspace.timeline import TimelinePage, get_timeline, list_filters


@dataclass(frozen=True)
class PlannedStep:
    """An open step of either side; `note` is what apps above know of it."""

    action: ActionItem
    note: str


@dataclass(frozen=True)
class ClientPage:
    """Facts, story and next steps of one client. Money in the agency's currency unless a line has its own."""

    mrr: Decimal | None
    lines: list[Any]  # ContractLine with the `state` that `list_lines` adds
    ended_lines: list[Any]
    contacts: list[Contact]
    bounced: set[str]  # addresses of contacts, in lower case, that took no mail the last time
    team: list[Assignment]
    goals: list[Goal]
    steps: list[PlannedStep]
    open_requests: list[Request]
    open_proposals: list[Proposal]
    timeline: TimelinePage
    filters: list[tuple[str, str]]
    currency: str
    today: date

    @property
    def next_line_to_end(self) -> Any:
        """The live recurring line that ends first, or None."""
        ending = [line for line in self.lines if line.ends_on and line.state == "live" and line.is_recurring]
        return min(ending, key=lambda line: line.ends_on, default=None)

    @property
    def headline(self) -> str:
        """One sentence on how things stand: the oldest thing that the agency owes, or that it owes nothing."""
        if self.open_requests:
            oldest = self.open_requests[0]
            subject = oldest.subject or "a request"
            return f"Waiting for us since {_short(timezone.localdate(oldest.opened_at))}: {subject}"
        line = self.next_line_to_end
        if line and (line.last_day - self.today).days <= 90:
            return f"{line.service.name} ends {_in_days(line.last_day, self.today)}."
        return "Nothing is waiting for us."

    @property
    def mrr_text(self) -> str:
        return "–" if self.mrr is None else format_money(self.mrr, self.currency, places=0)

    @property
    def lines_text(self) -> str:
        live = sum(line.state == "live" and line.is_recurring for line in self.lines)
        return f"{live} running service{'' if live == 1 else 's'}"

    @property
    def ends_text(self) -> str:
        line = self.next_line_to_end
        return _short(line.last_day) if line else "Open"

    @property
    def ends_detail(self) -> str:
        line = self.next_line_to_end
        return f"{line.service.name}, {_in_days(line.last_day, self.today)}" if line else "no end is agreed"

    @property
    def requests_detail(self) -> str:
        return "oldest first on the right" if self.open_requests else "all answered"

    @property
    def team_text(self) -> str:
        others = [row.member.name for row in self.team if row.role == Assignment.Role.SECONDARY]
        return f"with {', '.join(others)}" if others else ""


def get_client_page(*, client: Client, moment: Moment, only: str = "", number: int = 1) -> ClientPage:
    """Read a client's page. ``only`` is a key of the timeline's filters, ``number`` its page."""
    currency = moment.settings.currency
    lines = list(contract_selectors.list_lines(client=client, today=moment.today, base_currency=currency))
    contacts = list(book_selectors.list_contacts(client=client, today=moment.today))
    return ClientPage(
        mrr=contract_selectors.get_client_mrr(client=client, today=moment.today, base_currency=currency),
        lines=[line for line in lines if line.state != "ended"],
        ended_lines=[line for line in lines if line.state == "ended"],
        contacts=contacts,
        bounced=list_bounced_addresses([contact.email for contact in contacts if contact.email]),
        team=list(book_selectors.list_team(client=client, today=moment.today)),
        goals=list(plan_selectors.list_goals(client=client)),
        steps=_list_steps(client, moment),
        open_requests=list(service_selectors.list_open_requests(client=client, now=moment.now)),
        open_proposals=list(growth_selectors.list_pending_proposals(client=client)),
        timeline=get_timeline(client=client, now=moment.now, only=only, page=number),
        filters=[("", "Everything"), *list_filters().items()],
        currency=currency,
        today=moment.today,
    )


def _list_steps(client: Client, moment: Moment) -> list[PlannedStep]:
    actions = list(plan_selectors.list_open_actions(client=client))
    notes = read_step_notes(actions, moment)
    return [PlannedStep(action, notes.get(action.pk, "")) for action in actions]


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _in_days(day: date, today: date) -> str:
    days = (day - today).days
    return "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
