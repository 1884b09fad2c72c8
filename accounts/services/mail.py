from datetime import datetime

from django.db import transaction

from accounts.models import OutboxEmail, User
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import outbox


class CannotResend(Refused):
    pass


def can_resend(mail: OutboxEmail) -> bool:
    """Whether a person must decide about it: it never left, or nobody knows whether it arrived."""
    never_left = mail.state == OutboxEmail.State.FAILED and mail.smtp_code is None
    return never_left or mail.state == OutboxEmail.State.UNKNOWN


@transaction.atomic
def resend(*, by: User, mail: OutboxEmail, now: datetime) -> OutboxEmail:
    """Send a mail again whose outcome is unknown or that never left. Raises CannotResend."""
    if not outbox.resend(mail=mail, now=now):
        raise CannotResend("Only a mail whose outcome is unknown, or that never left, can be sent again.")
    mail.refresh_from_db()
    audit.record(by=by, action="mail.resend", target=mail, changes={"to": mail.to_email})
    return mail
