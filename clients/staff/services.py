"""Members and their teams, where a change moves numbers from one slice to another.

The rows are those of `accounts`, whose services write them; here is noted which clients it concerns.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import Team as TeamRow
from accounts.models import TeamMembership, User
from accounts.roles import Role
from accounts.services import members, teams
from clients.book.models import Assignment
from clients.changes.models import Change
from clients.changes.services import note_change

# What decides who counts in the workload of the team.
_COUNTED = frozenset({"fte", "is_carrying_clients", "starts_on"})


@transaction.atomic
def add_member(
    *,
    by: User,
    email: str,
    name: str,
    role: str,
    fte: Decimal,
    is_carrying_clients: bool,
    starts_on: date,
) -> User:
    """Add a member who has still to choose a password. Raises CannotCreateMember, ValidationError."""
    member = members.create_member(
        by=by,
        email=email,
        name=name,
        role=role,
        fte=fte,
        is_carrying_clients=is_carrying_clients,
        starts_on=starts_on,
    )
    _note_workload(by, member, starts_on)
    return member


@transaction.atomic
def change_member(*, by: User, member: User, role: str, **fields: Any) -> User:
    """Change a member's role and details. Raises CannotChangeRole, CannotUpdateMember, ValidationError."""
    before = {name: getattr(member, name) for name in _COUNTED} | {"role": member.role}
    member = members.update_member(by=by, member=member, **fields)
    if role != member.role:
        member = members.change_role(by=by, member=member, role=role)
    was_counted, is_counted = before["role"] == Role.ACCOUNT_MANAGER, member.role == Role.ACCOUNT_MANAGER
    if was_counted != is_counted or any(getattr(member, name) != before[name] for name in _COUNTED):
        _note_workload(by, member, None)
    return member


@transaction.atomic
def end_member(*, by: User, member: User, ends_on: date) -> User:
    """End a member's access now; `ends_on` is the first day on which they no longer count.

    Their clients keep them as manager until somebody takes over. Raises CannotDeactivateMember, ValidationError.
    """
    member = members.deactivate_member(by=by, member=member, ends_on=ends_on)
    _note_workload(by, member, ends_on)
    return member


@transaction.atomic
def take_member_back(*, by: User, member: User) -> User:
    """Give a former member access again."""
    since = member.ends_on
    member = members.reactivate_member(by=by, member=member)
    _note_workload(by, member, since)
    return member


@transaction.atomic
def place_member(*, by: User, member: User, team: TeamRow | None, starts_on: date) -> TeamMembership | None:
    """Put a member into a team (None: out of any) from a day on; their clients move with them.

    Raises CannotPlaceMember.
    """
    place = teams.place_member(by=by, member=member, team=team, starts_on=starts_on)
    held = Assignment.objects.primary().filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on), member=member
    )
    client_ids = list(held.order_by("client_id").values_list("client_id", flat=True).distinct())
    for client_id in client_ids:
        note_change(
            area=Change.Area.BOOK,
            by=by,
            client_id=client_id,
            first_on=starts_on,
            label=f"{member.name}: {team.name if team else 'no team'}",
        )
    if not client_ids:
        _note_workload(by, member, starts_on)
    return place


def _note_workload(by: User, member: User, since: date | None) -> None:
    """How many members share the clients is told about no single client."""
    note_change(area=Change.Area.BOOK, by=by, first_on=since, target=member, label=member.name)
