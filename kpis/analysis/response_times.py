"""The response-time page: how long clients waited, against what they were promised."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.core.paginator import Page, Paginator

from accounts.models import User
from agencyam.charts import HOURS, PERCENT, Chart, Histogram, histogram, with_narrow
from agencyam.charts.formats import share
from agencyam.periods import local_day
from kpis.analysis.late_replies import LateReply, list_late
from kpis.analysis.question import key_of
from kpis.analysis.restated_note import restated_note
from kpis.asked import Asked
from kpis.direct.query import Query
from kpis.direct.waits import Outcome, Wait, list_waits
from kpis.formulas.percentile import percentile

FIRST, ALL = "", "all"
SHOWS = [(FIRST, "First responses"), (ALL, "All replies")]
COUNTED = {
    FIRST: ("first_response_hours", "first_response_hours_p90"),
    ALL: ("reply_hours", "sla_attainment", "sla_breached"),
}
SUBJECTS = {FIRST: "first responses", ALL: "replies"}
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HALF, NINE_TENTHS = Decimal("0.5"), Decimal("0.9")
WIDTH, PER_PAGE = 760, 50


@dataclass(frozen=True)
class Spread:
    """Waits that are judged: answered, or overdue without an answer. Hours are business hours."""

    waits: tuple[Wait, ...]

    @property
    def n(self) -> int:
        return len(self.waits)

    @property
    def late(self) -> list[Wait]:
        return [wait for wait in self.waits if wait.outcome == Outcome.BREACHED]

    @property
    def in_time(self) -> Decimal | None:
        return Decimal(self.n - len(self.late)) / self.n if self.n else None

    @property
    def hours(self) -> list[Decimal]:
        """Of answered ones only: how long an open one will take is not known."""
        return [wait.hours for wait in self.waits if wait.is_pair]

    @property
    def median(self) -> Decimal | None:
        return percentile(self.hours, HALF)

    @property
    def p90(self) -> Decimal | None:
        return percentile(self.hours, NINE_TENTHS)

    @property
    def open_late(self) -> int:
        return sum(not wait.is_pair for wait in self.waits)


@dataclass(frozen=True)
class Weekday:
    """The waits that began on a day of the week, in the agency's zone."""

    name: str
    spread: Spread


@dataclass(frozen=True)
class ResponseTimesPage:
    """`all` are the waits of the kind shown; `chosen` those under the promise that was chosen."""

    query: Query
    is_kept: bool
    show: str
    shows: list[tuple[str, str]]
    promises: list[tuple[str, str]]
    chosen: Spread
    pending: int
    finding: str
    chart: Chart | None
    weekdays: list[Weekday]
    late: list[LateReply]
    page: Page
    restated: str

    @property
    def note(self) -> str:
        span = f"Business hours, messages of {self.query.period.label}, {self.chosen.n:,} waits"
        return f"{span}, {self.chosen.open_late} of them still open" if self.chosen.open_late else span

    @property
    def worst_day(self) -> str:
        """Which weekday had most of the late ones; nothing where none did."""
        late = len(self.chosen.late)
        worst = max(self.weekdays, key=lambda day: len(day.spread.late), default=None)
        if not late or worst is None:
            return ""
        return f"{len(worst.spread.late)} of the {late} late ones began on a {worst.name}."


