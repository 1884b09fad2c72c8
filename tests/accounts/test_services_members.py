import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent, User
from accounts.roles import Role
from accounts.services import members
from tests.factories.accounts import PASSWORD, MemberFactory, OwnerFactory


def last_action():
    return AuditEvent.objects.order_by("-pk").values_list("action", flat=True).first()


def test_a_created_member_can_sign_in_with_their_password(agency):
    owner = OwnerFactory()

    member = members.create_member(
        by=owner, email=" Ada@Agency.example ", name=" Ada ", role=Role.LEADER, password=PASSWORD
    )

    assert (member.email, member.name, member.role) == ("ada@agency.example", "Ada", Role.LEADER)
    assert member.check_password(PASSWORD)
    assert last_action() == "member.create"


def test_a_member_without_a_password_cannot_sign_in(agency):
    member = members.create_member(by=None, email="ada@agency.example", name="Ada")

    assert not member.has_usable_password()


@pytest.mark.parametrize(("role", "is_carrying"), [(Role.ACCOUNT_MANAGER, True), (Role.VIEWER, False)])
def test_account_managers_carry_clients(agency, role, is_carrying):
    member = members.create_member(by=None, email="ada@agency.example", name="Ada", role=role)

    assert member.is_carrying_clients is is_carrying


def test_a_leader_may_carry_clients_too(agency):
    member = members.create_member(
        by=None, email="ada@agency.example", name="Ada", role=Role.LEADER, is_carrying_clients=True
    )

    assert member.is_carrying_clients


def test_a_member_keeps_the_id_of_the_book(agency):
    member = members.create_member(by=None, email="ada@agency.example", name="Ada", book_id="m-7")

    assert member.book_id == "m-7"


def test_an_address_is_used_once_in_any_case(agency):
    MemberFactory(email="ada@agency.example")

    with pytest.raises(members.CannotCreateMember, match="exists already"):
        members.create_member(by=None, email="ADA@agency.example", name="Ada")


def test_a_weak_password_is_refused(agency):
    with pytest.raises(ValidationError, match="too short"):
        members.create_member(by=None, email="ada@agency.example", name="Ada", password="short")


def test_a_member_needs_a_name(agency):
    with pytest.raises(ValidationError, match="name"):
        members.create_member(by=None, email="ada@agency.example", name=" ")


def test_a_deactivated_member_stays_with_their_history(agency):
    member = MemberFactory()

    deactivated = members.deactivate_member(by=OwnerFactory(), member=member)

    assert (deactivated.is_active, deactivated.session_epoch) == (False, 1)
    assert User.objects.filter(pk=member.pk).exists()
    assert last_action() == "member.deactivate"


def test_a_member_is_deactivated_once(agency):
    member = MemberFactory(is_active=False)

    with pytest.raises(members.CannotDeactivateMember, match="no access already"):
        members.deactivate_member(by=None, member=member)


def test_the_last_owner_is_not_deactivated(agency):
    owner = OwnerFactory()
    OwnerFactory(is_active=False)

    with pytest.raises(members.CannotDeactivateMember, match="needs an owner"):
        members.deactivate_member(by=owner, member=owner)


def test_one_of_two_owners_may_go(agency):
    owner = OwnerFactory()
    OwnerFactory()

    assert not members.deactivate_member(by=owner, member=owner).is_active


def test_a_former_member_may_come_back(agency):
    member = members.reactivate_member(by=None, member=MemberFactory(is_active=False))

    assert member.is_active
    assert last_action() == "member.reactivate"


def test_a_changed_role_is_recorded(agency):
    member = members.change_role(by=None, member=MemberFactory(), role=Role.LEADER)

    assert member.role == Role.LEADER
    assert AuditEvent.objects.order_by("-pk").first().changes == {"role": ["account_manager", "leader"]}


def test_a_role_must_exist(agency):
    with pytest.raises(members.CannotChangeRole, match="no role called intern"):
        members.change_role(by=None, member=MemberFactory(), role="intern")


def test_the_last_owner_keeps_the_role(agency):
    owner = OwnerFactory()

    with pytest.raises(members.CannotChangeRole, match="needs an owner"):
        members.change_role(by=owner, member=owner, role=Role.LEADER)


def test_ended_sessions_change_the_session_hash(agency):
    member = MemberFactory()
    before = member.get_session_auth_hash()

    members.end_sessions(by=member, member=member)

    assert member.get_session_auth_hash() != before
    assert last_action() == "member.end_sessions"
