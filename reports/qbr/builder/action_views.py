"""From a review into the client's plan: what both sides do next, and how the goals stand."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.moment import Moment, moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from clients.plans import selectors as plan_selectors
from clients.plans import services as plan_services
from clients.plans.models import Goal
from reports.qbr.builder.forms import ActionForm, GoalForm
from reports.qbr.models import QBR
from reports.qbr.permissions import qbr_or_404


@require(Permission.CLIENT_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def action_add(request: MemberRequest, qbr_id: int) -> HttpResponse:
    """Agree a step: it stands in the client's plan, in a draft, and as a promise in the next review."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    form = ActionForm(request.POST if request.method == "POST" else None, owners=User.objects.active())
    if form.is_valid() and _is_added(form, qbr=qbr, by=request.user, moment=moment):
        messages.success(request, f"“{form.cleaned_data['title']}” is in the plan of {qbr.client.name}.")
        return hx_redirect(request, _after_agreeing(qbr))
    context = {"qbr": qbr, "form": form, "title": "Agree a step", "button": "Add to the plan"}
    status = 422 if form.errors else 200
    return render_page(request, "reports/qbr_form.html", context, partial="qbr-dialog", status=status)


def _after_agreeing(qbr: QBR) -> str:
    """To the draft that prints the step; past the draft, to the review from whose meeting it comes."""
    if not qbr.is_draft:
        return reverse("reports:qbr-detail", args=[qbr.pk])
    return f"{reverse('reports:builder-detail', args=[qbr.pk])}?agreed=1#section-roadmap"


def _is_added(form: ActionForm, *, qbr: QBR, by: User, moment: Moment) -> bool:
    """Try it; what speaks against it is said in the form."""
    try:
        plan_services.add_action(client=qbr.client, by=by, today=moment.today, **form.action())
    except (Refused, ValidationError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
    return not form.errors


@require(Permission.CLIENT_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def goal_judge(request: MemberRequest, qbr_id: int, goal_id: int) -> HttpResponse:
    """Say how a goal stands and why: in the client's plan, and in every review that is still open."""
    moment = moment_of(request)
    qbr = qbr_or_404(user=request.user, qbr_id=qbr_id, today=moment.today)
    try:
        goal = plan_selectors.get_goal(client=qbr.client, goal_id=goal_id)
    except Goal.DoesNotExist:
        raise Http404("There is no such goal.") from None
    form = GoalForm(request.POST if request.method == "POST" else None, goal=goal)
    if form.is_valid() and _is_judged(form, goal=goal, by=request.user, moment=moment):
        builder = reverse("reports:builder-detail", args=[qbr.pk])
        return hx_redirect(request, f"{builder}?judged={goal.pk}#section-goals")
    context = {"qbr": qbr, "form": form, "title": goal.title, "button": "Write it into the plan"}
    status = 422 if form.errors else 200
    return render_page(request, "reports/qbr_form.html", context, partial="qbr-dialog", status=status)


def _is_judged(form: GoalForm, *, goal: Goal, by: User, moment: Moment) -> bool:
    """Try it; what speaks against it is said in the form."""
    try:
        plan_services.judge_goal(goal=goal, by=by, today=moment.today, **form.standing())
    except (Refused, ValidationError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
    return not form.errors
