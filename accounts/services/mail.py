from datetime import datetime

from django.db import transaction

from accounts.models import OutboxEmail, User
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import outbox


class CannotResend(Refused):
    pass


def can_resend(mail: OutboxEmail) -> bool:
    """Whether a person must decide about it: it was refused, or nobody knows whether it arrived."""
    return mail.state in {OutboxEmail.State.UNKNOWN, OutboxEmail.State.FAILED}


@transaction.atomic
def resend(*, by: User, mail: OutboxEmail, now: datetime) -> OutboxEmail:
    """Send a mail again whose outcome is unknown or that was refused. Raises CannotResend."""
    if not outbox.resend(mail=mail, now=now):
        raise CannotResend("Only a mail that was refused, or whose outcome is unknown, can be sent again.")
    mail.refresh_from_db()
    audit.record(by=by, action="mail.resend", target=mail, changes={"to": mail.to_email})
    return mail
