"""Teams, and who is in which from a day on."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent, Team, TeamMembership
from accounts.selectors import list_places_on
from accounts.services import teams
from tests.factories.accounts import MemberFactory, OwnerFactory, TeamFactory, TeamMembershipFactory

pytestmark = pytest.mark.usefixtures("agency")

MARCH, MAY, JULY = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)


def places(member):
    rows = TeamMembership.objects.filter(member=member).order_by("starts_on")
    return [(row.team.name, row.starts_on, row.ends_on) for row in rows]


def test_team_is_made_and_recorded():
    owner = OwnerFactory()

    team = teams.create_team(by=owner, name="  North ")

    assert team.name == "North"
    assert AuditEvent.objects.get(action="team.create").actor == owner


@pytest.mark.parametrize("name", ["north", " "])
def test_team_needs_a_name_of_its_own(name):
    TeamFactory(name="North")

    with pytest.raises(ValidationError):
        teams.create_team(by=None, name=name)

    assert Team.objects.count() == 1


def test_team_is_renamed():
    team = teams.rename_team(by=None, team=TeamFactory(name="North"), name="South")

    team.refresh_from_db()
    assert team.name == "South"
    assert AuditEvent.objects.get(action="team.rename").changes == {"name": ["North", "South"]}


def test_member_changes_team_on_a_day():
    place = TeamMembershipFactory(team__name="North", starts_on=MARCH)

    teams.place_member(by=None, member=place.member, team=TeamFactory(name="South"), starts_on=MAY)

    assert places(place.member) == [("North", MARCH, MAY), ("South", MAY, None)]
    event = AuditEvent.objects.get(action="member.change_team")
    assert event.changes == {"team": ["North", "South"], "from": "2026-05-01"}


def test_member_leaves_their_team():
    place = TeamMembershipFactory(team__name="North", starts_on=MARCH)

    teams.place_member(by=None, member=place.member, team=None, starts_on=MAY)

    assert places(place.member) == [("North", MARCH, MAY)]
    assert list_places_on(MAY) == {}


def test_place_that_began_on_the_day_never_was():
    place = TeamMembershipFactory(starts_on=MAY)

    teams.place_member(by=None, member=place.member, team=TeamFactory(name="South"), starts_on=MAY)

    assert places(place.member) == [("South", MAY, None)]


def test_later_places_go():
    place = TeamMembershipFactory(team__name="North", starts_on=MARCH, ends_on=JULY)
    TeamMembershipFactory(member=place.member, starts_on=JULY)

    teams.place_member(by=None, member=place.member, team=TeamFactory(name="South"), starts_on=MAY)

    assert places(place.member) == [("North", MARCH, MAY), ("South", MAY, None)]


def test_member_is_in_a_team_once():
    place = TeamMembershipFactory(member=MemberFactory(name="Ada"), team__name="North", starts_on=MARCH)

    with pytest.raises(teams.CannotPlaceMember, match="Ada is in North already"):
        teams.place_member(by=None, member=place.member, team=place.team, starts_on=MAY)


def test_member_of_no_team_leaves_none():
    with pytest.raises(teams.CannotPlaceMember, match="Ada is in no team already"):
        teams.place_member(by=None, member=MemberFactory(name="Ada"), team=None, starts_on=MAY)
