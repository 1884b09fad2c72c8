from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import render_page
from clients.book import selectors as book_selectors
from clients.book.permissions import client_or_404
from kpis.analysis.csv_file import csv_answer
from kpis.asked import read_address
from kpis.health.back_test import get_back_test
from kpis.health.evidence import list_evidence
from kpis.health.forms import WeightsForm
from kpis.health.panel import get_panel
from kpis.health.preview import list_previews
from kpis.health.risk_export import HEADS, list_csv_rows
from kpis.health.risk_list import RiskList, get_risk_list
from kpis.health.weights import load_weights, set_weights
from kpis.health.word_kept import list_words


@require(Permission.KPI_VIEW)
@require_safe
def client_health(request: MemberRequest, client_id: int) -> HttpResponse:
    """Why a client's health is what it is: contributions, flags, history and the late rows."""
    moment = moment_of(request)
    client = client_or_404(user=request.user, client_id=client_id, today=moment.today)
    panel = get_panel(client=client, user=request.user, moment=moment)
    day = panel.row.day if panel.row else moment.today
    member_id = panel.pulse.answer.member_id if panel.pulse and panel.shows_note else None
    context = {
        "client": client,
        "panel": panel,
        "evidence": list_evidence(client=client, day=day, settings=moment.settings),
        "words": list_words(today=moment.today, zone=moment.settings.time_zone, member_id=member_id or 0),
    }
    return render_page(request, "kpis/client_health.html", context, partial="client-health")


@require(Permission.KPI_VIEW)
@require_safe
def risk(request: MemberRequest) -> HttpResponse:
    """Clients at risk, those first that may cost most."""
    page, manager_id = _risk_list(request)
    moment = moment_of(request)
    context = {
        "asked": read_address(request),
        "page": page,
        "manager_id": manager_id,
        "managers": list(book_selectors.list_managers(today=moment.today)),
        "currency": moment.settings.currency,
        "today": moment.today,
    }
    return render_page(request, "kpis/risk.html", context, partial="risk-table")


@require(Permission.KPI_VIEW)
@require_safe
def risk_csv(request: MemberRequest) -> HttpResponse:
    """The same list as a file."""
    page, _ = _risk_list(request)
    return csv_answer(["clients-at-risk", str(page.as_of or "")], HEADS, list_csv_rows(page))


def _risk_list(request: MemberRequest) -> tuple[RiskList, int | None]:
    moment, text = moment_of(request), request.GET.get("manager", "")
    manager_id = int(text) if text.isdecimal() and len(text) < 10 else None
    page = get_risk_list(
        user=request.user, today=moment.today, currency=moment.settings.currency, manager_id=manager_id
    )
    return page, manager_id


@require(Permission.KPI_VIEW)
@require_safe
def back_test(request: MemberRequest) -> HttpResponse:
    """Whether health and risk foretold who left, on the past of the clients that the member may see."""
    moment = moment_of(request)
    clients = book_selectors.visible_clients(user=request.user, today=moment.today)
    leads = can(request.user, Permission.KPI_CHANGE_TARGETS)
    context = {
        "asked": read_address(request),
        "page": get_back_test(clients=clients, today=moment.today),
        "words": list_words(
            today=moment.today, zone=moment.settings.time_zone, member_id=None if leads else request.user.pk
        ),
        "leads": leads,
    }
    return render_page(request, "kpis/back_test.html", context, partial="back-test")


@require(Permission.KPI_CHANGE_TARGETS)
@require_http_methods(["GET", "HEAD", "POST"])
def health_weights(request: MemberRequest) -> HttpResponse:
    """What each component weighs; a preview shows what it would make of five clients."""
    moment = moment_of(request)
    weights = load_weights().on(moment.today)
    is_preview = "preview" in request.GET
    data = request.POST if request.method == "POST" else request.GET if is_preview else None
    form = WeightsForm(data, weights=weights, today=moment.today)
    chosen = form.chosen() if form.is_bound and form.is_valid() else None
    if request.method == "POST" and chosen:
        try:
            set_weights(
                weights=chosen,
                from_on=form.cleaned_data["from_on"],
                today=moment.today,
                by=request.user,
            )
            messages.success(request, "The weights are set; scores follow when they are next worked out.")
            return redirect("kpis:health-weights")
        except Refused as error:
            form.add_error("from_on", str(error))
    previews = list_previews(weights=chosen or weights, today=moment.today)
    context = {"form": form, "previews": previews, "is_preview": is_preview}
    status = 422 if form.errors else 200
    return render_page(request, "kpis/health_weights.html", context, partial="health-weights", status=status)
