"""A draft printed to look at: asked for on the page, made by a job, never sent."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from agencyam.jobs.runner import hold_fence
from agencyam.tenancy.context import current_agency
from reports.pdf import RenderedPDF
from reports.qbr.builder.models import QBRPreview
from reports.qbr.models import QBR
from reports.qbr.printing.html import render_document
from reports.qbr.stages.services import CannotChangeQBR, lock
from reports.qbr.writing.drafting import image_assets, write_review

JOB_KIND = "reports.preview_qbr"


@transaction.atomic
def ask_for_preview(*, qbr: QBR, by: User, now: datetime) -> QBRPreview:
    """Ask for the PDF of the review as its draft stands. Raises CannotChangeQBR for an approved one, which has its own."""
    qbr = lock(qbr)
    if qbr.is_approved:
        raise CannotChangeQBR("The review is approved: its own PDF is on its page.")
    preview = QBRPreview.objects.filter(qbr=qbr).first() or QBRPreview(qbr=qbr, attempt=0)
    preview.attempt += 1
    preview.revision, preview.asked_at = qbr.revision, now
    preview.pdf = preview.pages = None
    preview.error = ""
    preview.save()
    payload = {"preview_id": preview.pk, "attempt": preview.attempt}
    job_services.enqueue(kind=JOB_KIND, period_key=preview.job_key, payload=payload)
    audit.record(by=by, action="qbr.preview", target=qbr)
    return preview


def render_preview(*, preview_id: int, attempt: int, now: datetime) -> None:
    """Print it and store it, unless it was asked for anew meanwhile. Raises CannotRenderPDF, after it says so."""
    previews = QBRPreview.objects.select_related("qbr__client").filter(pk=preview_id, attempt=attempt)
    preview = previews.first()
    if preview is None or preview.is_over:
        return
    try:
        rendered = _print(preview.qbr, now=now)
    except Refused as error:
        _store(preview, error=str(error))
        raise
    _store(preview, rendered=rendered)


def _print(qbr: QBR, *, now: datetime) -> RenderedPDF:
    settings = get_settings()
    document = write_review(qbr=qbr, now=now, settings=settings).document
    logo = bytes(settings.logo) if settings.logo else None
    images = image_assets(client_id=qbr.client_id, document=document)
    return render_document(document, logo=logo, identifier=f"preview:{qbr.pk}", images=images)


@transaction.atomic
def _store(preview: QBRPreview, *, rendered: RenderedPDF | None = None, error: str = "") -> None:
    hold_fence()
    waiting = QBRPreview.objects.filter(pk=preview.pk, attempt=preview.attempt, pages__isnull=True, error="")
    if rendered is not None:
        revision = preview.qbr.revision
        waiting.update(pdf=rendered.content, pages=rendered.pages, revision=revision)
    else:
        waiting.update(error=error)


def find_preview(*, qbr: QBR) -> QBRPreview | None:
    """The latest one, without its PDF."""
    return QBRPreview.objects.defer("pdf").filter(qbr=qbr).first()


def get_preview_pdf(*, qbr: QBR) -> bytes:
    """The stored PDF. Raises QBRPreview.DoesNotExist while there is none."""
    return bytes(QBRPreview.objects.filter(qbr=qbr, pages__isnull=False).get().pdf or b"")


def find_preview_job(*, preview: QBRPreview) -> Job | None:
    """The job that prints it."""
    jobs = Job.objects.filter(agency_id=current_agency().pk, kind=JOB_KIND, period_key=preview.job_key)
    return jobs.first()


def problem_of(preview: QBRPreview) -> str:
    """Why it will not come by itself any more; empty if it is there or on its way."""
    if preview.is_over:
        return preview.error
    job = find_preview_job(preview=preview)
    if job is not None and not job.is_over:
        return ""
    return "The pages could not be printed, although it was tried several times."
