"""People: how many clients an account manager carries, and how confident account managers are."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from agencyam.periods import add_months
from kpis.direct.evidence import as_json, fetch
from kpis.direct.feedback import Answer, list_answers
from kpis.direct.lines import BOOK
from kpis.direct.query import UNASSIGNED, Figure, Figures, Query, SliceKey
from kpis.formulas import am_confidence, am_workload

KEYS = ("am_workload", "am_confidence")

CONFIDENT_FROM = 7

# From the day on which an account manager has left, the clients have none.
_PORTFOLIO_SQL = """
SELECT day.day, client.book_id AS client, client.name AS client_name,
  COALESCE(owner.book_id, %(unassigned)s) AS member
FROM presence
JOIN unnest(%(days)s::date[]) AS day (day) ON presence.active @> day.day
JOIN clients_client client ON client.id = presence.client_id
LEFT JOIN clients_assignment assignment ON assignment.client_id = client.id AND assignment.role = 'primary'
  AND assignment.starts_on <= day.day AND (assignment.ends_on IS NULL OR assignment.ends_on > day.day)
LEFT JOIN accounts_user owner ON owner.id = assignment.member_id
  AND (owner.ends_on IS NULL OR owner.ends_on > day.day)
ORDER BY day.day, client.name, client.book_id
"""

_MANAGER_SQL = """
SELECT day.day, member.book_id AS member, member.name AS member_name
FROM accounts_user member
JOIN unnest(%(days)s::date[]) AS day (day) ON (member.ends_on IS NULL OR member.ends_on > day.day)
WHERE EXISTS (
  SELECT FROM clients_assignment assignment
  WHERE assignment.member_id = member.id AND assignment.role = 'primary' AND assignment.starts_on <= day.day
    AND (assignment.ends_on IS NULL OR assignment.ends_on > day.day)
) OR (
  member.role = 'account_manager' AND member.is_carrying_clients
  AND (member.starts_on IS NULL OR member.starts_on <= day.day)
  AND (member.is_active OR member.ends_on IS NOT NULL)
)
ORDER BY day.day, member.name, member.book_id
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """An active client on a month's last day, and its primary account manager then."""

    day: date
    client: str
    client_name: str
    member: str


@dataclass(frozen=True, slots=True)
class Manager:
    """A member who carries clients on a month's last day."""

    day: date
    member: str
    member_name: str


@dataclass(frozen=True, slots=True)
class Workload:
    """One slice's clients and account managers on the month ends of the period."""

    days: tuple[date, ...]
    holdings: tuple[Holding, ...]
    managers: tuple[Manager, ...]

    @property
    def month_ends(self) -> list[tuple[int, int]]:
        """Clients and managers per day."""
        clients = Counter(row.day for row in self.holdings)
        managers = Counter(row.day for row in self.managers)
        return [(clients[day], managers[day]) for day in self.days]

    @property
    def staffed_days(self) -> list[date]:
        """Days with at least one manager; the others count in no mean."""
        return sorted({row.day for row in self.managers})


