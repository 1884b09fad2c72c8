from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from agencyam.jobs import services as job_services
from reports.qbr.forms import BatchForm
from reports.qbr.models import QBRBatch
from reports.qbr.planning import batches
from reports.qbr.stages.views import posted


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def batch_create(request: MemberRequest) -> HttpResponse:
    """Choose the period and whose clients; each gets a draft by a job of its own."""
    moment = moment_of(request)
    first_month = moment.settings.fiscal_year_start_month
    form = BatchForm(posted(request), today=moment.today, fiscal_year_start_month=first_month)
    if form.is_valid():
        whose, period = form.cleaned_data["whose"], form.cleaned_data["chosen"]
        clients = batches.list_clients(user=request.user, today=moment.today, whose=whose)
        try:
            batch = batches.start_batch(period=period, clients=clients, by=request.user, today=moment.today)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            job = batches.find_batch_job(batch=batch)
            if job is not None:
                job_services.hint_on_commit(job)
            return hx_redirect(request, reverse("reports:batch-detail", args=[batch.pk]))
    status = 422 if form.errors else 200
    return render_page(
        request, "reports/batch_create.html", {"form": form}, partial="batch-dialog", status=status
    )


@require(Permission.REVIEW_SEND)
@require_safe
def batch_detail(request: MemberRequest, batch_id: int) -> HttpResponse:
    """How far a batch is; at its end every review, and in words what could not be made."""
    today = moment_of(request).today
    try:
        progress = batches.get_batch(user=request.user, batch_id=batch_id, today=today)
    except QBRBatch.DoesNotExist:
        raise Http404("There is no such batch.") from None
    return render_page(request, "reports/batch_detail.html", {"progress": progress}, partial="batch-progress")
