"""Mailing a review: personally, once to each address, with the PDF and a link of its reader's own."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from accounts.addresses import site_address
from accounts.models import OutboxEmail, User
from accounts.services import audit
from accounts.services import mail as mail_services
from agencyam.exceptions import Refused
from agencyam.jobs import outbox
from clients.book.models import Contact
from reports.qbr import mail
from reports.qbr import selectors as qbr_selectors
from reports.qbr.delivery import links, selectors
from reports.qbr.delivery.models import QBRDelivery, QBRLink
from reports.qbr.delivery.selectors import Recipient
from reports.qbr.document import from_json
from reports.qbr.models import QBR
from reports.qbr.stages import services as stages

CORRECTED = "This version was corrected. Send the latest one."


class CannotSendQBR(Refused):
    """The review is not approved or not ready, or nobody can receive it."""


@transaction.atomic
def send_qbr(
    *,
    qbr: QBR,
    by: User | None,
    today: date,
    now: datetime,
    contact_ids: Collection[int] | None = None,
    message: str = "",
) -> list[OutboxEmail]:
    """Mail an approved review to these contacts, or to all who can get it. No address gets a version twice.

    The first mail locks the review for ever. Returns the new mails; where everybody asked for has theirs, all mails
    of this version. Raises CannotSendQBR.
    """
    qbr = stages.lock(qbr)
    recipients = selectors.list_recipients(qbr=qbr, today=today)
    if problem := find_problem(qbr=qbr, recipients=recipients):
        raise CannotSendQBR(problem)
    fresh = [row.contact for row in recipients if row.may_be_chosen]
    if contact_ids is not None:
        fresh = [contact for contact in fresh if contact.pk in contact_ids]
    if not fresh:
        return list(qbr_selectors.list_mail(qbr=qbr, key_prefix=mail.key_prefix(qbr)))
    posted = _post(qbr, fresh, message, by, now)
    if not qbr.is_locked:
        qbr.stage, qbr.sent_at, qbr.locked_at = QBR.Stage.SENT, now, now
        qbr.save(update_fields=["stage", "sent_at", "locked_at"])
    changes = {"version": qbr.version, "to": [contact.email for contact in fresh]}
    audit.record(by=by, action="qbr.send", target=qbr, changes=changes)
    return posted


@transaction.atomic
def send_again(*, delivery: QBRDelivery, by: User) -> OutboxEmail:
    """Send a second copy of a mail of a review of which nobody knows whether it arrived. Raises CannotSendAgain."""
    mail = mail_services.send_again(by=by, mail=delivery.mail)
    audit.record(by=by, action="qbr.send_again", target=delivery.qbr, changes={"to": mail.to_email})
    return mail


@transaction.atomic
def try_again(*, delivery: QBRDelivery, by: User) -> OutboxEmail:
    """Put a mail of a review that surely never left back into the queue. Raises CannotTryAgain."""
    mail = mail_services.try_again(by=by, mail=delivery.mail)
    audit.record(by=by, action="qbr.try_again", target=delivery.qbr, changes={"to": mail.to_email})
    return mail


def find_objection(mail: OutboxEmail) -> str:
    """Why its reader may get no further copy of a review's mail, in words; empty for any other mail."""
    delivery = QBRDelivery.objects.filter(mail=mail).select_related("contact__qbr_opt_out", "qbr").first()
    if delivery is None:
        return ""
    if delivery.qbr.corrections.exists():
        return CORRECTED
    if hasattr(delivery.contact, "qbr_opt_out"):
        return f"{delivery.contact.name} has unsubscribed from reviews."
    return ""


def find_problem(*, qbr: QBR, recipients: Sequence[Recipient]) -> str:
    """Why this version cannot be sent to anybody, in words; empty if it can, or if all have it."""
    if not qbr.is_approved:
        return "The review is not approved, so it cannot be sent."
    if not qbr.is_ready:
        return "The review is not ready, so it cannot be sent."
    if qbr.corrections.exists():
        return CORRECTED
    if not recipients:
        return f"No contact of {qbr.client.name} has an e-mail address."
    if all(row.has_unsubscribed for row in recipients):
        return f"Everybody at {qbr.client.name} has unsubscribed from reviews."
    return ""


def _post(
    qbr: QBR, contacts: Sequence[Contact], message: str, by: User | None, now: datetime
) -> list[OutboxEmail]:
    letter = mail.write_letter(
        document=from_json(qbr.snapshot), pdf=qbr_selectors.get_pdf(qbr=qbr), sender=by, message=message
    )
    posted = []
    for contact in contacts:
        # Somebody else may read the address that the contact had before.
        links.revoke_links(qbr=qbr, contact=contact, by=by, now=now)
        post = outbox.post(
            key=mail.key_of(qbr, contact.email),
            to=contact.email,
            subject=letter.subject,
            text=letter.text_for(contact.name),
            html=letter.html_for(contact.name),
            attachments=[letter.attachment],
            headers=letter.headers,
            secrets=_secrets(qbr, contact, now),
            is_client_mail=True,
        )
        QBRDelivery.objects.create(qbr=qbr, contact=contact, mail=post)
        posted.append(post)
    return posted


def _secrets(qbr: QBR, contact: Contact, now: datetime) -> dict[str, str]:
    """The addresses that only this contact may know."""

    def address(name: str, purpose: QBRLink.Purpose) -> str:
        token = links.make_link(qbr=qbr, contact=contact, purpose=purpose, now=now)
        return site_address() + reverse(name, args=[token])

    return {
        "review-link": address("review-read", QBRLink.Purpose.REVIEW),
        "unsubscribe-link": address("review-unsubscribe", QBRLink.Purpose.UNSUBSCRIBE),
    }
