"""The verbs of a review's life: asked for, rendered, sent."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from accounts.models import OutboxEmail, User
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import outbox
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from agencyam.jobs.runner import hold_fence
from agencyam.periods import Period
from clients.book.models import Client
from reports.pdf import RenderedPDF
from reports.qbr import mail, selectors
from reports.qbr.build import build_document
from reports.qbr.document import QBRDocument, from_json, to_json
from reports.qbr.html import render_document
from reports.qbr.models import QBR


class CannotRequestQBR(Refused):
    """There is nothing to review in this period yet."""


class CannotSendQBR(Refused):
    """The review is not ready, or nobody can receive it."""


@transaction.atomic
def request_qbr(
    *, client: Client, period: Period, by: User | None, today: date, is_afresh: bool = False
) -> QBR:
    """The latest review of the period, waiting or ready; a new version if there is none or if asked afresh.

    Raises CannotRequestQBR for a period that has not begun.
    """
    if period.start > today:
        raise CannotRequestQBR(f"{period.label} has not begun yet. Choose a period with something to review.")
    Client.objects.select_for_update().get(pk=client.pk)
    latest = selectors.find_latest_version(client=client, period=period)
    if latest and not is_afresh and _is_usable(latest):
        return latest
    qbr = QBR(
        client=client,
        period_start=period.start,
        period_end=period.end,
        as_of=today,
        version=latest.version + 1 if latest else 1,
        requested_by=by,
    )
    qbr.full_clean()
    qbr.save()
    job_services.enqueue(kind=selectors.JOB_KIND, period_key=qbr.job_key, payload={"qbr_id": qbr.pk})
    changes = {"client": client.name, "period": str(period.label), "version": qbr.version}
    audit.record(by=by, action="qbr.request", target=qbr, changes=changes)
    return qbr


def _is_usable(qbr: QBR) -> bool:
    """Ready, or still on its way: its job has not given up."""
    if qbr.is_over:
        return qbr.is_ready
    job = selectors.find_job(qbr=qbr)
    return job is not None and (not job.is_over or job.status == Job.Status.DONE)


def render_qbr(*, qbr_id: int, now: datetime) -> QBR:
    """Read the numbers, print the document, store both. Done once: a second call changes nothing.

    Raises CannotRenderPDF, after the review says so itself.
    """
    document = _begin(qbr_id=qbr_id, now=now)
    if document is None:
        return QBR.objects.light().get(pk=qbr_id)
    logo = get_settings().logo
    try:
        rendered = render_document(document, logo=bytes(logo) if logo else None, identifier=f"qbr:{qbr_id}")
    except Refused as error:
        _fail(qbr_id=qbr_id, why=str(error))
        raise
    return _store(qbr_id=qbr_id, rendered=rendered, now=now)


@transaction.atomic
def _begin(*, qbr_id: int, now: datetime) -> QBRDocument | None:
    """Freeze the content, unless an earlier attempt has; None if the review is over."""
    hold_fence()
    qbr = QBR.objects.select_for_update(of=("self",)).select_related("client").get(pk=qbr_id)
    if qbr.is_over:
        return None
    if qbr.snapshot is None:
        document = build_document(
            client=qbr.client, period=qbr.period, as_of=qbr.as_of, now=now, settings=get_settings()
        )
        qbr.snapshot = to_json(document)
    qbr.status = QBR.Status.RENDERING
    qbr.save(update_fields=["snapshot", "status"])
    return from_json(qbr.snapshot)


@transaction.atomic
def _store(*, qbr_id: int, rendered: RenderedPDF, now: datetime) -> QBR:
    hold_fence()
    qbr = QBR.objects.select_for_update().get(pk=qbr_id)
    if qbr.is_over:
        return qbr
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
def _fail(*, qbr_id: int, why: str) -> None:
    hold_fence()
    waiting = QBR.objects.filter(pk=qbr_id).exclude(status__in=[QBR.Status.READY, QBR.Status.FAILED])
    waiting.update(status=QBR.Status.FAILED, error=why)


@transaction.atomic
def send_qbr(*, qbr: QBR, by: User | None, today: date, now: datetime) -> list[OutboxEmail]:
    """Mail the PDF to each contact of the client who has an address. Nobody gets the same version twice.

    Raises CannotSendQBR.
    """
    qbr = QBR.objects.select_for_update(of=("self",)).select_related("client").get(pk=qbr.pk)
    recipients = selectors.list_recipients(client=qbr.client, today=today)
    if not qbr.is_ready:
        raise CannotSendQBR("The review is not ready, so it cannot be sent.")
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
        qbr.sent_at = qbr.sent_at or now
        qbr.save(update_fields=["sent_at"])
        changes = {"version": qbr.version, "to": [message.to_email for message in fresh]}
        audit.record(by=by, action="qbr.send", target=qbr, changes=changes)
    return posted
