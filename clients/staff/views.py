import secrets
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts import selectors as account_selectors
from accounts.addresses import password_key_url
from accounts.models import User
from accounts.moment import moment_of
from accounts.permissions import MemberRequest, can, require
from accounts.roles import Permission
from accounts.services import invitations, members
from agencyam.exceptions import Refused
from agencyam.htmx import hx_redirect, render_page
from agencyam.jobs import services as job_services
from agencyam.jobs.models import Queue
from clients.staff import services
from clients.staff.forms import EndForm, InvitationForm, MemberForm, PlaceForm, initial_of
from clients.staff.page import get_member_page, list_rows


@require(Permission.MEMBER_VIEW)
@require_safe
def member_list(request: MemberRequest) -> HttpResponse:
    """Who works here: role, team, since when, and how many clients they look after."""
    context = {
        "rows": list_rows(today=moment_of(request).today),
        "may_change": can(request.user, Permission.MEMBER_CHANGE),
    }
    return render_page(request, "clients/member_list.html", context)


@require(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request: MemberRequest) -> HttpResponse:
    """Add a member, who gets a mail to choose a password."""
    today = moment_of(request).today
    initial = {"role": "account_manager", "fte": 1, "is_carrying_clients": True, "starts_on": today}
    form = InvitationForm(request.POST or None, initial=initial)
    if form.is_valid() and tried(form, lambda: _invite_new(request, form), "email"):
        messages.success(request, f"{form.cleaned_data['name']} gets a mail to choose a password.")
        return hx_redirect(request, reverse("clients:member-list"))
    status = 422 if form.errors else 200
    return render_page(request, "clients/member_invite.html", {"form": form}, status=status)


@require(Permission.MEMBER_VIEW)
@require_safe
def member_detail(request: MemberRequest, member_id: int) -> HttpResponse:
    """One member: details, access, and the teams they were in."""
    context = {
        "page": get_member_page(member=member_or_404(member_id), today=moment_of(request).today),
        "may_change": can(request.user, Permission.MEMBER_CHANGE),
    }
    return render_page(request, "clients/member_detail.html", context)


@require(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def member_change(request: MemberRequest, member_id: int) -> HttpResponse:
    """A member's role and details."""
    member = member_or_404(member_id)
    form = MemberForm(request.POST or None, initial=initial_of(member))

    def change() -> None:
        services.change_member(by=request.user, member=member, **form.cleaned_data)

    if form.is_valid() and tried(form, change, "role"):
        return done(request, member, f"{form.cleaned_data['name']}: saved.")
    return asked(request, "clients/member_change.html", {"form": form, "member": member}, "member-dialog")


@require(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: MemberRequest, member_id: int) -> HttpResponse:
    """End a member's access."""
    member = member_or_404(member_id)
    form = EndForm(request.POST or None, initial={"ends_on": moment_of(request).today})

    def end() -> None:
        services.end_member(by=request.user, member=member, **form.cleaned_data)

    if form.is_valid() and tried(form, end, "ends_on"):
        return done(request, member, f"{member.name} has no access any more.")
    return asked(request, "clients/member_end.html", {"form": form, "member": member}, "member-end-dialog")


@require(Permission.MEMBER_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def member_place(request: MemberRequest, member_id: int) -> HttpResponse:
    """The member's team, from a day on."""
    member, today = member_or_404(member_id), moment_of(request).today
    place = account_selectors.list_places_on(today).get(member.pk)
    initial = {"team": place.team_id if place else None, "starts_on": today}
    form = PlaceForm(request.POST or None, teams=account_selectors.list_teams(), initial=initial)

    def put() -> None:
        services.place_member(by=request.user, member=member, **form.cleaned_data)

    if form.is_valid() and tried(form, put, "team"):
        return done(request, member, f"{member.name}: the team is changed.")
    return asked(
        request, "clients/member_place.html", {"form": form, "member": member}, "member-place-dialog"
    )


@require(Permission.MEMBER_CHANGE)
@require_POST
def member_return(request: MemberRequest, member_id: int) -> HttpResponse:
    """Give a former member access again."""
    member = services.take_member_back(by=request.user, member=member_or_404(member_id))
    return done(request, member, f"{member.name} has access again.")


@require(Permission.MEMBER_CHANGE)
@require_POST
def member_remind(request: MemberRequest, member_id: int) -> HttpResponse:
    """Send the mail again in which a member chooses a password."""
    member = member_or_404(member_id)
    try:
        _invite(request, member)
        messages.success(request, f"{member.name} gets a mail to choose a password.")
    except Refused as error:
        messages.warning(request, str(error))
    return redirect("clients:member-detail", member_id=member.pk)


@require(Permission.MEMBER_CHANGE)
@require_POST
def member_sign_out(request: MemberRequest, member_id: int) -> HttpResponse:
    """End a member's sessions on all devices."""
    member = members.end_sessions(by=request.user, member=member_or_404(member_id))
    return done(request, member, f"{member.name} is signed out everywhere.")


def member_or_404(member_id: int) -> User:
    member = account_selectors.find_member(member_id)
    if member is None:
        raise Http404("There is no such member.")
    return member


def tried(form: Form, change: Callable[[], object], field: str) -> bool:
    """Try the change; what speaks against it is said in the form."""
    try:
        change()
    except Refused as error:
        form.add_error(field, str(error))
    except ValidationError as error:
        form.add_error(None, error.messages)
    return not form.errors


def asked(request: MemberRequest, template: str, context: dict[str, object], partial: str) -> HttpResponse:
    """The form, in the dialog or on its own page."""
    form = context["form"]
    status = 422 if isinstance(form, Form) and form.errors else 200
    return render_page(request, template, context, partial=partial, status=status)


def done(request: MemberRequest, member: User, words: str) -> HttpResponse:
    """The page that asked, afresh."""
    messages.success(request, words)
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect("clients:member-detail", member_id=member.pk)


@transaction.atomic
def _invite_new(request: MemberRequest, form: InvitationForm) -> None:
    _invite(request, services.add_member(by=request.user, **form.cleaned_data))


def _invite(request: MemberRequest, member: User) -> None:
    url = password_key_url(invitations.password_key(member))
    key = f"invitation:{secrets.token_hex(16)}"
    invitations.invite_member(by=request.user, member=member, key=key, password_url=url)
    job_services.hint_queue_on_commit(Queue.INTERACTIVE)
