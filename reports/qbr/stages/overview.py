"""What the page of one review shows around the PDF."""

from dataclasses import dataclass
from datetime import date

from accounts.models import OutboxEmail
from clients.book.models import Contact
from reports.qbr import mail, selectors
from reports.qbr.document import QBRDocument, from_json
from reports.qbr.models import QBR


@dataclass(frozen=True)
class Overview:
    """`document` None while nothing is read; `problem` says why no PDF will come by itself."""

    document: QBRDocument | None
    recipients: list[Contact]
    mails: list[OutboxEmail]
    problem: str
    is_over: bool

    @property
    def unsent(self) -> list[Contact]:
        """Recipients to whom this version has not been posted."""
        had = {message.to_email.lower() for message in self.mails}
        return [contact for contact in self.recipients if contact.email.lower() not in had]


def get_overview(*, qbr: QBR, today: date) -> Overview:
    snapshot = selectors.get_snapshot(qbr=qbr)
    progress = selectors.get_progress(qbr=qbr)
    return Overview(
        document=from_json(snapshot) if snapshot else None,
        recipients=selectors.list_recipients(client=qbr.client, today=today),
        mails=list(selectors.list_mail(qbr=qbr, key_prefix=mail.key_prefix(qbr))),
        problem=progress.error,
        is_over=progress.is_over,
    )
