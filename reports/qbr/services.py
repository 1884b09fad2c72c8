"""Printing what was approved, and sending what was printed."""

import hashlib
from datetime import date, datetime

from django.db import transaction

from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs.runner import hold_fence
from agencyam.periods import Period
from clients.book.models import Client
from reports.pdf import RenderedPDF
from reports.qbr import selectors
from reports.qbr.document import from_json
from reports.qbr.models import QBR
from reports.qbr.printing.html import render_document
from reports.qbr.stages import services as stages
from reports.qbr.writing.drafting import image_assets, write_review


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
    document = from_json(qbr.snapshot)
    images = image_assets(client_id=qbr.client_id, document=document)
    return render_document(document, logo=logo, identifier=f"qbr:{qbr.pk}", images=images)


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
    document = write_review(qbr=qbr, now=now, settings=settings).document
    logo = bytes(settings.logo) if settings.logo else None
    images = image_assets(client_id=client.pk, document=document)
    name = f"draft:{client.book_id}:{period.start}..{period.end}"
    return render_document(document, logo=logo, identifier=name, images=images)


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
