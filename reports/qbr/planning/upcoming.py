"""When the next draft of each client is made, and why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from accounts.moment import Moment
from agencyam.periods import Period
from clients.book import selectors as book_selectors
from clients.book.models import Client
from clients.service import selectors as service_selectors
from reports.qbr.planning.plans import ReviewPlan, plans_of
from reports.qbr.planning.scheduling import (
    client_day,
    day_of,
    running_quarter,
    with_calendars,
    with_contracts,
    with_reviews,
)

PAUSED = "Paused"
WHEN_ASKED = "When somebody asks"
NO_CONTRACT = "No contract runs"
THERE = "There already"


@dataclass(frozen=True)
class NextDraft:
    """A client's next draft that makes itself. `due_on` None: there is none, and `why` says so.

    `today` is that of the client.
    """

    client: Client
    plan: ReviewPlan
    today: date
    quarter: Period | None = None
    due_on: date | None = None
    why: str = ""

    @property
    def is_due(self) -> bool:
        """Whether the next run makes it."""
        return self.due_on is not None and self.due_on <= self.today


def list_next_drafts(*, user: User, moment: Moment) -> list[NextDraft]:
    """Those of the clients that the member may see, the next one first, then by name. A fixed number of queries."""
    clients = book_selectors.visible_clients(user=user, today=moment.today).active_on(moment.today)
    drafts = _next_drafts(with_calendars(clients).order_by("name", "pk"), moment)
    return sorted(drafts, key=lambda draft: draft.due_on or date.max)


def get_next_draft(*, client: Client, moment: Moment) -> NextDraft:
    """A client's next draft."""
    (draft,) = _next_drafts(with_calendars(Client.objects.filter(pk=client.pk)), moment)
    return draft


def _next_drafts(clients: Iterable[Client], moment: Moment) -> list[NextDraft]:
    """The draft of the latest closed quarter where it is still missing, else that of the quarter that runs."""
    clients = list(clients)
    plans, usual = plans_of(clients), service_selectors.get_default_holidays()
    quarters = {each.pk: running_quarter(each, now=moment.now, settings=moment.settings) for each in clients}
    running = [(each, quarters[each.pk]) for each in clients if plans[each.pk].is_scheduled]
    closed = [(client, quarter.previous()) for client, quarter in running]
    late = with_contracts(closed) - with_reviews(closed)
    there, coming = with_reviews(running), with_contracts(running)

    def next_of(client: Client) -> NextDraft:
        plan, quarter = plans[client.pk], quarters[client.pk]
        today = client_day(client, now=moment.now, settings=moment.settings)
        why = _why_not(plan, is_there=client.pk in there, has_contract=client.pk in coming)
        if client.pk in late:
            quarter, why = quarter.previous(), ""
        if why:
            return NextDraft(client, plan, today, why=why)
        return NextDraft(client, plan, today, quarter, day_of(client, quarter, plan=plan, usual=usual))

    return [next_of(each) for each in clients]


def _why_not(plan: ReviewPlan, *, is_there: bool, has_contract: bool) -> str:
    """Why no draft of the quarter that runs is to come; empty if one is."""
    if not plan.is_scheduled:
        return PAUSED if plan.is_paused else WHEN_ASKED
    if is_there:
        return THERE
    return "" if has_contract else NO_CONTRACT
