import re
from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_trigger, is_fragment, render_page
from agencyam.way_back import find_way_back
from clients.book import selectors as book_selectors
from clients.book.models import Client
from clients.book.permissions import client_or_404
from clients.touchpoints import services as touchpoint_services
from clients.touchpoints.forms import TouchpointForm
from clients.workspace import portfolio
from clients.workspace.client_page import get_client_page
from clients.workspace.extensions import list_columns, read_panels
from clients.workspace.forms import SCOPES, PortfolioFilterForm

PER_PAGE = 50
LOGGED = "Touchpoint logged."


@require(Permission.CLIENT_VIEW)
@require_safe
def client_list(request: MemberRequest) -> HttpResponse:
    """The portfolio: every client the member may see, narrowed, sorted and cut into pages by the address."""
    moment = moment_of(request)
    form = PortfolioFilterForm(request.GET, user=request.user, today=moment.today)
    narrow = form.narrow()
    clients = portfolio.list_portfolio(
        user=request.user,
        now=moment.now,
        today=moment.today,
        base_currency=moment.settings.currency,
        narrow=narrow,
        sort=request.GET.get("sort", portfolio.DEFAULT_SORT),
    )
    n, mrr = portfolio.count_portfolio(clients=clients)
    context = {
        "page": Paginator(clients, PER_PAGE).get_page(request.GET.get("page")),
        "form": form,
        "n": n,
        "mrr": mrr,
        "currency": moment.settings.currency,
        "today": moment.today,
        "is_narrowed": narrow != portfolio.PortfolioFilter(),
        "scopes": SCOPES,
        "columns": list_columns(),
    }
    return render_page(request, "clients/client_list.html", context, partial="client-table")


@require(Permission.CLIENT_VIEW)
@require_safe
def client_find(request: MemberRequest) -> HttpResponse:
    """Clients for the palette, by name; without htmx the list narrowed to the same words."""
    words = request.GET.get("q", "").strip()
    if not is_fragment(request):
        return redirect(f"{reverse('clients:client-list')}?{urlencode({'search': words})}")
    found = book_selectors.find_clients(user=request.user, today=moment_of(request).today, words=words)
    return render_page(request, "clients/client_find.html", {"found": found})


@require(Permission.CLIENT_VIEW)
@require_safe
def client_detail(request: MemberRequest, client_id: int) -> HttpResponse:
    """One client: facts on the left, the story in the middle, what comes next on the right."""
    client = client_or_404(user=request.user, client_id=client_id, today=moment_of(request).today)
    return _client_page(request, client)


@require(Permission.TOUCHPOINT_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def touchpoint_log(request: MemberRequest, client_id: int) -> HttpResponse:
    """Log a touchpoint from the client's page; the answer is the story with it on top.

    Without script a form in error stands at this address: a reload or a link of that page comes here by GET.
    """
    moment = moment_of(request)
    client = client_or_404(user=request.user, client_id=client_id, today=moment.today)
    page_url = reverse("clients:client-detail", args=[client.pk])
    if request.method != "POST":
        return redirect(f"{page_url}?{request.GET.urlencode()}")
    form = TouchpointForm(request.POST, client=client, now=moment.now)
    if not (form.is_valid() and _is_logged(form, by=request.user, client=client, now=moment.now)):
        return _client_page(request, client, form=form, status=422)
    if is_fragment(request):
        return hx_trigger(_client_page(request, client), toast={"text": LOGGED})
    messages.success(request, LOGGED)
    return redirect(page_url)


def _is_logged(form: TouchpointForm, *, by: User, client: Client, now: datetime) -> bool:
    """Try it; what speaks against it is said in the form."""
    try:
        touchpoint_services.log_touchpoint(by=by, client=client, now=now, **form.cleaned_data)
    except Refused as error:
        form.add_error("occurred_at", str(error))
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors


def _client_page(
    request: MemberRequest, client: Client, *, form: TouchpointForm | None = None, status: int = 200
) -> HttpResponse:
    moment = moment_of(request)
    page = get_client_page(
        client=client, moment=moment, only=request.GET.get("show", ""), number=_page_number(request)
    )
    may_log = can(request.user, Permission.TOUCHPOINT_LOG)
    context = {
        "client": client,
        "page": page,
        "form": (form or TouchpointForm(client=client, now=moment.now)) if may_log else None,
        "may_cancel_any": can(request.user, Permission.TOUCHPOINT_CANCEL_ANY),
        "may_review": can(request.user, Permission.REVIEW_SEND),
        "way_back": find_way_back(request),
        "panels": read_panels(client=client, user=request.user, moment=moment),
        "today": moment.today,
        "currency": moment.settings.currency,
    }
    return render_page(request, "clients/client_detail.html", context, partial="client-story", status=status)


def _page_number(request: MemberRequest) -> int:
    """The page of the story; the first one if the address names none that can be."""
    text = request.GET.get("page", "")
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,5}", text) else 1
