"""People: how many clients an account manager carries, and how confident account managers are."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from accounts.by_name import ONE, ByName, read_weights
from agencyam.periods import add_months
from kpis.direct.evidence import as_json, fetch
from kpis.direct.exclusions import Why, because, until_the_end
from kpis.direct.feedback import Answer, Scored, list_answers
from kpis.direct.lines import BOOK
from kpis.direct.query import UNASSIGNED, Figure, Figures, Query, SliceKey
from kpis.formulas import am_confidence, am_workload, weighted_load
from kpis.formulas.definition import BY_MEMBER

KEYS = ("am_workload", "weighted_load", "am_confidence")
LOADS = {"am_workload": am_workload.compute, "weighted_load": weighted_load.compute}

CONFIDENT_FROM = 7
# Fewer ratings than this in a slice would tell what one person said.
MINIMUM_RATERS = 3

# From the day on which an account manager has left, the clients have none.
_PORTFOLIO_SQL = """
SELECT day.day, client.book_id AS client, client.name AS client_name, client.tier,
  COALESCE(owner.book_id, %(unassigned)s) AS member, COALESCE(team.book_id, %(unassigned)s) AS team
FROM presence
JOIN unnest(%(days)s::date[]) AS day (day) ON presence.active @> day.day
JOIN clients_client client ON client.id = presence.client_id
LEFT JOIN clients_assignment assignment ON assignment.client_id = client.id AND assignment.role = 'primary'
  AND assignment.starts_on <= day.day AND (assignment.ends_on IS NULL OR assignment.ends_on > day.day)
LEFT JOIN accounts_user owner ON owner.id = assignment.member_id
  AND (owner.ends_on IS NULL OR owner.ends_on > day.day)
LEFT JOIN accounts_teammembership place ON place.member_id = owner.id AND place.starts_on <= day.day
  AND (place.ends_on IS NULL OR place.ends_on > day.day)
LEFT JOIN accounts_team team ON team.id = place.team_id
ORDER BY day.day, client.name, client.book_id
"""

_MANAGER_SQL = """
SELECT day.day, member.book_id AS member, member.name AS member_name, member.fte,
  COALESCE(team.book_id, %(unassigned)s) AS team
FROM accounts_user member
JOIN unnest(%(days)s::date[]) AS day (day) ON (member.ends_on IS NULL OR member.ends_on > day.day)
LEFT JOIN accounts_teammembership place ON place.member_id = member.id AND place.starts_on <= day.day
  AND (place.ends_on IS NULL OR place.ends_on > day.day)
LEFT JOIN accounts_team team ON team.id = place.team_id
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

# An answer is dated by its first edit; `fetch` has read which answers count.
_RATING_TEAM_SQL = """
SELECT response.book_id AS response, team.book_id AS team
FROM clients_surveyresponse response
LEFT JOIN clients_surveyinvitation invitation ON invitation.id = response.invitation_id
CROSS JOIN LATERAL (
  SELECT (MIN(other.answered_at) AT TIME ZONE %(zone)s)::date AS day FROM clients_surveyresponse other
  WHERE other.id = response.id OR other.invitation_id = response.invitation_id
) AS first
JOIN accounts_teammembership place ON place.member_id = COALESCE(response.member_id, invitation.member_id)
  AND place.starts_on <= first.day AND (place.ends_on IS NULL OR place.ends_on > first.day)
JOIN accounts_team team ON team.id = place.team_id
WHERE response.book_id = ANY(%(responses)s)
"""


@dataclass(frozen=True, slots=True)
class _RatingTeam:
    response: str
    team: str


@dataclass(frozen=True, slots=True)
class Holding:
    """An active client on a month's last day, and its primary account manager then."""

    day: date
    client: str
    client_name: str
    tier: str
    member: str
    team: str


@dataclass(frozen=True, slots=True)
class Manager:
    """A member who carries clients on a month's last day."""

    day: date
    member: str
    member_name: str
    fte: Decimal
    team: str


