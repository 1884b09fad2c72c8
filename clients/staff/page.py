"""Members and teams as their pages show them."""

from dataclasses import dataclass
from datetime import date

from accounts import selectors as account_selectors
from accounts.models import Team, TeamMembership, User
from accounts.roles import ROLES, Role
from clients.book.models import Assignment


@dataclass(frozen=True)
class MemberRow:
    """A member, their team, and how many clients they are the primary manager of, all on one day."""

    member: User
    place: TeamMembership | None
    clients: int

    @property
    def role_words(self) -> str:
        return ROLES[Role(self.member.role)].description


@dataclass(frozen=True)
class TeamView:
    """A team with its members; `team` None: those who are in no team."""

    team: Team | None
    rows: list[MemberRow]


@dataclass(frozen=True)
class MemberPage:
    row: MemberRow
    places: list[TeamMembership]  # latest first


def list_rows(*, today: date) -> list[MemberRow]:
    """All members, those with access first: three queries."""
    places, counts = account_selectors.list_places_on(today), _count_clients(today)
    return [
        MemberRow(member, places.get(member.pk), counts.get(member.pk, 0))
        for member in account_selectors.list_members()
    ]


def list_team_views(*, today: date) -> list[TeamView]:
    """Every team with its members today, then those who have access and no team."""
    rows = [row for row in list_rows(today=today) if row.member.is_active or row.place]
    views = [
        TeamView(team, [row for row in rows if row.place and row.place.team_id == team.pk])
        for team in account_selectors.list_teams()
    ]
    return [*views, TeamView(None, [row for row in rows if row.place is None])]


def get_member_page(*, member: User, today: date) -> MemberPage:
    places = account_selectors.list_team_places(member=member)
    present = next((place for place in places if _holds(place, today)), None)
    count = _count_clients(today).get(member.pk, 0)
    return MemberPage(MemberRow(member, present, count), places)


def _holds(place: TeamMembership, day: date) -> bool:
    return place.starts_on <= day and (place.ends_on is None or place.ends_on > day)


def _count_clients(day: date) -> dict[int, int]:
    counts: dict[int, int] = {}
    held = Assignment.objects.primary().active_on(day).filter(client__archived_on__isnull=True)
    for member_id in held.values_list("member_id", flat=True):
        counts[member_id] = counts.get(member_id, 0) + 1
    return counts
