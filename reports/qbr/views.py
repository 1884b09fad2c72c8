from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from clients.book.permissions import client_or_404
from reports.qbr import mail, selectors
from reports.qbr.delivery.panel import delivery_context
from reports.qbr.document import from_json
from reports.qbr.forms import PeriodForm
from reports.qbr.models import QBR
from reports.qbr.permissions import qbr_or_404
from reports.qbr.stages import services as stages
from reports.qbr.stages.page import get_page

PER_PAGE = 50


@require(Permission.REVIEW_VIEW)
@require_safe
def qbr_list(request: MemberRequest) -> HttpResponse:
    """Reviews of the clients that the member may see, of one stage or of all, latest first."""
    stage = request.GET.get("stage", "")
    stage = stage if stage in QBR.Stage.values else ""
    qbrs = selectors.list_qbrs(user=request.user, today=moment_of(request).today, stage=stage)
    context = {
        "page": Paginator(qbrs, PER_PAGE).get_page(request.GET.get("page")),
        "stages": [("", "All"), *QBR.Stage.choices],
        "stage": stage,
        "may_send": can(request.user, Permission.REVIEW_SEND),
        "may_approve": can(request.user, Permission.REVIEW_APPROVE),
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
    """One review: where it stands, what is next, what it says, who gets it, and who did what."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    page = get_page(qbr=qbr, user=request.user, today=moment.today)
    context = {"qbr": qbr, "page": page, "overview": page.overview}
    context |= delivery_context(qbr=qbr, user=request.user, now=moment.now)
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
