from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts import selectors as account_selectors
from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from accounts.services import teams
from agencyam.htmx import render_page
from clients.staff.forms import TeamForm
from clients.staff.page import list_team_views


@require(Permission.MEMBER_VIEW)
@require_safe
def team_list(request: MemberRequest) -> HttpResponse:
    """Every team with its members."""
    context = {
        "views": list_team_views(today=moment_of(request).today),
        "may_change": can(request.user, Permission.MEMBER_CHANGE),
    }
    return render_page(request, "clients/team_list.html", context)


@require(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def team_create(request: MemberRequest) -> HttpResponse:
    """Add a team."""
    form = TeamForm(request.POST or None)
    if form.is_valid():
        try:
            teams.create_team(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name", error.messages)
        else:
            return _done(request, f"The team {form.cleaned_data['name']} is there.")
    return _asked(request, {"form": form, "team": None})


@require(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def team_rename(request: MemberRequest, team_id: int) -> HttpResponse:
    """Give a team another name."""
    team = account_selectors.find_team(team_id)
    if team is None:
        raise Http404("There is no such team.")
    form = TeamForm(request.POST or None, initial={"name": team.name})
    if form.is_valid():
        try:
            teams.rename_team(by=request.user, team=team, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name", error.messages)
        else:
            return _done(request, f"The team is called {team.name} now.")
    return _asked(request, {"form": form, "team": team})


def _asked(request: MemberRequest, context: dict[str, object]) -> HttpResponse:
    form = context["form"]
    status = 422 if isinstance(form, TeamForm) and form.errors else 200
    return render_page(request, "clients/team_form.html", context, partial="team-dialog", status=status)


def _done(request: MemberRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return HttpResponseClientRefresh() if request.htmx else redirect("clients:team-list")
