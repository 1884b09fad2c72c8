"""The steps of a review, each a form or one button on its page."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.moment import Moment, moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from agencyam.jobs import services as job_services
from reports.qbr import selectors
from reports.qbr.models import QBR
from reports.qbr.permissions import list_approvers, qbr_or_404
from reports.qbr.stages import meetings
from reports.qbr.stages import services as stages
from reports.qbr.stages.forms import (
    ChecklistForm,
    CorrectionForm,
    HoldForm,
    MeetingForm,
    PeopleForm,
    ReasonForm,
)
from reports.qbr.stages.page import get_page

Act = Callable[[], QBR]
_BUTTONS: dict[str, tuple[Callable[[MemberRequest, QBR, Moment], QBR], str]] = {
    "submit": (
        lambda request, qbr, moment: stages.submit_for_review(qbr=qbr, by=request.user, now=moment.now),
        "The review waits for its approval.",
    ),
    "withdraw": (
        lambda request, qbr, moment: stages.withdraw(qbr=qbr, by=request.user),
        "The review is a draft again.",
    ),
    "update": (
        lambda request, qbr, moment: stages.bring_up_to_date(qbr=qbr, by=request.user, today=moment.today),
        "The numbers know everything until today.",
    ),
    "print": (
        lambda request, qbr, moment: stages.print_again(qbr=qbr, by=request.user),
        "The PDF is being made again.",
    ),
    "close": (lambda request, qbr, moment: meetings.close(qbr=qbr, by=request.user), "The review is closed."),
}


@require(Permission.REVIEW_SEND)
@require_POST
def qbr_step(request: MemberRequest, qbr_id: int, verb: str) -> HttpResponse:
    """A step that asks nothing: submit, withdraw, update, print or close."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    if verb not in _BUTTONS:
        raise Http404("There is no such step.")
    act, said = _BUTTONS[verb]
    return _press(request, qbr, lambda: act(request, qbr, moment), said)


@require(Permission.REVIEW_APPROVE)
@require_POST
def qbr_approve(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Freeze the numbers that were looked at, and print them."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    revision = read_revision(request)
    said = "The review is approved; its PDF is being made."
    return _press(
        request,
        qbr,
        lambda: stages.approve(qbr=qbr, by=request.user, now=moment.now, revision=revision),
        said,
    )


@require(Permission.REVIEW_APPROVE)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_send_back(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Say what has to change; the review is a draft again."""
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    form = ReasonForm(posted(request))
    return _fill(
        request,
        qbr,
        form,
        lambda: stages.send_back(qbr=qbr, by=request.user, reason=form.cleaned_data["reason"]),
        title="Send the review back",
        button="Send back",
    )


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_people(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Choose the owner and the approver."""
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    people = {"members": selectors.list_owners(), "approvers": list_approvers()}
    form = PeopleForm(posted(request), qbr=qbr, **people)
    return _fill(
        request,
        qbr,
        form,
        lambda: stages.choose_people(qbr=qbr, by=request.user, **form.cleaned_data),
        title="Who answers for it",
        button="Save",
    )


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_meeting(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Plan the meeting."""
    today = moment_of(request).today
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=today)
    form = MeetingForm(posted(request), qbr=qbr, **selectors.list_people(qbr=qbr, today=today))
    return _fill(
        request,
        qbr,
        form,
        lambda: meetings.plan_meeting(
            qbr=qbr,
            meeting_at=form.cleaned_data["meeting_at"],
            attendees=form.attendees(),
            by=request.user,
        ),
        title="Plan the meeting",
        button="Save",
    )


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_hold(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Note when the meeting was and who was there."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    form = HoldForm(posted(request), qbr=qbr, **selectors.list_people(qbr=qbr, today=moment.today))
    return _fill(
        request,
        qbr,
        form,
        lambda: meetings.hold(
            qbr=qbr,
            meeting_at=form.cleaned_data["meeting_at"],
            attendees=form.attendees(),
            by=request.user,
            now=moment.now,
        ),
        title="The meeting was held",
        button="Note as held",
    )


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_correct(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Begin the next version of a review that was sent."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    form = CorrectionForm(posted(request))
    return _fill(
        request,
        qbr,
        form,
        lambda: meetings.correct(
            qbr=qbr, what=form.cleaned_data["what"], by=request.user, today=moment.today
        ),
        title="Correct the review",
        button="Begin the next version",
    )


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_checklist(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Write what is to be done before the meeting."""
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    steps = "\n".join(row["text"] for row in qbr.checklist)
    form = ChecklistForm(posted(request), initial={"steps": steps})
    return _fill(
        request,
        qbr,
        form,
        lambda: meetings.write_checklist(qbr=qbr, texts=form.texts(), by=request.user),
        title="Checklist",
        button="Save",
    )


@require(Permission.REVIEW_SEND)
@require_POST
def qbr_tick(request: MemberRequest, qbr_id: int, number: int) -> HttpResponse:
    """Tick or untick one line of the checklist, in place."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    is_done = request.POST.get("is_done") == "1"
    try:
        qbr = meetings.tick(qbr=qbr, number=number, is_done=is_done, by=request.user, now=moment.now)
    except Refused as error:
        return _again(request, qbr, str(error), partial="qbr-checklist")
    if not request.htmx:
        return hx_redirect(request, reverse("reports:qbr-detail", args=[qbr.pk]))
    context = {"page": get_page(qbr=qbr, user=request.user, today=moment.today), "qbr": qbr}
    return render_page(request, "reports/qbr_detail.html", context, partial="qbr-checklist")


def posted(request: MemberRequest) -> QueryDict | None:
    """What a form was sent with; None where it is only shown."""
    return request.POST if request.method == "POST" else None


def read_revision(request: MemberRequest) -> int | None:
    """The revision that the member was shown; None where the form has none."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _press(request: MemberRequest, qbr: QBR, act: Act, said: str) -> HttpResponse:
    """Do it and show the review; where it is refused, say why on the review's page."""
    try:
        done = act()
    except Refused as error:
        return _again(request, qbr, str(error), partial="qbr-status")
    wake(done)
    messages.success(request, said)
    return hx_redirect(request, reverse("reports:qbr-detail", args=[done.pk]))


def _fill(
    request: MemberRequest, qbr: QBR, form: forms.Form, act: Act, *, title: str, button: str
) -> HttpResponse:
    """A form in a dialog or on a page of its own; what is refused stands above its fields."""
    if form.is_valid():
        try:
            done = act()
        except Refused as error:
            form.add_error(None, str(error))
        else:
            wake(done)
            return hx_redirect(request, reverse("reports:qbr-detail", args=[done.pk]))
    context = {"qbr": qbr, "form": form, "title": title, "button": button}
    status = 422 if form.errors else 200
    return render_page(request, "reports/qbr_form.html", context, partial="qbr-dialog", status=status)


def _again(request: MemberRequest, qbr: QBR, problem: str, *, partial: str) -> HttpResponse:
    page = get_page(qbr=qbr, user=request.user, today=moment_of(request).today)
    context = {"qbr": qbr, "page": page, "overview": page.overview, "problem": problem}
    return render_page(request, "reports/qbr_detail.html", context, partial=partial, status=422)


def wake(qbr: QBR) -> None:
    """Let a worker begin with the PDF that an approval asked for."""
    job = selectors.find_job(qbr=qbr) if qbr.is_approved and not qbr.is_over else None
    if job is not None:
        job_services.hint_on_commit(job)
