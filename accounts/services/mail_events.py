"""What mail providers report about mails of this agency."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import MailEvent, OutboxEmail
from accounts.services import audit

LONGEST_NOTE = 500


@dataclass(frozen=True)
class Report:
    """One report: which provider, its own id of it, about which mail, what, when, and its words.

    `mail_id`: the outbox's number, where a provider repeats it and names mails by ids of its own.
    """

    provider: str
    event_id: str
    message_id: str
    kind: str
    at: datetime
    note: str = ""
    mail_id: int | None = None


@transaction.atomic
def note_report(report: Report) -> MailEvent | None:
    """Keep a report. None if it is about no mail of ours, of no kind that is kept, or was kept before."""
    if report.kind not in MailEvent.Kind:
        return None
    named = Q(message_id=_bracketed(report.message_id)) | Q(pk=report.mail_id)
    mail = OutboxEmail.objects.filter(named).defer("attachments").first()
    if mail is None:
        return None
    event, is_new = MailEvent.objects.get_or_create(
        provider=report.provider,
        event_key=hashlib.sha256(report.event_id.encode()).hexdigest(),
        defaults={
            "mail": mail,
            "kind": report.kind,
            "at": report.at,
            "note": " ".join(report.note.replace("\x00", "").split())[:LONGEST_NOTE],
        },
    )
    if not is_new:
        return None
    if report.kind != MailEvent.Kind.DELIVERED:
        audit.record(by=None, action=f"mail.{report.kind}", target=mail, changes={"to": mail.to_email})
    return event


def _bracketed(message_id: str) -> str:
    return message_id if message_id.startswith("<") else f"<{message_id}>"