@dataclass(frozen=True, slots=True)
class Workload:
    """One slice's clients and account managers on the month ends of the period."""

    days: tuple[date, ...]
    holdings: tuple[Holding, ...]
    managers: tuple[Manager, ...]

    def month_ends(self, weights: ByName) -> list[tuple[Decimal, int]]:
        """What the clients weigh, and how many managers there are, per day."""
        clients = dict.fromkeys(self.days, Decimal(0))
        for row in self.holdings:
            clients[row.day] += weights.of(row.tier)
        managers = Counter(row.day for row in self.managers)
        return [(clients[day], managers[day]) for day in self.days]

    @property
    def clients_and_posts(self) -> list[tuple[int, Decimal]]:
        """How many clients there are, and the full-time posts of the managers, per day."""
        clients = Counter(row.day for row in self.holdings)
        posts = dict.fromkeys(self.days, Decimal(0))
        for row in self.managers:
            posts[row.day] += row.fte
        return [(clients[day], posts[day]) for day in self.days]

    @property
    def staffed_days(self) -> list[date]:
        """Days with at least one manager; the others count in no mean."""
        return sorted({row.day for row in self.managers})


def compute(query: Query, keys: Collection[str]) -> Figures:
    """The figures of those of `keys` that belong to this family, for the agency or per account manager or team."""
    answers: Figures = {}
    if query.by not in BY_MEMBER:
        return answers
    for kpi in LOADS:
        if kpi in keys:
            weights = weights_of(kpi, query)
            answers[kpi] = {
                key: _workload(kpi, slice_, weights) for key, slice_ in load_workloads(query).items()
            }
    if "am_confidence" in keys:
        groups = _ratings_by_slice(query)
        answers["am_confidence"] = {key: _confidence(query, group) for key, group in groups.items()}
    return answers


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """The clients and managers, or the ratings, behind one figure; none where the figure itself is hidden."""
    if query.by not in BY_MEMBER:
        return []
    if kpi_key in LOADS:
        workload = load_workloads(query).get(slice_key)
        return _workload_rows(kpi_key, workload, weights_of(kpi_key, query)) if workload else []
    group = _ratings_by_slice(query).get(slice_key, [])
    if _is_private(query, group):
        return []
    return [
        as_json(response=row.response, answered_at=row.answered_at, numerator=rating(row), denominator=1)
        for row in group
    ]


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, Any]]:
    """Client-days and ratings that do not count, each with its `reason`; none where the figure is hidden."""
    if query.by not in BY_MEMBER:
        return []
    if kpi_key in LOADS:
        workload = load_workloads(query).get(slice_key)
        return _unstaffed(workload) if workload else []
    if query.by != "agency":
        return []
    known = {row.response for row in list_ratings(query)}
    whole = until_the_end(query)
    late = [row for row in list_answers(whole, "pulse") if row.answered_at >= query.cut_at] if whole else []
    found = [
        (Why.ABOUT_A_CLIENT if row.client is not None else Why.EARLIER_RATING, row)
        for row in list_answers(query, "pulse")
        if row.response not in known
    ]
    found += [(Why.LATER, row) for row in late]
    return [because(why, as_json(response=row.response, answered_at=row.answered_at)) for why, row in found]


