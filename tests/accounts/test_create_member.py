import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import OutboxEmail, User
from agencyam.tenancy.context import tenant_context
from agencyam.tenancy.models import Agency
from tests.factories.accounts import PASSWORD


def create_member(*arguments):
    out = io.StringIO()
    call_command("create_member", "northwind", "ada@agency.example", "--name", "Ada", *arguments, stdout=out)
    return out.getvalue()


def member_of_northwind():
    with tenant_context(Agency.objects.get(slug="northwind")):
        return User.objects.get(email="ada@agency.example")


def test_a_member_with_a_password_can_sign_in(db):
    words = create_member("--role", "owner", "--password", PASSWORD)

    member = member_of_northwind()
    assert words == "Ada can sign in as ada@agency.example.\n"
    assert (member.role, member.check_password(PASSWORD)) == ("owner", True)


def test_a_member_without_a_password_gets_a_mail(db):
    words = create_member()

    with tenant_context(Agency.objects.get(slug="northwind")):
        mail = OutboxEmail.objects.get()
    assert words == "ada@agency.example gets a mail to choose a password.\n"
    assert mail.to_email == "ada@agency.example"


def test_the_member_belongs_to_that_agency_alone(db, other_agency):
    create_member("--password", PASSWORD)

    with tenant_context(other_agency):
        assert not User.objects.exists()


def test_a_password_may_be_typed(db, monkeypatch):
    monkeypatch.setattr("accounts.management.commands.create_member.getpass", lambda prompt: PASSWORD)

    create_member("--ask-password")

    assert member_of_northwind().check_password(PASSWORD)


def test_an_address_is_used_once(db):
    create_member("--password", PASSWORD)

    with pytest.raises(CommandError, match="exists already") as refusal:
        create_member("--password", PASSWORD)
    assert refusal.value.returncode == 1


def test_a_weak_password_is_refused(db):
    with pytest.raises(CommandError, match="too short"):
        create_member("--password", "short")


def test_an_agency_must_exist(db):
    with pytest.raises(CommandError, match="no agency called nowhere") as refusal:
        call_command("create_member", "nowhere", "ada@agency.example", "--name", "Ada")
    assert refusal.value.returncode == 2
