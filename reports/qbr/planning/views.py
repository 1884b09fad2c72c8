"""When the next reviews come, and what is different for one client."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from clients.book.models import Client
from clients.book.permissions import client_or_404
from reports.qbr.planning import services as plan_services
from reports.qbr.planning.forms import PlanForm
from reports.qbr.planning.plans import plan_for
from reports.qbr.planning.upcoming import get_next_draft, list_next_drafts

PER_PAGE = 50


@require(Permission.REVIEW_VIEW)
@require_safe
def plan_list(request: MemberRequest) -> HttpResponse:
    """The next draft of each client that the member may see, the next one first."""
    drafts = list_next_drafts(user=request.user, moment=moment_of(request))
    context = {
        "page": Paginator(drafts, PER_PAGE).get_page(request.GET.get("page")),
        "today": moment_of(request).today,
        "may_change": can(request.user, Permission.REVIEW_SEND),
        "may_template": can(request.user, Permission.REVIEW_APPROVE),
    }
    return render_page(request, "reports/plan_list.html", context, partial="plan-table")


@require(Permission.REVIEW_SEND)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_change(request: MemberRequest, client_id: int) -> HttpResponse:
    """Pause, days, template, language and paper of one client's reviews."""
    moment = moment_of(request)
    client = client_or_404(user=request.user, client_id=client_id, today=moment.today)
    plan, usual = plan_services.find_plan(client=client), plan_for(client).usual
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data, plan=plan, usual=usual)
    if form.is_valid() and _is_saved(form, client, request.user):
        messages.success(request, f"The reviews of {client.name} are made like this from now on.")
        return hx_redirect(request, reverse("reports:plan-list"))
    context = {"client": client, "form": form, "next": get_next_draft(client=client, moment=moment)}
    status = 422 if form.errors else 200
    return render_page(request, "reports/plan_change.html", context, partial="plan-dialog", status=status)


def _is_saved(form: PlanForm, client: Client, by: User) -> bool:
    """Try it; what speaks against it is said in the form."""
    try:
        plan_services.save_plan(client=client, choices=form.cleaned_data, by=by)
    except (Refused, ValidationError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
    return not form.errors