def _unstaffed(workload: Workload) -> list[dict[str, Any]]:
    staffed = set(workload.staffed_days)
    if not staffed:
        return []
    return [
        because(Why.UNSTAFFED, as_json(day=row.day, client=row.client, name=row.client_name))
        for row in workload.holdings
        if row.day not in staffed
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
    """The agency under None, or each account manager or team and the bucket of clients without one."""
    days = month_ends(query)
    holdings = fetch(query, Holding, BOOK + _PORTFOLIO_SQL, days=list(days), unassigned=UNASSIGNED)
    managers = fetch(query, Manager, _MANAGER_SQL, days=list(days), unassigned=UNASSIGNED)
    if query.by == "agency":
        return {None: Workload(days, tuple(holdings), tuple(managers))} if holdings or managers else {}
    slice_of = attrgetter("team" if query.by == "team" else "member")
    keys = {slice_of(row) for row in (*holdings, *managers)}
    return {
        key: Workload(
            days,
            tuple(row for row in holdings if slice_of(row) == key),
            tuple(row for row in managers if slice_of(row) == key),
        )
        for key in sorted(keys)
    }


def list_ratings(query: Query) -> list[Answer]:
    """The latest rating of each account manager in the period; those that are about one client are left out.

    Who may see them is for the caller: a single rating is for the member's own manager only.
    """
    ratings = [answer for answer in list_answers(query, "pulse") if answer.client is None]
    latest = {answer.member or answer.respondent: answer for answer in ratings}
    return list(latest.values())


def rating(answer: Scored) -> Decimal:
    """The answer on the scale from 1 to 10; other scales are stretched onto it."""
    span = answer.scale_max - answer.scale_min
    return 1 + Decimal(9 * (answer.score - answer.scale_min)) / span


def weights_of(kpi: str, query: Query) -> ByName:
    """What clients of each tier count as; all alike where they are only counted."""
    return read_weights(query.settings.tier_weights) if kpi == "weighted_load" else ByName(ONE, {})


def _workload(kpi: str, workload: Workload, weights: ByName) -> Figure:
    """On one day clients / managers; over several days the mean of these: the sum of daily loads / days."""
    value = LOADS[kpi](month_ends=workload.month_ends(weights))
    clients = sum((load for _row, load in _loads(workload, weights)), Decimal(0))
    if value is None:
        return Figure(clients, Decimal(0), 0, None, reason="no_account_managers")
    is_one_day = len(workload.staffed_days) == 1
    denominator = len(workload.managers) if is_one_day else len(workload.staffed_days)
    extra = {"per_fte": per_post(workload.clients_and_posts)} if kpi == "am_workload" else {}
    return Figure(clients, Decimal(denominator), len(workload.managers), value, extra)


def per_post(month_ends: Sequence[tuple[int, Decimal]]) -> Decimal | None:
    """Clients for each full-time post, beside those for each head; None where nobody has a post."""
    return am_workload.compute(month_ends=month_ends)


def _loads(workload: Workload, weights: ByName) -> list[tuple[Holding, Decimal]]:
    """What each client on each day adds to the numerator."""
    staff = Counter(row.day for row in workload.managers)
    weighed = [(row, weights.of(row.tier)) for row in workload.holdings]
    if not staff:
        return [(row, weight / len(workload.days)) for row, weight in weighed]
    if len(staff) == 1:
        return [(row, weight) for row, weight in weighed if staff[row.day]]
    return [(row, weight / staff[row.day]) for row, weight in weighed if staff[row.day]]


def _workload_rows(kpi: str, workload: Workload, weights: ByName) -> list[dict[str, Any]]:
    held = []
    for row, load in _loads(workload, weights):
        tier = {"tier": row.tier, "weight": weights.of(row.tier)} if kpi == "weighted_load" else {}
        about = {"day": row.day, "client": row.client, "name": row.client_name, "member": row.member}
        held.append(as_json(**about, **tier, numerator=load))
    if len(workload.staffed_days) > 1:
        return held + [as_json(day=day, denominator=1) for day in workload.staffed_days]
    return held + [
        as_json(day=row.day, member=row.member, name=row.member_name, denominator=1)
        for row in workload.managers
    ]


def _is_private(query: Query, group: Sequence[Answer]) -> bool:
    """One person's own ratings: always by account manager, and in a team that is too small to hide in."""
    return query.by == "am" or (query.by == "team" and len(group) < MINIMUM_RATERS)


def _ratings_by_slice(query: Query) -> dict[SliceKey, list[Answer]]:
    ratings = list_ratings(query)
    if query.by == "agency":
        return {None: ratings} if ratings else {}
    if query.by == "am":
        return {row.member: [row] for row in ratings if row.member is not None}
    groups: dict[SliceKey, list[Answer]] = {}
    teams = _teams_of(query, ratings)
    for row in ratings:
        if row.member is not None:
            groups.setdefault(teams[row.response], []).append(row)
    return groups


def _teams_of(query: Query, ratings: Sequence[Answer]) -> dict[str, str]:
    """By response: the team of the member on the day of the answer."""
    rows = fetch(query, _RatingTeam, _RATING_TEAM_SQL, responses=[row.response for row in ratings])
    teams = {row.response: row.team for row in rows}
    return {row.response: teams.get(row.response, UNASSIGNED) for row in ratings}


def _confidence(query: Query, group: Sequence[Answer]) -> Figure:
    if _is_private(query, group):
        return Figure(None, None, len(group), None, reason="too_few_answers")
    scores = [rating(row) for row in group]
    confident = Decimal(sum(score >= CONFIDENT_FROM for score in scores)) / len(scores)
    total = sum(scores, Decimal(0))
    value = am_confidence.compute(scores=scores)
    return Figure(total, Decimal(len(scores)), len(scores), value, extra={"confident": confident})
