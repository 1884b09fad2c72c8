from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import render_page
from agencyam.jobs import services as job_services
from kpis.choices import services
from kpis.choices.forms import ChoiceForm
from kpis.choices.models import ChoiceChange
from kpis.choices.page import (
    ChoiceView,
    find_change,
    get_choice_view,
    list_choice_views,
    list_promise_views,
)
from kpis.computations import request_recomputation

AGAIN = "The numbers from that day on are worked out again; it takes a moment."


@require(Permission.KPI_VIEW)
@require_safe
def choice_list(request: MemberRequest) -> HttpResponse:
    """Everything that the agency decides about its numbers, in words."""
    moment = moment_of(request)
    context = {
        "rows": list_choice_views(today=moment.today, settings=moment.settings),
        "promises": list_promise_views(settings=moment.settings),
        "may_change": can(request.user, Permission.SETTINGS_CHANGE),
        "may_weigh": can(request.user, Permission.KPI_CHANGE_TARGETS),
        "settings": moment.settings,
    }
    return render_page(request, "kpis/choice_list.html", context)


@require(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def choice_change(request: MemberRequest, name: str) -> HttpResponse:
    """Decide one choice anew, from a day on."""
    moment, row = moment_of(request), _view_or_404(request, name)
    form = ChoiceForm(request.POST or None, choice=row.choice, value=row.value, today=moment.today)
    change = _try(form, request, row) if form.is_valid() else None
    if change is not None:
        job_services.hint_on_commit(request_recomputation(since=change.from_on, cause=f"choice:{change.pk}"))
        messages.success(request, f"{row.choice.label}: changed. {AGAIN}")
        if request.htmx:
            return HttpResponseClientRefresh()
        return redirect(f"{reverse('choices:choice-list')}#{name}")
    status = 422 if form.errors else 200
    context = {"row": row, "form": form}
    return render_page(request, "kpis/choice_change.html", context, partial="choice-dialog", status=status)


@require(Permission.SETTINGS_CHANGE)
@require_POST
def choice_withdraw(request: MemberRequest, name: str, version: int) -> HttpResponse:
    """Take back a change before its first day."""
    change = find_change(name=name, version=version)
    if change is None:
        raise Http404("There is no such change.")
    try:
        services.withdraw_change(by=request.user, change=change, today=moment_of(request).today)
        messages.success(request, "The planned change is taken back.")
    except Refused as error:
        messages.warning(request, str(error))
    return redirect(f"{reverse('choices:choice-list')}#{name}")


def _try(form: ChoiceForm, request: MemberRequest, row: ChoiceView) -> ChoiceChange | None:
    """Change it; what speaks against it is said in the form."""
    moment = moment_of(request)
    try:
        return services.change_choice(
            by=request.user, name=row.choice.name, today=moment.today, now=moment.now, **form.cleaned_data
        )
    except services.NothingChanges as error:
        form.add_error("value", str(error))
    except Refused as error:
        form.add_error("from_on", str(error))
    except ValidationError as error:
        form.add_error("value", error.messages)
    return None


def _view_or_404(request: MemberRequest, name: str) -> ChoiceView:
    moment = moment_of(request)
    try:
        return get_choice_view(name=name, today=moment.today, settings=moment.settings)
    except KeyError:
        raise Http404("There is no such choice.") from None
