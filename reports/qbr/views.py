from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Job
from clients.book.permissions import client_or_404
from reports.qbr import mail, selectors, services, stages
from reports.qbr.document import from_json
from reports.qbr.forms import PeriodForm
from reports.qbr.overview import get_overview
from reports.qbr.permissions import qbr_or_404

PER_PAGE = 50


@require(Permission.REVIEW_VIEW)
@require_safe
def qbr_list(request: MemberRequest) -> HttpResponse:
    """All reviews of the clients that the member may see, latest first."""
    qbrs = selectors.list_qbrs(user=request.user, today=moment_of(request).today)
    context = {
        "page": Paginator(qbrs, PER_PAGE).get_page(request.GET.get("page")),
        "may_send": can(request.user, Permission.REVIEW_SEND),
    }
    return render_page(request, "reports/qbr_list.html", context, partial="qbr-table")


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_create(request: MemberRequest, client_id: int) -> HttpResponse:
    """Choose the period and ask for the review; one that exists already is shown instead of made again."""
    moment = moment_of(request)
    client = client_or_404(user=request.user, client_id=client_id, today=moment.today)
    first_month = moment.settings.fiscal_year_start_month
    form = PeriodForm(request.POST or None, today=moment.today, fiscal_year_start_month=first_month)
    if form.is_valid():
        try:
            qbr = stages.create_draft(
                client=client, period=form.cleaned_data["chosen"], by=request.user, today=moment.today
            )
        except Refused as error:
            form.add_error("period", str(error))
        else:
            return hx_redirect(request, reverse("reports:qbr-detail", args=[qbr.pk]))
    context = {"client": client, "form": form}
    status = 422 if form.errors else 200
    return render_page(request, "reports/qbr_create.html", context, partial="qbr-dialog", status=status)


@require(Permission.REVIEW_VIEW)
@require_safe
def qbr_detail(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """One review: its progress until it is there, then what it says, who gets it and who got it."""
    today = moment_of(request).today
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=today)
    context = {
        "qbr": qbr,
        "overview": get_overview(qbr=qbr, today=today),
        "may_send": can(request.user, Permission.REVIEW_SEND),
    }
    return render_page(request, "reports/qbr_detail.html", context, partial="qbr-status")


@require(Permission.REVIEW_VIEW)
@require_safe
def qbr_download(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """The PDF under a name that every system takes."""
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    if not qbr.is_ready:
        raise Http404("The review has no PDF yet.")
    name = mail.file_name(from_json(selectors.get_snapshot(qbr=qbr)))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(selectors.get_pdf(qbr=qbr), content_type="application/pdf", headers=headers)


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_send(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Show who will get the review; on POST mail it to them."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    error = ""
    if request.method == "POST":
        try:
            mails = services.send_qbr(qbr=qbr, by=request.user, today=moment.today, now=moment.now)
        except Refused as refusal:
            error = str(refusal)
        else:
            _hint(selectors.find_mail_job(mails=mails))
            messages.success(request, f"The review is on its way to {_people(len(mails))}.")
            return hx_redirect(request, reverse("reports:qbr-detail", args=[qbr.pk]))
    context = {"qbr": qbr, "overview": get_overview(qbr=qbr, today=moment.today), "error": error}
    status = 422 if error else 200
    return render_page(request, "reports/qbr_send.html", context, partial="qbr-dialog", status=status)


def _hint(job: Job | None) -> None:
    if job is not None:
        job_services.hint_on_commit(job)


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"
