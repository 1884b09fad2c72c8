"""The way of a review to its client: draft, in review, approved. Sending is in services, the rest in meetings."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.selectors import get_settings
from accounts.services import audit
from agencyam.exceptions import Refused
from agencyam.jobs import services as job_services
from agencyam.periods import Period
from clients.book import selectors as book_selectors
from clients.book.models import Assignment, Client
from reports.qbr import permissions, selectors
from reports.qbr.document import to_json
from reports.qbr.models import QBR
from reports.qbr.planning.plans import first_checklist, plan_for
from reports.qbr.writing.drafting import write_review

Stage = QBR.Stage


class CannotCreateQBR(Refused):
    """There is nothing to review in this period yet."""


class CannotSubmitQBR(Refused):
    """The review is no draft, or its approver may not approve it."""


class CannotApproveQBR(Refused):
    """It is not in review, changed meanwhile, or is not this member's to approve."""


class CannotSendBackQBR(Refused):
    """It is neither in review nor approved, or no reason was given."""


class CannotChangeQBR(Refused):
    """The review is past the stage in which this may change."""


class CannotPrintQBR(Refused):
    """There is nothing approved to print, or nothing went wrong with it."""


@transaction.atomic
def create_draft(*, client: Client, period: Period, by: User | None, today: date) -> QBR:
    """The client's latest review of the period, whatever its stage; a draft if there is none.

    Raises CannotCreateQBR for a period that has not begun.
    """
    refuse_future(period=period, today=today)
    client = Client.objects.select_for_update().get(pk=client.pk)
    latest = selectors.find_latest_version(client=client, period=period)
    if latest:
        return latest
    plan = plan_for(client)
    qbr = QBR(
        client=client,
        period_start=period.start,
        period_end=period.end,
        as_of=today,
        requested_by=by,
        owner=find_manager(client=client, today=today),
        checklist=first_checklist(client=client, period=period, plan=plan),
        paper=plan.paper,
        language=plan.language,
    )
    qbr.full_clean()
    qbr.save(force_insert=True)
    _note(qbr, "create", by, client=client.name, period=str(period.label))
    return qbr


def refuse_future(*, period: Period, today: date) -> None:
    """Raises CannotCreateQBR for a period that has not begun."""
    if period.start > today:
        raise CannotCreateQBR(f"{period.label} has not begun yet. Choose a period with something to review.")


def find_manager(*, client: Client, today: date) -> User | None:
    """The client's primary account manager."""
    team = book_selectors.list_team(client=client, today=today)
    return next((row.member for row in team if row.role == Assignment.Role.PRIMARY), None)


@transaction.atomic
def bring_up_to_date(*, qbr: QBR, by: User | None, today: date) -> QBR:
    """Let a draft know everything until today. Raises CannotChangeQBR."""
    qbr = lock(qbr)
    if qbr.stage != Stage.DRAFT:
        raise CannotChangeQBR(f"The numbers of a review that is {words(qbr)} stay as they are.")
    if qbr.as_of != today:
        before, qbr.as_of = qbr.as_of, today
        qbr.revision += 1
        save(qbr, "as_of", "revision")
        _note(qbr, "update", by, as_of=[before, today])
    return qbr


@transaction.atomic
def choose_people(*, qbr: QBR, owner: User | None, approver: User | None, by: User | None) -> QBR:
    """Say who answers for a review and who is asked to approve it (None: any leader). Raises CannotChangeQBR."""
    qbr = lock(qbr)
    if qbr.is_approved:
        raise CannotChangeQBR(f"The review is {words(qbr)}; who answers for it is settled.")
    if approver is not None and not permissions.can_approve(approver):
        raise CannotChangeQBR(f"{approver.name} may not approve reviews. Choose a leader or an owner.")
    before = {"owner": _name(qbr.owner), "approver": _name(qbr.approver)}
    qbr.owner, qbr.approver = owner, approver
    save(qbr, "owner", "approver")
    after = {"owner": _name(owner), "approver": _name(approver)}
    _note(qbr, "people", by, **audit.changed_fields(before, after))
    return qbr


@transaction.atomic
def submit_for_review(*, qbr: QBR, by: User | None, now: datetime) -> QBR:
    """Ask for the approval of a draft. Raises CannotSubmitQBR."""
    qbr = lock(qbr)
    if qbr.stage != Stage.DRAFT:
        raise CannotSubmitQBR(f"The review is {words(qbr)} already.")
    qbr.stage, qbr.submitted_at, qbr.submitted_by = Stage.IN_REVIEW, now, by
    save(qbr, "stage", "submitted_at", "submitted_by")
    _note(qbr, "submit", by)
    return qbr


@transaction.atomic
def withdraw(*, qbr: QBR, by: User | None) -> QBR:
    """Take a review back from its approver to work on it. Raises CannotSendBackQBR."""
    qbr = lock(qbr)
    if qbr.stage != Stage.IN_REVIEW:
        raise CannotSendBackQBR(f"The review is {words(qbr)}, so it cannot be taken back.")
    _to_draft(qbr, because="")
    _note(qbr, "withdraw", by)
    return qbr


