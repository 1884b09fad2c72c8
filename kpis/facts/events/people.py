"""Portfolios and ratings: the facts behind `kpis.direct.people`."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from accounts.by_name import read_weights
from accounts.models import AgencySettings
from kpis.direct import people
from kpis.direct.exact import CONTEXT
from kpis.direct.people import CONFIDENT_FROM, LOADS, MINIMUM_RATERS, month_ends, rating
from kpis.direct.query import UNASSIGNED, Figure, Figures, Query, SliceKey
from kpis.facts.events.answers import Score, store_answers
from kpis.facts.events.asking import IN_PART, KNOWN, PART, Asked, blank, put
from kpis.formulas import am_confidence
from kpis.formulas.definition import BY_MEMBER

KEYS: tuple[str, ...] = people.KEYS

# Per day and holder: clients and what they weigh, or members who carry clients and their posts.
_CLIENTS = """
SELECT moment.day, {key} AS slice_key, COUNT(*), trim_scale(SUM(COALESCE(weighed.weight, %(usual_weight)s)))
FROM unnest(%(days)s::date[]) AS moment (day)
JOIN kpis_clientpresence presence ON presence.kind = 'active' AND presence.starts_on <= moment.day
  AND (presence.ends_on IS NULL OR presence.ends_on > moment.day)
JOIN clients_client client ON client.id = presence.client_id
LEFT JOIN unnest(%(tiers)s::text[], %(weights)s::numeric[]) AS weighed (tier, weight) ON weighed.tier = client.tier
LEFT JOIN clients_assignment assignment ON assignment.client_id = presence.client_id
  AND assignment.role = 'primary' AND assignment.starts_on <= moment.day
  AND (assignment.ends_on IS NULL OR assignment.ends_on > moment.day)
LEFT JOIN accounts_user member ON member.id = assignment.member_id
  AND (member.ends_on IS NULL OR member.ends_on > moment.day)
{teams} GROUP BY moment.day, slice_key
"""
_MANAGERS = """
SELECT moment.day, {key} AS slice_key, COUNT(*), SUM(member.fte)
FROM accounts_user member
JOIN unnest(%(days)s::date[]) AS moment (day) ON (member.ends_on IS NULL OR member.ends_on > moment.day)
{teams}
WHERE EXISTS (
  SELECT FROM clients_assignment assignment
  WHERE assignment.member_id = member.id AND assignment.role = 'primary' AND assignment.starts_on <= moment.day
    AND (assignment.ends_on IS NULL OR assignment.ends_on > moment.day)
) OR (
  member.role = 'account_manager' AND member.is_carrying_clients
  AND (member.starts_on IS NULL OR member.starts_on <= moment.day)
  AND (member.is_active OR member.ends_on IS NOT NULL)
)
GROUP BY moment.day, slice_key
"""
_TEAMS = """
LEFT JOIN accounts_teammembership place ON place.member_id = member.id AND place.starts_on <= moment.day
  AND (place.ends_on IS NULL OR place.ends_on > moment.day)