def compute(query: Query, keys: Collection[str]) -> Figures:
    """The figures of those of `keys` that belong to this family, for the agency or per account manager."""
    answers: Figures = {}
    if query.by not in ("agency", "am"):
        return answers
    if "am_workload" in keys:
        answers["am_workload"] = {key: _workload(slice_) for key, slice_ in load_workloads(query).items()}
    if "am_confidence" in keys:
        groups = _ratings_by_slice(query)
        answers["am_confidence"] = {key: _confidence(query, group) for key, group in groups.items()}
    return answers


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The clients and managers, or the ratings, behind one figure; none where the figure itself is hidden."""
    if query.by not in ("agency", "am"):
        return []
    if kpi_key == "am_workload":
        workload = load_workloads(query).get(slice_key)
        return _workload_rows(workload) if workload else []
    group = _ratings_by_slice(query).get(slice_key, [])
    if _is_private(query):
        return []
    return [
        as_json(response=row.response, answered_at=row.answered_at, numerator=rating(row), denominator=1)
        for row in group
    ]


def month_ends(query: Query) -> tuple[date, ...]:
    """The last days of the months that end in the period; its last day where none does."""
    ends = []
    first = add_months(query.start.replace(day=1), 1)
    while first <= query.cut_end:
        ends.append(date.fromordinal(first.toordinal() - 1))
        first = add_months(first, 1)
    return tuple(ends) or (query.closing_day,)


def load_workloads(query: Query) -> dict[SliceKey, Workload]:
    """The agency under None, or each account manager and the bucket of clients without one."""
    days = month_ends(query)
    holdings = fetch(query, Holding, BOOK + _PORTFOLIO_SQL, days=list(days), unassigned=UNASSIGNED)
    managers = fetch(query, Manager, _MANAGER_SQL, days=list(days))
    if query.by == "agency":
        return {None: Workload(days, tuple(holdings), tuple(managers))} if holdings or managers else {}
    members = {row.member for row in holdings} | {row.member for row in managers}
    return {
        member: Workload(
            days,
            tuple(row for row in holdings if row.member == member),
            tuple(row for row in managers if row.member == member),
        )
        for member in sorted(members)
    }


def list_ratings(query: Query) -> list[Answer]:
    """The latest rating of each account manager in the period; those that are about one client are left out.

    Who may see them is for the caller: a single rating is for the member's own manager only.
    """
    ratings = [answer for answer in list_answers(query, "pulse") if answer.client is None]
    latest = {answer.member or answer.respondent: answer for answer in ratings}
    return list(latest.values())


def rating(answer: Answer) -> Decimal:
    """The answer on the scale from 1 to 10; other scales are stretched onto it."""
    span = answer.scale_max - answer.scale_min
    return 1 + Decimal(9 * (answer.score - answer.scale_min)) / span


def _workload(workload: Workload) -> Figure:
    """On one day clients / managers; over several days the mean of these: the sum of daily loads / days."""
    pairs = workload.month_ends
    value = am_workload.compute(month_ends=pairs)
    clients = sum((weight for _row, weight in _weighted(workload)), Decimal(0))
    if value is None:
        return Figure(clients, Decimal(0), 0, None, reason="no_account_managers")
    is_one_day = len(workload.staffed_days) == 1
    denominator = len(workload.managers) if is_one_day else len(workload.staffed_days)
    return Figure(clients, Decimal(denominator), len(workload.managers), value)


def _weighted(workload: Workload) -> list[tuple[Holding, Decimal]]:
    """What each client on each day adds to the numerator."""
    staff = Counter(row.day for row in workload.managers)
    if not staff:
        return [(row, Decimal(1) / len(workload.days)) for row in workload.holdings]
    if len(staff) == 1:
        return [(row, Decimal(1)) for row in workload.holdings if staff[row.day]]
    return [(row, Decimal(1) / staff[row.day]) for row in workload.holdings if staff[row.day]]


def _workload_rows(workload: Workload) -> list[dict[str, Any]]:
    held = [
        as_json(day=row.day, client=row.client, name=row.client_name, member=row.member, numerator=weight)
        for row, weight in _weighted(workload)
    ]
    if len(workload.staffed_days) > 1:
        return held + [as_json(day=day, denominator=1) for day in workload.staffed_days]
    return held + [
        as_json(day=row.day, member=row.member, name=row.member_name, denominator=1)
        for row in workload.managers
    ]


def _is_private(query: Query) -> bool:
    """A slice by account manager holds one person's own ratings."""
    return query.by != "agency"


def _ratings_by_slice(query: Query) -> dict[SliceKey, list[Answer]]:
    ratings = list_ratings(query)
    if query.by == "agency":
        return {None: ratings} if ratings else {}
    return {row.member: [row] for row in ratings if row.member is not None}


def _confidence(query: Query, group: Sequence[Answer]) -> Figure:
    if _is_private(query):
        return Figure(None, None, len(group), None, reason="too_few_answers")
    scores = [rating(row) for row in group]
    confident = Decimal(sum(score >= CONFIDENT_FROM for score in scores)) / len(scores)
    total = sum(scores, Decimal(0))
    value = am_confidence.compute(scores=scores)
    return Figure(total, Decimal(len(scores)), len(scores), value, extra={"confident": confident})
