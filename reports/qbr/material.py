"""Everything that a review is written from, read once. Sections only look at this.

Messages, notes, comments, summaries, stages and scores of the agency's own making are not read at all; costs
and reasons are left in the database. What a section may print of the rest is decided by document.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from accounts.models import AgencySettings
from agencyam.periods import Period, add_months, day_start, local_day
from clients.book import selectors as book_selectors
from clients.book.models import Assignment, Client
from clients.contracts.models import ContractLine, RetainerUsage
from clients.delivery.models import Deliverable
from clients.growth.models import Proposal, Testimonial
from clients.plans import selectors as plan_selectors
from clients.plans.models import ActionItem, Goal
from clients.service.models import Request
from kpis.choices.selectors import query_for
from kpis.direct.query import Query
from kpis.direct.waits import Promise, Wait, list_promises, list_waits
from kpis.engine import Result, evaluate
from reports.qbr.answers import Answer, pair_answers, read_acts
from reports.qbr.words import Words

KEYS = (
    "sla_attainment",
    "first_response_hours",
    "first_response_hours_p90",
    "fcr",
    "on_time_delivery_rate",
    "nps",
    "csat",
    "survey_response_rate",
)
FEEDBACK_KEYS = ("nps", "csat")
# Periods that the charts of feedback reach back, this one and the one before included.
MOST_PERIODS = 4


@dataclass(frozen=True)
class Material:
    """One client, one period, as known at the close of `as_of`; later rows count as not there."""

    client: Client
    period: Period
    before: Period
    as_of: date
    prepared_on: date
    settings: AgencySettings
    words: Words
    manager: str
    results: Mapping[str, Result]
    earlier: Mapping[str, Result]
    history: tuple[tuple[Period, Mapping[str, Result]], ...]
    promise: Promise
    waits: tuple[Wait, ...]
    earlier_waits: tuple[Wait, ...]
    answers: tuple[Answer, ...]
    requests: tuple[Request, ...]
    deliverables: tuple[Deliverable, ...]
    lines: tuple[ContractLine, ...]
    usage: tuple[RetainerUsage, ...]
    proposals: tuple[Proposal, ...]
    actions: tuple[ActionItem, ...]
    goals: tuple[Goal, ...]
    testimonials: tuple[Testimonial, ...]

    @property
    def cut(self) -> Period:
        """The days of the period that have passed."""
        return Period(self.period.start, min(self.period.end, add_day(self.as_of)))

    @property
    def is_partial(self) -> bool:
        return self.cut != self.period

    @property
    def span_noun(self) -> str:
        """What the period is called in a sentence."""
        return {1: "month", 3: "quarter", 12: "year"}.get(self.period.months or 0, "period")

    @property
    def agency(self) -> str:
        return self.settings.name or "Your agency"

    def local_day(self, instant: datetime) -> date:
        return local_day(instant, self.settings.time_zone)


def add_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def read_material(
    *,
    client: Client,
    period: Period,
    as_of: date,
    now: datetime,
    settings: AgencySettings,
    language: str = "en",
) -> Material:
    """Read one client's quarter. Raises DoesNotAddUp if the engine finds its own figures in disagreement."""
    query = query_for(period=period, as_of=as_of, by="client", settings=settings)
    before = query_for(period=period.previous(), as_of=as_of, by="client", settings=settings)
    promises = list_promises()
    promise = promises.get(client.sla_policy_id) or promises[None]
    results, earlier = _results(query, client, KEYS), _results(before, client, KEYS)
    acts = read_acts(client, before.starts_at, query.known_until)
    return Material(
        client=client,
        period=period,
        before=before.period,
        as_of=as_of,
        prepared_on=local_day(now, settings.time_zone),
        settings=settings,
        words=Words(settings.locale, language),
        manager=_manager(client, as_of),
        results=results,
        earlier=earlier,
        history=(*_older(before, client), (before.period, earlier), (period, results)),
        promise=promise,
        waits=_waits(query, client),
        earlier_waits=_waits(before, client),
        answers=tuple(pair_answers(acts, promise.calendar)),
        requests=_requests(client, query),
        deliverables=_deliverables(client, before.start),
        lines=_lines(client),
        usage=_usage(client, query),
        proposals=_proposals(client, query),
        actions=_actions(client, query),
        goals=tuple(plan_selectors.list_goals(client=client)),
        testimonials=_testimonials(client, query),
    )


