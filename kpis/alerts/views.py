"""A member's alerts: the list, what is done about one, and what one wants to hear of."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require, sees_all_clients
from accounts.roles import Permission
from agencyam.exceptions import Refused
from agencyam.htmx import hx_trigger, render_page
from agencyam.way_back import PARAMETER, find_way_back
from kpis.alerts import selectors, services, subscriptions
from kpis.alerts.forms import SnoozeForm, SubscriptionsForm
from kpis.alerts.models import AlertNotice
from kpis.alerts.rules import Rule

PER_PAGE = 50
STATES = (selectors.OPEN, selectors.SNOOZED, selectors.DONE)


@require(Permission.KPI_VIEW)
@require_safe
def alert_list(request: MemberRequest) -> HttpResponse:
    """The member's own alerts: ?state= open, snoozed or done, ?kind= and ?client= narrow them."""
    viewer = _viewer(request)
    state, kind, client = (request.GET.get(name, "") for name in ("state", "kind", "client"))
    state = state if state in STATES else selectors.OPEN
    kind = kind if kind in Rule.values else ""
    client_id = int(client) if client.isdecimal() and len(client) < 10 else None
    notices = selectors.list_notices(viewer=viewer, state=state, rule=kind, client_id=client_id)
    n_open, n_new = selectors.count_open(viewer=viewer)
    context = {
        "page": Paginator(notices, PER_PAGE).get_page(request.GET.get("page")),
        "states": [(selectors.OPEN, f"Open ({n_open})"), ("snoozed", "Snoozed"), ("done", "Done")],
        "state": state,
        "kinds": Rule.choices,
        "kind": kind,
        "clients": selectors.list_clients(viewer=viewer),
        "client_id": client_id,
        "n_new": n_new,
        "today": viewer.today,
        "may_resolve": can(request.user, Permission.TOUCHPOINT_LOG),
    }
    return render_page(request, "kpis/alerts.html", context, partial="alert-rows")


@require(Permission.KPI_VIEW)
@require_POST
def alert_done(request: MemberRequest, alert_id: int) -> HttpResponse:
    """The member has done what there was to do."""
    notice = _notice_or_404(request, alert_id)
    services.finish_notice(by=request.user, notice=notice, now=moment_of(request).now)
    return _after(request, notice, "Done.")


@require(Permission.KPI_VIEW)
@require_POST
def alert_reopen(request: MemberRequest, alert_id: int) -> HttpResponse:
    """Undo: it stands among the open ones again, as far as it still holds."""
    notice = _notice_or_404(request, alert_id)
    services.reopen_notice(by=request.user, notice=notice)
    messages.success(request, "The alert is open again.")
    return redirect(_around(request))


@require(Permission.TOUCHPOINT_LOG)
@require_POST
def alert_resolve(request: MemberRequest, alert_id: int) -> HttpResponse:
    """Close it for everybody who got it."""
    notice = _notice_or_404(request, alert_id)
    try:
        services.resolve_alert(by=request.user, alert=notice.alert, now=moment_of(request).now)
    except Refused as error:
        messages.warning(request, str(error))
        return redirect("alerts:alert-list")
    return _after(request, notice, "Resolved for everybody.")


@require(Permission.KPI_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_snooze(request: MemberRequest, alert_id: int) -> HttpResponse:
    """Put it off until a day."""
    moment, notice = moment_of(request), _notice_or_404(request, alert_id)
    form = SnoozeForm(request.POST if request.method == "POST" else None, today=moment.today)
    if form.is_valid():
        until = form.cleaned_data["until"]
        try:
            services.snooze_notice(by=request.user, notice=notice, until=until, today=moment.today)
        except Refused as error:
            form.add_error("until", str(error))
        else:
            return _after(request, notice, f"It comes back on {until.day} {until:%B %Y}.", has_dialog=True)
    context = {"form": form, "notice": notice, "way_back": find_way_back(request)}
    status = 422 if form.errors else 200
    return render_page(
        request, "kpis/alerts_snooze.html", context, partial="alert-snooze-dialog", status=status
    )


@require(Permission.KPI_VIEW)
@require_POST
def alerts_seen(request: MemberRequest) -> HttpResponse:
    """Nothing of what is there is new any longer."""
    services.mark_seen(member=request.user, now=moment_of(request).now)
    return redirect("alerts:alert-list")


@require(Permission.OWN_SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_settings(request: MemberRequest) -> HttpResponse:
    """What the member wants to hear of, about whom, and how."""
    moment = moment_of(request)
    wishes, morning = subscriptions.list_wishes(member=request.user)
    sees_all = sees_all_clients(request.user, is_portfolio_private=moment.settings.is_portfolio_private)
    data = request.POST if request.method == "POST" else None
    zone = moment.settings.time_zone
    form = SubscriptionsForm(data, wishes=wishes, morning=morning, agency_zone=zone, sees_all=sees_all)
    if form.is_valid():
        subscriptions.save_wishes(
            by=request.user,
            member=request.user,
            wishes=form.wishes(),
            morning=form.morning(),
            settings=moment.settings,
        )
        messages.success(
            request, "Saved. What is open and fits comes at the next look, the rest as it happens."
        )
        return redirect("alerts:alert-settings")
    return render_page(
        request, "kpis/alerts_settings.html", {"form": form}, status=422 if form.errors else 200
    )


def _viewer(request: MemberRequest) -> selectors.Viewer:
    moment = moment_of(request)
    return selectors.Viewer(request.user, moment.today, moment.settings)


def _notice_or_404(request: MemberRequest, alert_id: int) -> AlertNotice:
    notice = selectors.find_notice(viewer=_viewer(request), alert_id=alert_id)
    if notice is None:
        raise Http404("There is no such alert.")
    return notice


def _around(request: MemberRequest) -> str:
    """The page on which the alert was shown: that which its address names, else the list."""
    way_back = find_way_back(request)
    return way_back.url if way_back else reverse("alerts:alert-list")


def _after(
    request: MemberRequest, notice: AlertNotice, words: str, *, has_dialog: bool = False
) -> HttpResponse:
    """In place: the row goes and a word with "Undo" comes. Without script: the page around, with the word."""
    if not request.htmx:
        messages.success(request, f"{words} You find it under Snoozed or Done.")
        return redirect(_around(request))
    undo = reverse("alerts:alert-reopen", args=[notice.alert_id])
    if find_way_back(request):
        undo += f"?{urlencode({PARAMETER: request.GET[PARAMETER]})}"
    events: dict[str, object] = {"toast": {"text": words, "undo": undo}, "alerts_changed": True}
    if has_dialog:
        events["dialog_close"] = True
    return hx_trigger(HttpResponse(status=204 if has_dialog else 200), **events)
