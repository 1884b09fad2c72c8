"""With what a client's review begins: the template of its tier, and what is different for the client."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from agencyam.periods import Period
from clients.book.models import Client
from reports.qbr.models import QBR, Language, Paper, QBRPlan, QBRTemplate

_SATURDAY = 5
# For an agency that has written no list of its own.
USUAL_CHECKLIST = (
    "Read every number and say why it moved",
    "Ask the owners of last quarter's promises what became of them",
    "Agree the agenda and who comes with the client",
    "Bring proposals for the decisions that you ask for",
)


@dataclass(frozen=True)
class ReviewPlan:
    """How reviews of one client are made. `business_days` counts from the end of the quarter.

    `usual`: the template that the client would have without a choice of its own; unsaved where the agency has none.
    """

    template: QBRTemplate
    usual: QBRTemplate
    paper: str
    language: str
    business_days: int
    is_scheduled: bool
    is_paused: bool = False

    @property
    def paper_in_words(self) -> str:
        return str(Paper(self.paper).label)

    @property
    def language_in_words(self) -> str:
        return str(Language(self.language).label)

    @property
    def checklist(self) -> list[str]:
        if self.template.pk is None and not self.template.checklist:
            return list(USUAL_CHECKLIST)
        return list(self.template.checklist)


def plan_for(client: Client) -> ReviewPlan:
    """Two queries."""
    return plans_of([client])[client.pk]


def plans_of(clients: Iterable[Client]) -> dict[int, ReviewPlan]:
    """The plan of each client by its id: two queries for all of them."""
    clients = list(clients)
    templates = {template.tier: template for template in QBRTemplate.objects.order_by("tier")}
    own = {plan.client_id: plan for plan in QBRPlan.objects.filter(client__in=clients)}
    by_id = {template.pk: template for template in templates.values()}
    usual = templates.get("", QBRTemplate())
    return {
        client.pk: _merge(own.get(client.pk), by_id, templates.get(client.tier, usual)) for client in clients
    }


def _merge(own: QBRPlan | None, by_id: dict[int, QBRTemplate], usual: QBRTemplate) -> ReviewPlan:
    chosen = by_id.get(own.template_id or 0) if own else None
    template = chosen or usual
    return ReviewPlan(
        template=template,
        usual=usual,
        paper=(own.paper if own else "") or template.paper,
        language=(own.language if own else "") or template.language,
        business_days=(own.send_after_business_days if own else None) or template.send_after_business_days,
        is_scheduled=template.is_scheduled and not (own and own.is_paused),
        is_paused=bool(own and own.is_paused),
    )


def due_on(*, period: Period, business_days: int, holidays: frozenset[date]) -> date:
    """The day on which the draft of a period is due: so many business days after its end.

    Business days are Monday to Friday without the holidays; the first one is on or after the period's end.
    """
    day, left = period.end - timedelta(days=1), business_days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY and day not in holidays
    return day


def first_checklist(*, client: Client, period: Period, plan: ReviewPlan) -> list[dict[str, object]]:
    """What to do before the meeting: the list of the client's last review, else the template's; nothing done.

    A list that was emptied stays empty.
    """
    others = QBR.objects.light().filter(client=client).exclude(period_start=period.start)
    last = others.order_by("-period_end", "-version").first()
    texts = [row["text"] for row in last.checklist] if last else plan.checklist
    return [undone(text) for text in texts]


def undone(text: str) -> dict[str, object]:
    """A row of a checklist that nobody has ticked."""
    return {"text": text, "is_done": False, "done_by": "", "done_at": ""}
