from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, is_fragment, render_page
from reports.qbr.permissions import qbr_or_404
from reports.qbr.stages import queue
from reports.qbr.stages import services as stages
from reports.qbr.stages.queue_forms import DecisionForm
from reports.qbr.stages.views import posted, wake


@require(Permission.REVIEW_APPROVE)
@require_http_methods(["GET", "HEAD", "POST"])
def qbr_queue(request: MemberRequest) -> HttpResponse:
    """What waits for approval, the oldest first; each is approved or sent back in place."""
    moment = moment_of(request)
    form, problem = DecisionForm(posted(request)), ""
    if form.is_valid():
        asked = form.cleaned_data
        qbr = qbr_or_404(user=request.user, qbr_id=asked["qbr_id"], today=moment.today)
        try:
            if asked["decision"] == "approve":
                revision = asked["revision"]
                wake(stages.approve(qbr=qbr, by=request.user, now=moment.now, revision=revision))
            else:
                stages.send_back(qbr=qbr, by=request.user, reason=asked["reason"])
        except Refused as error:
            problem = str(error)
        else:
            if not is_fragment(request):
                return hx_redirect(request, reverse("reports:qbr-queue"))
    problem = problem or ("What was asked cannot be read. Load the page again." if form.errors else "")
    rows = queue.list_queue(user=request.user, today=moment.today)
    context = {"rows": rows, "problem": problem, "problem_of": request.POST.get("qbr_id", "")}
    status = 422 if problem else 200
    return render_page(request, "reports/qbr_queue.html", context, partial="qbr-queue", status=status)
