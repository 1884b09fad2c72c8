from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.moment import moment_of
from accounts.permissions import can, require
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_trigger, is_fragment, render_page
from clients.book.models import Client
from clients.book.permissions import client_or_404
from clients.touchpoints import services as touchpoint_services
from clients.touchpoints.forms import TouchpointForm
from clients.workspace import portfolio
from clients.workspace.client_page import get_client_page
from clients.workspace.forms import PortfolioFilterForm

PER_PAGE = 50


@require(Permission.CLIENT_VIEW)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("clients:client-list")


@require(Permission.CLIENT_VIEW)
@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
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
        "scopes": form.fields["scope"].choices,
    }
    return render_page(request, "clients/client_list.html", context, partial="client-table")


@require(Permission.CLIENT_VIEW)
@require_safe
def client_detail(request: HttpRequest, client_id: int) -> HttpResponse:
    """One client: facts on the left, the story in the middle, what comes next on the right."""
    client = client_or_404(user=request.user, client_id=client_id, today=moment_of(request).today)
    return _client_page(request, client, partial="client-story")


@require(Permission.TOUCHPOINT_LOG)
@require_http_methods(["POST"])
def touchpoint_log(request: HttpRequest, client_id: int) -> HttpResponse:
    """Log a touchpoint from the client's page; the answer is the story with it on top."""
    moment = moment_of(request)
    client = client_or_404(user=request.user, client_id=client_id, today=moment.today)
    form = TouchpointForm(request.POST, client=client, now=moment.now)
    if form.is_valid():
        try:
            touchpoint_services.log_touchpoint(by=request.user, client=client, now=moment.now, **form.cleaned_data)
        except Refused as error:
            form.add_error("occurred_at", str(error))
        except ValidationError as error:
            form.add_error(None, error)
    if form.errors:
        return _client_page(request, client, partial="client-story", form=form, status=422)
    if not is_fragment(request):
        return redirect("clients:client-detail", client_id=client.pk)
    return hx_trigger(_client_page(request, client, partial="client-story"), toast={"text": "Touchpoint logged."})


def _client_page(
    request: HttpRequest, client: Client, *, partial: str, form: TouchpointForm | None = None, status: int = 200
) -> HttpResponse:
    moment = moment_of(request)
    page = get_client_page(
        client=client,
        moment=moment,
        only=request.GET.get("show", ""),
        number=int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1,
    )
    may_log = can(request.user, Permission.TOUCHPOINT_LOG)
    context = {
        "client": client,
        "page": page,
        "form": (form or TouchpointForm(client=client, now=moment.now)) if may_log else None,
        "may_review": can(request.user, Permission.REVIEW_SEND),
        "today": moment.today,
        "currency": moment.settings.currency,
    }
    return render_page(request, "clients/client_detail.html", context, partial=partial, status=status)
