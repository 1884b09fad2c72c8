from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.template.loader import render_to_string

from accounts.models import User
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import outbox


class CannotInviteMember(Refused):
    pass


def password_key(member: User) -> str:
    """The `uid-token` key that lets a member set a password, once within PASSWORD_RESET_TIMEOUT."""
    return f"{user_pk_to_url_str(member)}-{default_token_generator.make_token(member)}"


@transaction.atomic
def invite_member(*, by: User | None, member: User, key: str, password_url: str) -> None:
    """Post the mail in which a new member follows `password_url` to set one. Raises CannotInviteMember.

    `key` names the cause: the same key posts no second mail.
    """
    if not member.is_active:
        raise CannotInviteMember(f"{member.name} has no access, so there is nothing to invite to.")
    agency_name = get_settings().name
    text = render_to_string(
        "accounts/email/invitation.txt",
        {"member": member, "agency_name": agency_name, "password_url": password_url, "invited_by": by},
    )
    outbox.post(
        key=key,
        to=member.email,
        subject=f"Your access to {agency_name}",
        text=text,
        is_client_mail=False,
        may_repeat=True,
    )
    audit.record(by=by, action="member.invite", target=member)
