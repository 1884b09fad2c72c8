"""What a person decides about a mail that did not surely arrive: a second copy, or another try of the first."""

from django.db import transaction

from accounts.mail_objections import objection_to
from accounts.mail_state import state_of
from accounts.models import OutboxEmail, User
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import outbox


class CannotSendAgain(Refused):
    """It is known what became of the mail, or its reader may not have it any more."""


class CannotTryAgain(Refused):
    """The mail left, waits or was refused for good, or its reader may not have it any more."""


def can_send_again(mail: OutboxEmail) -> bool:
    """Whether nobody knows if it arrived, so that a second copy may arrive."""
    return _key(mail) == "unknown"


def can_try_again(mail: OutboxEmail) -> bool:
    """Whether it surely never left, so that it is still the first copy."""
    return _key(mail) == "failed"


def find_again_problem(mail: OutboxEmail) -> str:
    """Why no second copy of it can be sent, in words; empty if one can."""
    if not can_send_again(mail):
        return "Only a mail of which nobody knows whether it arrived can be sent again."
    return objection_to(mail)


def find_retry_problem(mail: OutboxEmail) -> str:
    """Why it cannot be tried again, in words; empty if it can."""
    if not can_try_again(mail):
        return "Only a mail that surely never left can be tried again."
    return objection_to(mail)


@transaction.atomic
def send_again(*, by: User, mail: OutboxEmail) -> OutboxEmail:
    """Send a second copy of a mail whose outcome is unknown. Raises CannotSendAgain."""
    mail = _lock(mail)
    if problem := find_again_problem(mail):
        raise CannotSendAgain(problem)
    outbox.send_again(mail=mail)
    return _noted(mail, "mail.resend", by)


@transaction.atomic
def try_again(*, by: User, mail: OutboxEmail) -> OutboxEmail:
    """Put a mail that surely never left back into the queue. Raises CannotTryAgain."""
    mail = _lock(mail)
    if problem := find_retry_problem(mail):
        raise CannotTryAgain(problem)
    outbox.try_again(mail=mail)
    return _noted(mail, "mail.retry", by)


def _key(mail: OutboxEmail) -> str:
    """What a provider reported later counts too."""
    return state_of(mail, mail.events.all()).key


def _lock(mail: OutboxEmail) -> OutboxEmail:
    """The row as it is now, ours until the end of the transaction."""
    return OutboxEmail.objects.select_for_update().get(pk=mail.pk)


def _noted(mail: OutboxEmail, action: str, by: User) -> OutboxEmail:
    mail.refresh_from_db()
    audit.record(by=by, action=action, target=mail, changes={"to": mail.to_email})
    return mail
