from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts.models import Team, TeamMembership, User
from accounts.services import audit
from agencyam.exceptions import Refused


class CannotPlaceMember(Refused):
    pass


@transaction.atomic
def create_team(*, by: User | None, name: str) -> Team:
    """Add a team without members. Raises ValidationError, also for a name that is taken."""
    team = Team(name=name.strip())
    team.full_clean()
    team.save()
    audit.record(by=by, action="team.create", target=team)
    return team


@transaction.atomic
def rename_team(*, by: User | None, team: Team, name: str) -> Team:
    """Give a team another name, for its past too. Raises ValidationError."""
    before, team.name = team.name, name.strip()
    team.full_clean()
    team.save(update_fields=["name"])
    audit.record(by=by, action="team.rename", target=team, changes={"name": [before, team.name]})
    return team


@transaction.atomic
def place_member(
    *, by: User | None, member: User, team: Team | None, starts_on: date
) -> TeamMembership | None:
    """Put a member into a team from a day on, or (None) out of any; later places of theirs go.

    Raises CannotPlaceMember if nothing would change.
    """
    places = TeamMembership.objects.filter(member=member).select_related("team")
    present = places.select_for_update(of=("self",)).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=starts_on), starts_on__lte=starts_on
    )
    before = present.first()
    later = places.filter(starts_on__gt=starts_on)
    if (before.team if before else None) == team and not later and (before is None or not before.ends_on):
        raise CannotPlaceMember(_unchanged(member, team))
    old = before.team.name if before else None
    later.delete()
    _end(before, starts_on)
    place = None
    if team is not None:
        place = TeamMembership(team=team, member=member, starts_on=starts_on)
        place.full_clean()
        place.save()
    changes = {"team": [old, team.name if team else None], "from": starts_on}
    audit.record(by=by, action="member.change_team", target=member, changes=changes)
    return place


def _end(place: TeamMembership | None, day: date) -> None:
    """A place that began on that very day never was one."""
    if place is None:
        return
    if place.starts_on == day:
        place.delete()
    else:
        place.ends_on = day
        place.save(update_fields=["ends_on"])


def _unchanged(member: User, team: Team | None) -> str:
    return f"{member.name} is in {team.name} already." if team else f"{member.name} is in no team already."
