"""Printing what was approved, and sending what was printed."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from accounts.models import OutboxEmail, User
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import outbox
from agencyam.jobs.runner import hold_fence
from agencyam.periods import Period
from clients.book.models import Client
from reports.pdf import RenderedPDF
from reports.qbr import mail, selectors, stages
from reports.qbr.document import from_json
from reports.qbr.freezing import write_document
from reports.qbr.html import render_document
from reports.qbr.models import QBR


class CannotSendQBR(Refused):
    """The review is not ready, or nobody can receive it."""


def render_qbr(*, qbr_id: int, now: datetime) -> QBR:
    """Print what was approved and store it. Done once: a second call changes nothing, nor one for a draft.

    Raises CannotRenderPDF, after the review says so itself.
    """
    qbr = _begin(qbr_id=qbr_id)
    if qbr is None:
        return QBR.objects.light().get(pk=qbr_id)
    try:
        rendered = print_snapshot(qbr=qbr)
    except Refused as error:
        _fail(qbr=qbr, why=str(error))
        raise
    return _store(qbr=qbr, rendered=rendered, now=now)


def print_snapshot(*, qbr: QBR) -> RenderedPDF:
    """The PDF of a review's snapshot: the same bytes each time. Raises CannotRenderPDF."""
    logo = bytes(qbr.logo) if qbr.logo else None
    return render_document(from_json(qbr.snapshot), logo=logo, identifier=f"qbr:{qbr.pk}")


def print_draft(*, client: Client, period: Period, today: date, now: datetime) -> RenderedPDF:
    """What a draft of the period says today, with the texts of the one in work; nothing is stored.

    Raises CannotCreateQBR, CannotRenderPDF, DoesNotAddUp.
    """
    stages.refuse_future(period=period, today=today)
    qbr = selectors.find_unfinished(client=client, period=period) or QBR(
        client=client, period_start=period.start, period_end=period.end
    )
    qbr.as_of = today
    settings = get_settings()
    document = write_document(qbr=qbr, now=now, settings=settings)
    logo = bytes(settings.logo) if settings.logo else None
    return render_document(
        document, logo=logo, identifier=f"draft:{client.book_id}:{period.start}..{period.end}"
    )


@transaction.atomic
def _begin(*, qbr_id: int) -> QBR | None:
    """The review whose approved snapshot waits to be printed; None if there is nothing to print."""
    hold_fence()
    qbr = QBR.objects.select_for_update(of=("self",)).select_related("client").get(pk=qbr_id)
    if qbr.is_over or qbr.stage != QBR.Stage.APPROVED:
        return None
    qbr.status = QBR.Status.RENDERING
    qbr.save(update_fields=["status"])
    return qbr


@transaction.atomic
def _store(*, qbr: QBR, rendered: RenderedPDF, now: datetime) -> QBR:
    hold_fence()
    current = QBR.objects.select_for_update().get(pk=qbr.pk)
    # Sent back meanwhile: this PDF is of something that is not approved any more.
    if current.is_over or current.revision != qbr.revision:
        return current
    qbr = current
    qbr.pdf = rendered.content
    qbr.pdf_sha256 = hashlib.sha256(rendered.content).hexdigest()
    qbr.pages = rendered.pages
    qbr.rendered_at = now
    qbr.status = QBR.Status.READY
    qbr.save(update_fields=["pdf", "pdf_sha256", "pages", "rendered_at", "status"])
    audit.record(
        by=None, action="qbr.render", target=qbr, changes={"pages": qbr.pages, "sha256": qbr.pdf_sha256}
    )
    return qbr


@transaction.atomic
def _fail(*, qbr: QBR, why: str) -> None:
    hold_fence()
    waiting = QBR.objects.filter(pk=qbr.pk, revision=qbr.revision).exclude(
        status__in=[QBR.Status.READY, QBR.Status.FAILED]
    )
    waiting.update(status=QBR.Status.FAILED, error=why)


@transaction.atomic
def send_qbr(*, qbr: QBR, by: User | None, today: date, now: datetime) -> list[OutboxEmail]:
    """Mail the PDF to each contact of the client who has an address. Nobody gets the same version twice.

    The first mail locks the review for ever. Raises CannotSendQBR.
    """
    qbr = stages.lock(qbr)
    recipients = selectors.list_recipients(client=qbr.client, today=today)
    if not qbr.is_approved:
        raise CannotSendQBR("The review is not approved, so it cannot be sent.")
    if not qbr.is_ready:
        raise CannotSendQBR("The review is not ready, so it cannot be sent.")
    if qbr.corrections.exists():
        raise CannotSendQBR("This version was corrected. Send the latest one.")
    if not recipients:
        raise CannotSendQBR(f"No contact of {qbr.client.name} has an e-mail address.")
    letter = mail.write_letter(document=from_json(qbr.snapshot), pdf=selectors.get_pdf(qbr=qbr), sender=by)
    had = set(selectors.list_mail(qbr=qbr, key_prefix=mail.key_prefix(qbr)).values_list("key", flat=True))
    posted = [
        outbox.post(
            key=mail.key_of(qbr, contact.email),
            to=contact.email,
            subject=letter.subject,
            text=letter.text_for(contact.name),
            html=letter.html_for(contact.name),
            attachments=[letter.attachment],
            headers=letter.headers,
            is_client_mail=True,
        )
        for contact in recipients
    ]
    fresh = [message for message in posted if message.key not in had]
    if fresh:
        if not qbr.is_locked:
            qbr.stage, qbr.sent_at, qbr.locked_at = QBR.Stage.SENT, now, now
            qbr.save(update_fields=["stage", "sent_at", "locked_at"])
        changes = {"version": qbr.version, "to": [message.to_email for message in fresh]}
        audit.record(by=by, action="qbr.send", target=qbr, changes=changes)
    return posted
