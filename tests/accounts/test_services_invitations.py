import pytest

from accounts.models import AuditEvent, OutboxEmail
from accounts.services import invitations
from tests.factories.accounts import MemberFactory, OwnerFactory


def test_an_invitation_is_a_mail_with_the_link(agency):
    owner = OwnerFactory(name="Olga Owner")
    member = MemberFactory(name="Ada Lovelace", email="ada@agency.example")

    invitations.invite_member(by=owner, member=member, key="k-1", password_url="http://x.example/key")

    mail = OutboxEmail.objects.get()
    assert (mail.to_email, mail.subject) == ("ada@agency.example", "Your access to Northwind")
    assert mail.text.splitlines()[:5] == [
        "Hello Ada,",
        "",
        "Olga Owner has added you to Northwind. Choose a password here and sign in:",
        "",
        "http://x.example/key",
    ]
    assert AuditEvent.objects.order_by("-pk").first().action == "member.invite"


def test_one_cause_posts_one_mail(agency):
    member = MemberFactory()

    for _ in range(2):
        invitations.invite_member(by=None, member=member, key="k-1", password_url="http://x.example/key")

    assert OutboxEmail.objects.count() == 1


def test_a_member_without_access_is_not_invited(agency):
    member = MemberFactory(is_active=False)

    with pytest.raises(invitations.CannotInviteMember, match="no access"):
        invitations.invite_member(by=None, member=member, key="k-1", password_url="http://x.example/key")
