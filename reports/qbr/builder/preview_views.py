"""The draft as a PDF to look at: asked for, waited for, opened."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import render_page
from agencyam.jobs import services as job_services
from reports.qbr.builder import proofs
from reports.qbr.builder.models import QBRPreview
from reports.qbr.permissions import qbr_or_404


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def preview_print(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Ask for the pages on POST; then their progress until they are there."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    if request.method == "POST":
        try:
            asked = proofs.ask_for_preview(qbr=qbr, by=request.user, now=moment.now)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("reports:qbr-detail", qbr_id=qbr.pk)
        job = proofs.find_preview_job(preview=asked)
        if job is not None:
            job_services.hint_on_commit(job)
        return redirect("reports:preview-print", qbr_id=qbr.pk)
    preview = proofs.find_preview(qbr=qbr)
    problem = proofs.problem_of(preview) if preview else ""
    context = {"qbr": qbr, "preview": preview, "problem": problem}
    return render_page(request, "reports/preview_print.html", context, partial="preview-state")


@require(Permission.REVIEW_SEND)
@require_safe
def preview_pdf(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """The pages, to be looked at in the browser."""
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment_of(request).today)
    try:
        content = proofs.get_preview_pdf(qbr=qbr)
    except QBRPreview.DoesNotExist:
        raise Http404("There are no pages yet.") from None
    headers = {"Content-Disposition": f'inline; filename="draft-{qbr.pk}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
