"""The first page of a member: what waits for them today, and what they do about a step in place."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_trigger, render_page
from clients.book.permissions import client_or_404
from clients.plans import selectors as plan_selectors
from clients.plans import services as plan_services
from clients.plans.models import ActionItem
from clients.workspace.my_day.forms import NewDayForm
from clients.workspace.my_day.selectors import get_my_day
from clients.workspace.my_day.steps import step_url


@require(Permission.CLIENT_VIEW)
@require_safe
def my_day(request: MemberRequest) -> HttpResponse:
    """What is late, what today asks for, what comes, and what is done."""
    context = {
        "day": get_my_day(user=request.user, moment=moment_of(request)),
        "may_see_numbers": can(request.user, Permission.KPI_VIEW),
    }
    return render_page(request, "clients/my_day.html", context, partial="my-day")


@require(Permission.CLIENT_CHANGE)
@require_POST
def step_done(request: MemberRequest, client_id: int, step_id: int) -> HttpResponse:
    """The step was done today."""
    step, moment = _step_or_404(request, client_id, step_id), moment_of(request)
    try:
        plan_services.finish_action(action=step, by=request.user, today=moment.today)
    except Refused as error:
        return _refused(request, error)
    if request.htmx:
        return _row_gone(text="Done.", undo=step_url(step, "reopen"))
    messages.success(request, f"“{step.title}” is done.")
    return redirect("clients:my-day")


@require(Permission.CLIENT_CHANGE)
@require_POST
def step_reopen(request: MemberRequest, client_id: int, step_id: int) -> HttpResponse:
    """Undo: the step is open again."""
    step = _step_or_404(request, client_id, step_id)
    try:
        plan_services.reopen_action(action=step, by=request.user)
    except Refused as error:
        return _refused(request, error)
    messages.success(request, f"“{step.title}” is open again.")
    return redirect("clients:my-day")


@require(Permission.CLIENT_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def step_move(request: MemberRequest, client_id: int, step_id: int) -> HttpResponse:
    """Put a step off until a day."""
    step, moment = _step_or_404(request, client_id, step_id), moment_of(request)
    form = NewDayForm(request.POST if request.method == "POST" else None, today=moment.today)
    if form.is_valid():
        due_on = form.cleaned_data["due_on"]
        try:
            plan_services.move_action(action=step, due_on=due_on, by=request.user, today=moment.today)
        except Refused as error:
            form.add_error("due_on", str(error))
        else:
            words = f"“{step.title}” is due on {due_on.day} {due_on:%B %Y}."
            if request.htmx:
                return hx_trigger(
                    HttpResponse(status=204), dialog_close=True, toast={"text": words}, day_changed=True
                )
            messages.success(request, words)
            return redirect("clients:my-day")
    context, status = {"form": form, "step": step}, 422 if form.errors else 200
    return render_page(request, "clients/step_move.html", context, partial="step-dialog", status=status)


def _step_or_404(request: MemberRequest, client_id: int, step_id: int) -> ActionItem:
    client = client_or_404(user=request.user, client_id=client_id, today=moment_of(request).today)
    step = plan_selectors.find_step(client=client, step_id=step_id)
    if step is None:
        raise Http404("There is no such step.")
    return step


def _row_gone(**toast: str) -> HttpResponse:
    """In place: the row goes, a word comes, and the page counts anew."""
    return hx_trigger(HttpResponse(), toast=toast, day_changed=True)


def _refused(request: MemberRequest, error: Refused) -> HttpResponse:
    """Somebody else was faster."""
    if request.htmx:
        return _row_gone(text=str(error))
    messages.warning(request, str(error))
    return redirect("clients:my-day")
