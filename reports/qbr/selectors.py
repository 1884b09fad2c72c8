"""What pages and services read of reviews."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import OutboxEmail, User, UserQuerySet
from agencyam.jobs.models import Job
from agencyam.periods import Period
from agencyam.tenancy.context import current_agency
from clients.book import selectors as book_selectors
from clients.book.models import Client, Contact
from reports.qbr.models import QBR, QBRQuerySet

JOB_KIND = "reports.render_qbr"


@dataclass(frozen=True)
class Progress:
    """How far the making of a review is; `error` empty unless it failed."""

    is_over: bool
    error: str


def list_qbrs(*, user: User, today: date, client: Client | None = None, stage: str = "") -> QBRQuerySet:
    """Reviews of the clients that the member may see, latest first, without their PDFs."""
    visible = book_selectors.visible_clients(user=user, today=today)
    qbrs = QBR.objects.light().filter(client__in=visible.values("pk"))
    qbrs = qbrs.filter(client=client) if client else qbrs
    qbrs = qbrs.filter(stage=stage) if stage else qbrs
    people = ("requested_by", "owner", "approver", "approved_by", "submitted_by")
    return qbrs.select_related("client", *people).order_by("-created_at", "-pk")


def list_owners() -> UserQuerySet:
    """Members who may answer for a review, by name."""
    return User.objects.active().order_by("name", "pk")


def list_people(*, qbr: QBR, today: date) -> dict[str, Any]:
    """Who may come to the meeting: `contacts` of the client and `members` of the agency."""
    contacts = book_selectors.list_contacts(client=qbr.client, today=today)
    return {"contacts": contacts, "members": list_owners()}


def get_qbr(*, user: User, qbr_id: int, today: date) -> QBR:
    """A review that the member may see, without its PDF. Raises QBR.DoesNotExist."""
    return list_qbrs(user=user, today=today).get(pk=qbr_id)


def get_pdf(*, qbr: QBR) -> bytes:
    """The stored PDF. Raises QBR.DoesNotExist while there is none."""
    pdf = QBR.objects.filter(pk=qbr.pk, pdf__isnull=False).values_list("pdf", flat=True).get()
    return bytes(pdf or b"")


def get_snapshot(*, qbr: QBR) -> dict:
    """What was printed, as stored; empty while nothing is."""
    snapshot: dict | None = QBR.objects.filter(pk=qbr.pk).values_list("snapshot", flat=True).get()
    return snapshot or {}


def find_latest_version(*, client: Client, period: Period) -> QBR | None:
    return QBR.objects.light().of_period(period).filter(client=client).order_by("-version").first()


def find_unfinished(*, client: Client, period: Period) -> QBR | None:
    """The review of the period that somebody works on, with its draft."""
    return QBR.objects.of_period(period).unfinished().filter(client=client).select_related("client").first()


def find_job(*, qbr: QBR) -> Job | None:
    """The job that renders the review."""
    jobs = Job.objects.filter(agency_id=current_agency().pk, kind=JOB_KIND, period_key=qbr.job_key)
    return jobs.first()


def get_progress(*, qbr: QBR) -> Progress:
    """Whether the review's PDF will still come by itself, and what went wrong if it does not."""
    if not qbr.is_approved:
        return Progress(is_over=True, error="")
    if qbr.is_over:
        return Progress(is_over=True, error=qbr.error)
    job = find_job(qbr=qbr)
    if job is not None and not job.is_over:
        return Progress(is_over=False, error="")
    error = "The review could not be made, although it was tried several times."
    return Progress(is_over=True, error=error)


def find_mail_job(*, mails: Sequence[OutboxEmail]) -> Job | None:
    """A waiting job among those that send the mails; waking one wakes all."""
    keys = [f"mail:{mail.pk}" for mail in mails]
    jobs = Job.objects.filter(agency_id=current_agency().pk, kind="mail.send", period_key__in=keys)
    return jobs.filter(status=Job.Status.QUEUED).first()


def list_recipients(*, client: Client, today: date) -> list[Contact]:
    """Who gets the review: the client's contacts of today with an address, each address once, by name."""
    contacts = client.contacts.active_on(today).with_email().order_by("name", "pk")
    return list({contact.email.lower(): contact for contact in reversed(contacts)}.values())[::-1]


def list_mail(*, qbr: QBR, key_prefix: str) -> QuerySet[OutboxEmail]:
    """The mails that carry this review, by address."""
    mails = OutboxEmail.objects.filter(key__startswith=key_prefix).defer("text", "html", "attachments")
    return mails.order_by("to_email")
