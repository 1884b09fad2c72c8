from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import render_page
from agencyam.jobs import services as job_services
from kpis.computations import request_recomputation
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import Definition
from kpis.models import Target
from kpis.targeting import selectors, services
from kpis.targeting.forms import WHOLE_AGENCY, TargetEndForm, TargetForm
from kpis.targeting.page import get_kpi_targets, get_target_view, list_kpi_targets

AGAIN = "What it judges is worked out again; it takes a moment."


@require(Permission.KPI_VIEW)
@require_safe
def target_list(request: MemberRequest) -> HttpResponse:
    """Every KPI with the usual target, the agency's, and those of single slices."""
    moment = moment_of(request)
    context = {
        "groups": list_kpi_targets(user=request.user, today=moment.today, settings=moment.settings),
        "may_change": can(request.user, Permission.KPI_CHANGE_TARGETS),
    }
    return render_page(request, "kpis/target_list.html", context)


@require(Permission.KPI_VIEW)
@require_safe
def target_detail(request: MemberRequest, kpi: str) -> HttpResponse:
    """The targets of one KPI: what holds, what is planned, what held before, and who set it."""
    moment, definition = moment_of(request), _definition_or_404(kpi)
    context = {
        "page": get_kpi_targets(
            kpi=definition.key, user=request.user, today=moment.today, settings=moment.settings
        ),
        "may_change": can(request.user, Permission.KPI_CHANGE_TARGETS),
    }
    return render_page(request, "kpis/target_detail.html", context)


@require(Permission.KPI_CHANGE_TARGETS)
@require_http_methods(["GET", "HEAD", "POST"])
def target_set(request: MemberRequest) -> HttpResponse:
    """Set the target of ?kpi= for the slice ?by= and ?key=, from a day on."""
    moment, definition = moment_of(request), _definition_or_404(request.GET.get("kpi", ""))
    by, key = request.GET.get("by", "agency"), request.GET.get("key", "")
    form = TargetForm(
        request.POST or None,
        definition=definition,
        slices=selectors.list_slices(definition),
        chosen=f"{by}:{key}" if by in Target.Scope.values and key else WHOLE_AGENCY,
        currency=moment.settings.currency,
        today=moment.today,
    )
    if form.is_valid() and _is_set(form, request, definition):
        return _after(request, definition.key, "The target is set.", form.cleaned_data["starts_on"])
    page = get_kpi_targets(
        kpi=definition.key, user=request.user, today=moment.today, settings=moment.settings
    )
    context, status = {"form": form, "page": page}, 422 if form.errors else 200
    return render_page(request, "kpis/target_set.html", context, partial="target-dialog", status=status)


@require(Permission.KPI_CHANGE_TARGETS)
@require_http_methods(["GET", "HEAD", "POST"])
def target_end(request: MemberRequest, target_id: int) -> HttpResponse:
    """Let a target hold no longer from a day on."""
    moment, target = moment_of(request), selectors.find_target(target_id)
    if target is None or target.kpi not in DEFINITIONS:
        raise Http404("There is no such target.")
    form = TargetEndForm(request.POST or None, initial={"ends_on": moment.today}, auto_id="target-end-%s")
    if form.is_valid():
        try:
            services.end_target(by=request.user, target=target, ends_on=form.cleaned_data["ends_on"])
        except Refused as error:
            form.add_error("ends_on", str(error))
        else:
            return _after(request, target.kpi, "The target is ended.", form.cleaned_data["ends_on"])
    context = {
        "form": form,
        "view": get_target_view(target=target, today=moment.today, settings=moment.settings),
        "definition": DEFINITIONS[target.kpi],
    }
    status = 422 if form.errors else 200
    return render_page(request, "kpis/target_end.html", context, partial="target-end-dialog", status=status)


def _is_set(form: TargetForm, request: MemberRequest, definition: Definition) -> bool:
    """Try it; what speaks against it is said in the form."""
    try:
        services.set_target(kpi=definition.key, by=request.user, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.add_error(None, error.messages)
    return not form.errors


def _after(request: MemberRequest, kpi: str, words: str, since: date) -> HttpResponse:
    """The page that asked, afresh, while what the target judges is worked out again."""
    cause = f"target:{kpi}:{moment_of(request).now.isoformat()}"
    job_services.hint_on_commit(request_recomputation(since=since, cause=cause))
    messages.success(request, f"{words} {AGAIN}")
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect("kpis:target-detail", kpi=kpi)


def _definition_or_404(kpi: str) -> Definition:
    if kpi not in DEFINITIONS:
        raise Http404("There is no such KPI.")
    return DEFINITIONS[kpi]
