"""The pages of members and teams."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.models import OutboxEmail, Team, TeamMembership, User
from accounts.roles import Role
from tests.factories.accounts import (
    LeaderFactory,
    MemberFactory,
    OwnerFactory,
    TeamFactory,
    TeamMembershipFactory,
)
from tests.factories.clients import AssignmentFactory
from tests.queries import queries_of

HTMX = {"HX-Request": "true"}
MEMBERS, TEAMS = "/settings/members/", "/settings/teams/"


@pytest.fixture(autouse=True)
def _november(agency):
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        yield


def test_list_shows_role_team_and_clients(sign_in):
    ada = MemberFactory(name="Ada")
    TeamMembershipFactory(member=ada, team__name="North")
    AssignmentFactory(member=ada)
    AssignmentFactory(member=ada, ends_on=date(2026, 1, 1))
    AssignmentFactory(member=ada, client__archived_on=date(2026, 1, 1))

    rows = {row.member.name: row for row in sign_in(ada).get(MEMBERS).context["rows"]}

    assert (rows["Ada"].place.team.name, rows["Ada"].clients) == ("North", 1)


@pytest.mark.parametrize("path", [MEMBERS, TEAMS])
def test_lists_ask_as_much_for_one_member_as_for_thirty(sign_in, path):
    browser = sign_in(OwnerFactory())
    TeamMembershipFactory()
    few = queries_of(lambda: browser.get(path))
    for _ in range(29):
        AssignmentFactory(member=TeamMembershipFactory().member)

    many = queries_of(lambda: browser.get(path))

    assert len(many) == len(few)


def test_invited_member_gets_a_mail(sign_in):
    data = {"name": "Ada", "email": "ada@agency.example", "role": "account_manager", "fte": "0.8"}

    response = sign_in(OwnerFactory()).post(f"{MEMBERS}invite/", data | {"starts_on": "2026-02-01"})

    ada = User.objects.get(email="ada@agency.example")
    assert (response.status_code, response["Location"]) == (302, MEMBERS)
    assert (ada.role, ada.is_carrying_clients, ada.starts_on) == (
        Role.ACCOUNT_MANAGER,
        False,
        date(2026, 2, 1),
    )
    assert OutboxEmail.objects.get().to_email == "ada@agency.example"


def test_member_with_a_taken_address_is_refused_in_the_form(sign_in):
    MemberFactory(email="ada@agency.example")
    data = {
        "name": "Ada",
        "email": "ada@agency.example",
        "role": "viewer",
        "fte": "1",
        "starts_on": "2026-02-01",
    }

    response = sign_in(OwnerFactory()).post(f"{MEMBERS}invite/", data)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["email"]
    assert not OutboxEmail.objects.exists()


def test_new_member_begins_on_a_day_today_unless_told(sign_in):
    browser = sign_in(OwnerFactory())
    data = {"name": "Ada", "email": "ada@agency.example", "role": "account_manager", "fte": "1"}

    offered = browser.get(f"{MEMBERS}invite/").context["form"]["starts_on"].value()
    refused = browser.post(f"{MEMBERS}invite/", data)

    assert offered == date(2026, 11, 22)
    assert list(refused.context["form"].errors) == ["starts_on"]


def test_role_and_details_are_changed(sign_in):
    ada = MemberFactory(name="Ada")
    data = {"name": "Ada L.", "role": "leader", "fte": "0.5", "starts_on": "2026-02-01"}

    response = sign_in(OwnerFactory()).post(f"{MEMBERS}{ada.pk}/change/", data)

    ada.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, f"{MEMBERS}{ada.pk}/")
    assert (ada.name, ada.role, ada.starts_on) == ("Ada L.", "leader", date(2026, 2, 1))


def test_last_owner_keeps_the_role(sign_in):
    owner = OwnerFactory(name="Olga")

    response = sign_in(owner).post(
        f"{MEMBERS}{owner.pk}/change/", {"name": "Olga", "role": "viewer", "fte": "1"}, headers=HTMX
    )

    owner.refresh_from_db()
    assert response.status_code == 422
    assert "The agency needs an owner" in response.content.decode()
    assert owner.role == "owner"


def test_access_ends_on_a_day(sign_in):
    ada = MemberFactory()

    sign_in(OwnerFactory()).post(f"{MEMBERS}{ada.pk}/end/", {"ends_on": "2026-11-22"})

    ada.refresh_from_db()
    assert (ada.is_active, ada.ends_on) == (False, date(2026, 11, 22))


def test_day_before_the_first_is_refused_in_the_form(sign_in):
    ada = MemberFactory(starts_on=date(2026, 6, 1))

    response = sign_in(OwnerFactory()).post(f"{MEMBERS}{ada.pk}/end/", {"ends_on": "2026-01-01"})

    ada.refresh_from_db()
    assert response.status_code == 422
    assert ada.is_active


def test_former_member_gets_access_again(sign_in):
    ada = MemberFactory(is_active=False)

    sign_in(OwnerFactory()).post(f"{MEMBERS}{ada.pk}/return/")

    ada.refresh_from_db()
    assert ada.is_active


def test_invitation_is_sent_again_to_those_with_access_only(sign_in):
    here, gone = MemberFactory(), MemberFactory(is_active=False)
    browser = sign_in(OwnerFactory())

    for member in (here, gone):
        browser.post(f"{MEMBERS}{member.pk}/remind/")

    assert [mail.to_email for mail in OutboxEmail.objects.all()] == [here.email]


def test_member_is_signed_out_everywhere(sign_in):
    ada = MemberFactory()

    sign_in(OwnerFactory()).post(f"{MEMBERS}{ada.pk}/sign-out/")

    ada.refresh_from_db()
    assert ada.session_epoch == 1


def test_member_is_put_into_a_team_from_a_day_on(sign_in):
    ada, team = MemberFactory(), TeamFactory()

    response = sign_in(OwnerFactory()).post(
        f"{MEMBERS}{ada.pk}/team/", {"team": team.pk, "starts_on": "2026-11-01"}, headers=HTMX
    )

    place = TeamMembership.objects.get()
    assert response.headers["HX-Refresh"] == "true"
    assert (place.member, place.team, place.starts_on) == (ada, team, date(2026, 11, 1))


def test_place_that_is_theirs_already_is_refused_in_the_form(sign_in):
    place = TeamMembershipFactory()

    response = sign_in(OwnerFactory()).post(
        f"{MEMBERS}{place.member.pk}/team/", {"team": place.team.pk, "starts_on": "2026-11-01"}
    )

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["team"]


def test_teams_are_listed_with_those_in_none(sign_in):
    TeamMembershipFactory(team__name="North", member__name="Ada")
    TeamFactory(name="Empty")
    MemberFactory(name="Gone", is_active=False)

    views = sign_in(LeaderFactory(name="Grace")).get(TEAMS).context["views"]

    assert [(view.team and view.team.name, [row.member.name for row in view.rows]) for view in views] == [
        ("Empty", []),
        ("North", ["Ada"]),
        (None, ["Grace"]),
    ]


def test_team_is_made_and_renamed(sign_in):
    browser = sign_in(OwnerFactory())

    browser.post(f"{TEAMS}new/", {"name": "North"})
    browser.post(f"{TEAMS}{Team.objects.get().pk}/", {"name": "South"})

    assert Team.objects.get().name == "South"


@pytest.mark.parametrize("is_new", [True, False])
def test_name_that_is_taken_is_refused_in_the_form(sign_in, is_new):
    TeamFactory(name="North")
    path = f"{TEAMS}new/" if is_new else f"{TEAMS}{TeamFactory(name='South').pk}/"

    response = sign_in(OwnerFactory()).post(path, {"name": "north"}, headers=HTMX)

    assert response.status_code == 422
    assert "A team has this name already." in response.content.decode()


def test_leader_reads_and_does_not_change(sign_in):
    ada = MemberFactory()
    browser = sign_in(LeaderFactory())

    answers = [
        browser.get(path).status_code for path in (MEMBERS, f"{MEMBERS}{ada.pk}/", f"{MEMBERS}invite/")
    ]

    assert answers == [200, 200, 403]


@pytest.mark.parametrize("path", [f"{MEMBERS}999999/", f"{MEMBERS}999999/end/", f"{TEAMS}999999/"])
def test_unknown_member_or_team_is_not_found(sign_in, path):
    assert sign_in(OwnerFactory()).get(path).status_code == 404