LEFT JOIN accounts_team team ON team.id = place.team_id"""
_HOLDERS = {
    "agency": ("NULL::text", ""),
    "am": ("COALESCE(member.book_id, %(unassigned)s)", ""),
    "team": ("COALESCE(team.book_id, %(unassigned)s)", _TEAMS),
}

# The latest rating of each member in a period, without those that are about one client.
_RATINGS = """
WITH {part}, latest AS (
  SELECT DISTINCT ON (part.number, rater) part.number, fact.member_id, fact.team_id, fact.score, fact.scale_min,
    fact.scale_max, COALESCE('member ' || fact.member_id, fact.respondent) AS rater
  FROM kpis_answerfact fact {in_part}
  WHERE fact.kind = 'pulse' AND fact.client_id IS NULL AND {known}
  ORDER BY part.number, rater, fact.first_answered_at DESC, fact.answered_at DESC, fact.id DESC
)
SELECT latest.number, {key} AS slice_key, latest.score, latest.scale_min, latest.scale_max, COUNT(*)
FROM latest
LEFT JOIN accounts_user member ON member.id = latest.member_id
LEFT JOIN accounts_team team ON team.id = latest.team_id
WHERE {is_sliced}
GROUP BY latest.number, slice_key, latest.score, latest.scale_min, latest.scale_max
"""


@dataclass(slots=True)
class _Load:
    """Clients, what they weigh, and members who carry them with their posts, per month end, in one slice."""

    clients: Counter[date] = field(default_factory=Counter)
    weights: dict[date, Decimal] = field(default_factory=dict)
    managers: Counter[date] = field(default_factory=Counter)
    posts: dict[date, Decimal] = field(default_factory=dict)


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Replace the ratings that members gave of these clients (all if None), and those of no client."""
    store_answers("pulse", settings=settings, clients=clients)


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of those of `keys` that belong to this family, for the agency, or per manager or team."""
    answers = blank(queries, KEYS, keys)
    if not queries or queries[0].by not in BY_MEMBER:
        return answers
    with localcontext(CONTEXT):
        asked = Asked(queries, only)
        counted = [kpi for kpi in LOADS if kpi in keys]
        loads = _loads(asked) if counted else {}
        for number, query in enumerate(queries):
            days = month_ends(query)
            for slice_key, load in loads.items():
                for kpi in counted if _is_wanted(asked, slice_key) else ():
                    put(answers, number, kpi, slice_key, _workload(kpi, days, load))
        if "am_confidence" in keys:
            for number, slice_key, scores in _ratings(asked):
                if _is_wanted(asked, slice_key):
                    put(answers, number, "am_confidence", slice_key, _confidence(asked.by, scores))
    return answers


def _is_wanted(asked: Asked, slice_key: SliceKey) -> bool:
    return asked.only is None or asked.by == "agency" or slice_key == asked.only


def _loads(asked: Asked) -> dict[SliceKey, _Load]:
    """The month ends of all periods, per slice."""
    key, teams = _HOLDERS[asked.by]
    days = sorted({day for query in asked.queries for day in month_ends(query)})
    weights = read_weights(asked.queries[0].settings.tier_weights)
    more: dict[str, Any] = {
        "days": days,
        "unassigned": UNASSIGNED,
        "tiers": list(weights.own),
        "weights": list(weights.own.values()),
        "usual_weight": weights.usual,
    }
    loads: dict[SliceKey, _Load] = defaultdict(_Load)
    for day, slice_key, count, weight in asked.read(_CLIENTS.format(key=key, teams=teams), **more):
        loads[slice_key].clients[day] = count
        loads[slice_key].weights[day] = weight
    for day, slice_key, count, posts in asked.read(_MANAGERS.format(key=key, teams=teams), **more):
        loads[slice_key].managers[day] = count
        loads[slice_key].posts[day] = posts
    return loads


def _workload(kpi: str, days: Sequence[date], load: _Load) -> Figure | None:
    """On one day clients / managers; over several days the mean of these: the sum of daily loads / days."""
    managers = sum(load.managers[day] for day in days)
    if not managers and not any(load.clients[day] for day in days):
        return None
    held = load.weights if kpi == "weighted_load" else load.clients
    pairs = [(Decimal(held.get(day, 0)), load.managers[day]) for day in days]
    staffed = [pair for pair in pairs if pair[1]]
    if not staffed:
        mean = sum((weight for weight, _none in pairs), Decimal(0)) / len(days)
        return Figure(mean, Decimal(0), 0, None, reason="no_account_managers")
    value, extra = LOADS[kpi](month_ends=pairs), {}
    if kpi == "am_workload":
        posts = [(load.clients[day], load.posts.get(day, Decimal(0))) for day in days]
        extra = {"per_fte": people.per_post(posts)}
    if len(staffed) == 1:
        return Figure(staffed[0][0], Decimal(managers), managers, value, extra)
    daily = sum((weight / carriers for weight, carriers in staffed), Decimal(0))
    return Figure(daily, Decimal(len(staffed)), managers, value, extra)


def _ratings(asked: Asked) -> Iterator[tuple[int, SliceKey, list[tuple[Score, int]]]]:
    """Ratings and how often each was given, per period number and slice."""
    key, _teams = _HOLDERS[asked.by]
    sql = _RATINGS.format(
        part=PART,
        in_part=IN_PART,
        known=KNOWN,
        key=key,
        is_sliced="TRUE" if asked.by == "agency" else "latest.member_id IS NOT NULL",
    )
    groups: dict[tuple[int, SliceKey], list[tuple[Score, int]]] = defaultdict(list)
    for number, slice_key, score, low, high, count in asked.read(sql, unassigned=UNASSIGNED):
        groups[number, slice_key].append((Score(score, low, high), count))
    for (number, slice_key), scores in groups.items():
        yield number, slice_key, scores


def _confidence(by: str, scores: list[tuple[Score, int]]) -> Figure:
    n = sum(count for _score, count in scores)
    if by == "am" or (by == "team" and n < MINIMUM_RATERS):
        return Figure(None, None, n, None, reason="too_few_answers")
    ratings = [rating(score) for score, count in scores for _time in range(count)]
    confident = Decimal(sum(score >= CONFIDENT_FROM for score in ratings)) / n
    value = am_confidence.compute(scores=ratings)
    return Figure(sum(ratings, Decimal(0)), Decimal(n), n, value, extra={"confident": confident})
