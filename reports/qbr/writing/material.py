"""Everything that a review is written from, read once. Sections only look at this.

Messages, notes, comments, summaries, stages and scores of the agency's own making are not read at all; costs
and reasons are left in the database. What a section may print of the rest is decided by document.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q

from accounts.models import AgencySettings
from agencyam.periods import Period, add_months, day_start, local_day
from clients.book import selectors as book_selectors
from clients.book.models import Assignment, Client
from clients.changes.models import Change
from clients.contracts.models import ContractLine, RetainerUsage
from clients.delivery.models import Deliverable
from clients.growth.models import Proposal, Testimonial
from clients.plans import selectors as plan_selectors
from clients.plans.models import ActionItem, Goal
from clients.service.models import Request
from kpis.choices.selectors import has_same_choices, load_history, query_for, versions_of
from kpis.direct.query import Query
from kpis.direct.service import Resolution, list_resolutions
from kpis.direct.waits import Promise, Wait, list_promises, list_waits
from kpis.engine import Result, evaluate, evaluate_many
from kpis.facts.builder import are_built
from reports.qbr.document import from_json
from reports.qbr.models import QBR
from reports.qbr.words import Words
from reports.qbr.writing.answers import Answer, pair_answers, read_acts

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
    """One client, one period, as known at the close of `as_of`; later rows count as not there.

    `versions`: that of the definition of each number in `results`. `promised`: the day that the client's last
    review named for each step of the plan, by the step's id. `history`: the oldest first, the period itself last.
    """

    client: Client
    period: Period
    before: Period
    as_of: date
    prepared_on: date
    settings: AgencySettings
    words: Words
    manager: str
    versions: Mapping[str, int]
    history: tuple[tuple[Period, Mapping[str, Result]], ...]
    promise: Promise
    waits: tuple[Wait, ...]
    earlier_waits: tuple[Wait, ...]
    resolutions: tuple[Resolution, ...]
    answers: tuple[Answer, ...]
    requests: tuple[Request, ...]
    deliverables: tuple[Deliverable, ...]
    lines: tuple[ContractLine, ...]
    usage: tuple[RetainerUsage, ...]
    proposals: tuple[Proposal, ...]
    actions: tuple[ActionItem, ...]
    goals: tuple[Goal, ...]
    testimonials: tuple[Testimonial, ...]
    promised: Mapping[int, date]

    @property
    def results(self) -> Mapping[str, Result]:
        """The period's numbers, by key."""
        return self.history[-1][1]

    @property
    def earlier(self) -> Mapping[str, Result]:
        """Those of the period before."""
        return self.history[-2][1]

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
    queries = _queries(period, as_of, settings)
    before, query = queries[-2:]
    promise = _promise(client, query)
    return Material(
        client=client,
        period=period,
        before=before.period,
        as_of=as_of,
        prepared_on=local_day(now, settings.time_zone),
        settings=settings,
        words=Words(settings.locale, language),
        manager=_manager(client, as_of),
        versions={key: versions_of(query)[key] for key in KEYS},
        history=_read_history(queries, client),
        promise=promise,
        waits=_waits(query, client),
        earlier_waits=_waits(before, client),
        resolutions=tuple(row for row in list_resolutions(query) if row.slice_key == client.book_id),
        answers=_answers(client, before, query, promise),
        requests=_requests(client, query),
        deliverables=_deliverables(client, before.start),
        lines=_lines(client),
        usage=_usage(client, query),
        proposals=_proposals(client, query),
        actions=_actions(client, query),
        goals=tuple(plan_selectors.list_goals(client=client)),
        testimonials=_testimonials(client, query),
        promised=_promised(client, period),
    )


def _queries(period: Period, as_of: date, settings: AgencySettings) -> list[Query]:
    """The question about the period and about those before it, the oldest first."""
    periods = [period]
    while len(periods) < MOST_PERIODS:
        periods.insert(0, periods[0].previous())
    history = load_history()
    return [
        query_for(period=each, as_of=as_of, by="client", settings=settings, history=history)
        for each in periods
    ]


def _read_history(
    queries: Sequence[Query], client: Client
) -> tuple[tuple[Period, Mapping[str, Result]], ...]:
    """The client's numbers for each question: from the facts if they know all that was written, else from the book."""
    if _are_facts_right(queries, client):
        found = evaluate_many(queries, KEYS, only=client.book_id)
    else:
        # Of the older ones only what people answered is shown.
        asked = [FEEDBACK_KEYS] * (len(queries) - 2) + [KEYS] * 2
        found = [evaluate(query, keys) for query, keys in zip(queries, asked, strict=True)]
    return tuple(
        (query.period, {result.kpi: result for result in results if result.key == client.book_id})
        for query, results in zip(queries, found, strict=True)
    )


def _are_facts_right(queries: Sequence[Query], client: Client) -> bool:
    choices = queries[-1].settings
    if not all(has_same_choices(query.settings, choices) for query in queries):
        return False
    unread = Change.objects.pending().filter(Q(client__isnull=True) | Q(client=client))
    return are_built(choices) and not unread.exists()


def _promise(client: Client, query: Query) -> Promise:
    promises = list_promises(query.settings)
    return promises.get(client.sla_policy_id) or promises[None]


def _waits(query: Query, client: Client) -> tuple[Wait, ...]:
    return tuple(wait for wait in list_waits(query) if wait.slice_key == client.book_id)


def _manager(client: Client, day: date) -> str:
    team = book_selectors.list_team(client=client, today=day)
    return next((row.member.name for row in team if row.role == Assignment.Role.PRIMARY), "")


def _answers(client: Client, before: Query, query: Query, promise: Promise) -> tuple[Answer, ...]:
    """Of both periods."""
    acts = read_acts(client, before.starts_at, query.known_until)
    return tuple(pair_answers(acts, promise.calendar))


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


def _promised(client: Client, period: Period) -> dict[int, date]:
    """From the latest review of an earlier period that the client has."""
    had = QBR.objects.filter(client=client, period_end__lte=period.start, locked_at__isnull=False)
    snapshot = had.order_by("-period_end", "-version").values_list("snapshot", flat=True).first()
    steps = from_json(snapshot).next_steps if snapshot else ()
    return {step.plan_id: step.due_on for step in steps if step.plan_id and step.due_on}


def _testimonials(client: Client, query: Query) -> tuple[Testimonial, ...]:
    """What the client wrote and allowed us to repeat; of a year, since people do not write each quarter."""
    since = add_months(query.cut_end, -12)
    testimonials = Testimonial.objects.filter(
        client=client, is_usable=True, received_on__gte=since, received_on__lt=query.cut_end
    )
    quotes = testimonials.exclude(text="").select_related("contact")
    return tuple(quotes.order_by("-received_on", "-pk")[:2])
