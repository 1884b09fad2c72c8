"""Members and teams: what a change says about whose numbers."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import TeamMembership
from accounts.services import members
from clients.models import Change
from clients.staff import services
from tests.factories.accounts import MemberFactory, OwnerFactory, TeamFactory, TeamMembershipFactory
from tests.factories.clients import AssignmentFactory

pytestmark = pytest.mark.usefixtures("agency")

MAY = date(2026, 5, 1)


def noted():
    return set(Change.objects.values_list("client", "first_on"))


def test_placing_a_member_moves_their_present_and_coming_clients():
    owner, ada = OwnerFactory(), MemberFactory()
    now, later = AssignmentFactory(member=ada), AssignmentFactory(member=ada, starts_on=date(2026, 9, 1))
    AssignmentFactory(member=ada, ends_on=MAY)
    AssignmentFactory()

    services.place_member(by=owner, member=ada, team=TeamFactory(), starts_on=MAY)

    assert noted() == {(now.client_id, MAY), (later.client_id, MAY)}


def test_placing_a_member_without_clients_changes_how_many_share_them():
    services.place_member(by=OwnerFactory(), member=MemberFactory(), team=TeamFactory(), starts_on=MAY)

    assert noted() == {(None, MAY)}


def test_refused_place_notes_nothing():
    place = TeamMembershipFactory()

    with pytest.raises(services.teams.CannotPlaceMember):
        services.place_member(by=OwnerFactory(), member=place.member, team=place.team, starts_on=MAY)

    assert noted() == set()


def test_new_member_is_noted():
    member = services.add_member(
        by=OwnerFactory(),
        email="Ada@Agency.example",
        name="Ada",
        role="account_manager",
        fte=Decimal("0.8"),
        is_carrying_clients=True,
        starts_on=MAY,
    )

    assert (member.email, member.fte, member.has_usable_password()) == (
        "ada@agency.example",
        Decimal("0.8"),
        False,
    )
    assert noted() == {(None, MAY)}


@pytest.mark.parametrize(
    ("changed", "is_noted"),
    [
        ({"name": "Another"}, False),
        ({"role": "viewer"}, True),
        ({"fte": Decimal("0.5")}, True),
        ({"is_carrying_clients": False}, True),
    ],
)
def test_only_what_counts_in_the_workload_is_noted(changed, is_noted):
    ada = MemberFactory(name="Ada")
    fields = {"role": ada.role, "name": "Ada", "fte": ada.fte, "is_carrying_clients": True} | changed

    services.change_member(by=OwnerFactory(), member=ada, **fields)

    ada.refresh_from_db()
    assert {name: getattr(ada, name) for name in fields} == fields
    assert bool(noted()) == is_noted


def test_member_who_ends_counts_until_that_day():
    ada = MemberFactory()

    services.end_member(by=OwnerFactory(), member=ada, ends_on=MAY)

    ada.refresh_from_db()
    assert (ada.is_active, ada.ends_on) == (False, MAY)
    assert noted() == {(None, MAY)}


def test_the_last_owner_stays():
    owner = OwnerFactory()

    with pytest.raises(members.CannotDeactivateMember):
        services.end_member(by=owner, member=owner, ends_on=MAY)

    assert noted() == set()


def test_former_member_comes_back():
    ada = MemberFactory(is_active=False, ends_on=MAY)

    services.take_member_back(by=OwnerFactory(), member=ada)

    ada.refresh_from_db()
    assert (ada.is_active, ada.ends_on) == (True, None)
    assert noted() == {(None, MAY)}
    assert TeamMembership.objects.count() == 0