def get_response_times_page(
    *, asked: Asked, show: str, promise: str, user: User, address: str, number: str
) -> ResponseTimesPage:
    """`show` is "" or "all"; `promise` hours as `promises` offers them, or "" for all promises together."""
    query, kind = asked.question(), ALL if show == ALL else FIRST
    waits = read_waits(asked, kind)
    judged = [wait for wait in waits if wait.outcome in (Outcome.MET, Outcome.BREACHED)]
    promises = _promises(judged)
    wanted = promise if promise in dict(promises) else ""
    chosen = Spread(tuple(wait for wait in judged if not wanted or _hours(wait.target_hours) == wanted))
    finding = response_finding(chosen, SUBJECTS[kind])
    late = sorted(chosen.late, key=lambda wait: wait.target_hours - wait.hours)
    page = Paginator(late, PER_PAGE).get_page(number)
    return ResponseTimesPage(
        query=query,
        is_kept=asked.by != "service",
        show=kind,
        shows=SHOWS,
        promises=promises,
        chosen=chosen,
        pending=sum(wait.outcome == Outcome.PENDING for wait in waits),
        finding=finding,
        chart=_chart(chosen, SUBJECTS[kind], finding) if chosen.n else None,
        weekdays=_weekdays(chosen, query.time_zone),
        late=list_late(list(page), asked=asked, user=user, address=address),
        page=page,
        restated=restated_note(asked, COUNTED[kind]),
    )


def read_waits(asked: Asked, show: str) -> list[Wait]:
    """The slice's waits of one kind; none for a service, which no message belongs to."""
    if asked.by == "service":
        return []
    key = key_of(asked)
    return [
        wait
        for wait in list_waits(asked.question())
        if wait.slice_key == key and (wait.is_first or show == ALL)
    ]


def response_finding(spread: Spread, subject: str) -> str:
    """How many were late, from the waits of the bars."""
    late, n = len(spread.late), spread.n
    if not n:
        return f"No {subject} in this period"
    limits = {wait.target_hours for wait in spread.waits}
    limit = HOURS.short(limits.pop()) if len(limits) == 1 else "promised"
    if late:
        return f"{late:,} of {n:,} {subject} ({share(late, n)}) took longer than {limit}"
    return f"All {n:,} {subject} stayed within {limit if limit != 'promised' else 'what was promised'}"


def _promises(waits: Sequence[Wait]) -> list[tuple[str, str]]:
    """The promises to choose from; nothing to choose where all clients have the same."""
    hours = sorted({wait.target_hours for wait in waits})
    if len(hours) < 2:
        return []
    return [("", "All promises"), *((_hours(each), f"{HOURS.short(each)} promised") for each in hours)]


def _hours(hours: Decimal) -> str:
    return format(hours.normalize(), "f")


def _chart(spread: Spread, subject: str, finding: str) -> Chart:
    """In hours where all have one promise; otherwise each wait as a share of its own."""
    limits = {wait.target_hours for wait in spread.waits}
    if len(limits) == 1:
        hours = tuple(wait.hours for wait in spread.waits)
        label = f"Business hours to the {'first response' if subject == SUBJECTS[FIRST] else 'reply'}"
        data = Histogram("waits", subject, hours, limits.pop(), "SLA", label, HOURS)
    else:
        parts = tuple(wait.hours / wait.target_hours for wait in spread.waits)
        data = Histogram("waits", subject, parts, Decimal(1), "SLA", "Share of the promised time", PERCENT)
    return with_narrow(histogram, replace(data, finding=finding), width=WIDTH)


def _weekdays(spread: Spread, zone: str) -> list[Weekday]:
    """Days of the week on which somebody wrote, Monday first."""
    groups: dict[int, list[Wait]] = {}
    for wait in spread.waits:
        groups.setdefault(local_day(wait.inbound_at, zone).weekday(), []).append(wait)
    return [Weekday(DAYS[day], Spread(tuple(groups[day]))) for day in sorted(groups)]


def waits_table(asked: Asked, show: str) -> tuple[list[str], list[list[object]]]:
    """All waits of the kind shown, pending ones too, for a file."""
    heads = ["request", "client", "name", "asked_at", "replied_at", "hours", "promised_hours", "outcome"]
    rows: list[list[object]] = [
        [
            wait.request,
            wait.client,
            wait.client_name,
            wait.inbound_at.isoformat(),
            wait.replied_at.isoformat() if wait.replied_at else None,
            wait.hours,
            wait.target_hours,
            wait.outcome.value,
        ]
        for wait in read_waits(asked, ALL if show == ALL else FIRST)
    ]
    return heads, rows