@transaction.atomic
def approve(*, qbr: QBR, by: User, now: datetime, revision: int | None = None) -> QBR:
    """Freeze every number with the version of its definition and ask for the PDF of exactly that.

    `revision`: the one that was looked at; another one is refused.
    Raises CannotApproveQBR; DoesNotAddUp if the numbers disagree with one another.
    """
    qbr = lock(qbr)
    _refuse_approval(qbr, by, revision)
    settings = get_settings()
    written = write_review(qbr=qbr, now=now, settings=settings)
    qbr.snapshot = to_json(written.document)
    qbr.definitions = dict(written.material.versions)
    qbr.logo = bytes(settings.logo) if settings.logo else None
    qbr.stage, qbr.approved_at, qbr.approved_by = Stage.APPROVED, now, by
    qbr.sent_back_because = ""
    qbr.status, qbr.error = QBR.Status.QUEUED, ""
    qbr.revision += 1
    save(
        qbr,
        *("snapshot", "definitions", "logo", "stage", "approved_at", "approved_by", "sent_back_because"),
        *("status", "error", "revision"),
    )
    _enqueue(qbr)
    _note(qbr, "approve", by, version=qbr.version, revision=qbr.revision)
    return qbr


def _refuse_approval(qbr: QBR, by: User, revision: int | None) -> None:
    if qbr.stage != Stage.IN_REVIEW:
        raise CannotApproveQBR(f"The review is {words(qbr)}, so it cannot be approved.")
    if revision is not None and revision != qbr.revision:
        raise CannotApproveQBR("The review was changed since you opened it. Read it again, then approve it.")
    if problem := permissions.find_approval_problem(qbr=qbr, user=by):
        raise CannotApproveQBR(problem)


@transaction.atomic
def send_back(*, qbr: QBR, by: User | None, reason: str) -> QBR:
    """Make it a draft again and say why; an approval that was not sent is taken back with its PDF.

    Raises CannotSendBackQBR.
    """
    qbr = lock(qbr)
    if qbr.stage not in (Stage.IN_REVIEW, Stage.APPROVED):
        raise CannotSendBackQBR(f"The review is {words(qbr)}, so it cannot be sent back.")
    if not reason.strip():
        raise CannotSendBackQBR("Say what has to change.")
    _to_draft(qbr, because=reason.strip())
    _note(qbr, "send_back", by, reason=reason.strip())
    return qbr


def _to_draft(qbr: QBR, *, because: str) -> None:
    qbr.stage, qbr.sent_back_because = Stage.DRAFT, because
    qbr.submitted_at = qbr.submitted_by = qbr.approved_at = qbr.approved_by = None
    qbr.snapshot = qbr.pdf = qbr.logo = qbr.pages = qbr.rendered_at = None
    qbr.pdf_sha256, qbr.error, qbr.definitions, qbr.status = "", "", {}, QBR.Status.QUEUED
    # A job that still prints what was approved finds another revision and stores nothing.
    qbr.revision += 1
    save(
        qbr,
        *("stage", "sent_back_because", "submitted_at", "submitted_by", "approved_at", "approved_by"),
        *("snapshot", "pdf", "logo", "pages", "rendered_at", "pdf_sha256", "error", "definitions", "status"),
        "revision",
    )


@transaction.atomic
def print_again(*, qbr: QBR, by: User | None) -> QBR:
    """Ask once more for the PDF of an approved review that could not be made. Raises CannotPrintQBR."""
    qbr = lock(qbr)
    if qbr.stage != Stage.APPROVED or not selectors.get_progress(qbr=qbr).error:
        raise CannotPrintQBR("There is no PDF of this review that failed.")
    qbr.status, qbr.error = QBR.Status.QUEUED, ""
    qbr.revision += 1
    save(qbr, "status", "error", "revision")
    _enqueue(qbr)
    _note(qbr, "print", by)
    return qbr


def lock(qbr: QBR) -> QBR:
    """The row as it is now, ours until the end of the transaction."""
    return QBR.objects.select_for_update(of=("self",)).select_related("client", "owner").get(pk=qbr.pk)


def save(qbr: QBR, *fields: str) -> None:
    """Checked by the model, but for what is printed, which only the database looks at."""
    qbr.full_clean(exclude=["pdf", "snapshot", "logo"])
    qbr.save(update_fields=fields)


def words(qbr: QBR) -> str:
    """The stage inside a sentence."""
    return str(qbr.get_stage_display()).lower()


def _enqueue(qbr: QBR) -> None:
    job_services.enqueue(kind=selectors.JOB_KIND, period_key=qbr.job_key, payload={"qbr_id": qbr.pk})


def _note(qbr: QBR, verb: str, by: User | None, **changes: Any) -> None:
    audit.record(by=by, action=f"qbr.{verb}", target=qbr, changes=changes)


def _name(member: User | None) -> str:
    return member.name if member else ""