def _results(query: Query, client: Client, keys: tuple[str, ...]) -> dict[str, Result]:
    return {result.kpi: result for result in evaluate(query, keys) if result.key == client.book_id}


def _older(before: Query, client: Client) -> list[tuple[Period, Mapping[str, Result]]]:
    """What people answered in the periods before the one before, oldest first."""
    found: list[tuple[Period, Mapping[str, Result]]] = []
    period = before.period
    for _ in range(MOST_PERIODS - 2):
        period = period.previous()
        query = query_for(period=period, as_of=before.as_of, by="client", settings=before.settings)
        found.insert(0, (period, _results(query, client, FEEDBACK_KEYS)))
    return found


def _waits(query: Query, client: Client) -> tuple[Wait, ...]:
    return tuple(wait for wait in list_waits(query) if wait.slice_key == client.book_id)


def _manager(client: Client, day: date) -> str:
    team = book_selectors.list_team(client=client, today=day)
    return next((row.member.name for row in team if row.role == Assignment.Role.PRIMARY), "")


def _requests(client: Client, query: Query) -> tuple[Request, ...]:
    requests = Request.objects.filter(client=client).opened_between(query.starts_at, query.cut_at)
    return tuple(requests.select_related("contact").order_by("opened_at", "pk"))


def _deliverables(client: Client, since: date) -> tuple[Deliverable, ...]:
    """What was promised for or delivered since then, and what is still owed."""
    matters = Q(delivered_on__isnull=True)
    for field in ("delivered_on", "due_on", "baseline_due_on"):
        matters |= Q(**{f"{field}__gte": since})
    deliverables = Deliverable.objects.filter(matters, client=client).not_cancelled()
    return tuple(deliverables.defer("planned_cost", "actual_cost").order_by("baseline_due_on", "pk"))


def _lines(client: Client) -> tuple[ContractLine, ...]:
    lines = ContractLine.objects.valid().filter(client=client).select_related("service")
    lines = lines.defer("reason", "ended_reason")
    return tuple(lines.prefetch_related("pauses").order_by("service__name", "starts_on", "pk"))


def _usage(client: Client, query: Query) -> tuple[RetainerUsage, ...]:
    usage = RetainerUsage.objects.filter(
        line__client=client,
        line__is_void=False,
        month__gte=query.start.replace(day=1),
        month__lt=query.cut_end,
    )
    return tuple(usage.select_related("line__service").order_by("line__service__name", "month", "pk"))


def _proposals(client: Client, query: Query) -> tuple[Proposal, ...]:
    """Sent, not answered, and young enough to be still meant."""
    oldest = date.fromordinal(query.as_of.toordinal() - query.settings.proposal_expiry_days)
    proposals = Proposal.objects.pending().filter(
        client=client, sent_at__gte=day_start(oldest, query.time_zone), sent_at__lt=query.known_until
    )
    return tuple(proposals.order_by("sent_at", "pk"))


def _actions(client: Client, query: Query) -> tuple[ActionItem, ...]:
    """Open, or done not before the period began."""
    matters = Q(done_on__isnull=True) | Q(done_on__gte=query.start) | Q(due_on__gte=query.start)
    actions = ActionItem.objects.filter(matters, client=client).select_related("owner")
    return tuple(actions.order_by(F("due_on").asc(nulls_last=True), "pk"))


def _testimonials(client: Client, query: Query) -> tuple[Testimonial, ...]:
    """What the client wrote and allowed us to repeat; of a year, since people do not write each quarter."""
    since = add_months(query.cut_end, -12)
    testimonials = Testimonial.objects.filter(
        client=client, is_usable=True, received_on__gte=since, received_on__lt=query.cut_end
    )
    quotes = testimonials.exclude(text="").select_related("contact")
    return tuple(quotes.order_by("-received_on", "-pk")[:2])
