from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import OwnSettingsForm
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from accounts.sections import list_sections
from accounts.selectors import get_member
from accounts.services import members
from accounts.services import settings as settings_services
from agencyam.htmx import render_page


@require(Permission.OWN_SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: MemberRequest) -> HttpResponse:
    """A member's own page: appearance, shortcuts, password, second factor, sessions."""
    # The form writes its values into its instance, also wrong ones; the page around it shows the stored ones.
    form = OwnSettingsForm(request.POST or None, instance=get_member(member_id=request.user.pk))
    context = {"form": form, "sections": list_sections(request.user)}
    if request.method != "POST":
        return render_page(request, "accounts/own_settings.html", context)
    if not form.is_valid():
        return render_page(
            request, "accounts/own_settings.html", context, partial="own-settings-form", status=422
        )
    settings_services.update_own_settings(by=request.user, **form.cleaned_data)
    messages.success(request, "Your settings are saved.")
    return redirect("accounts:own-settings")


@require(Permission.OWN_SETTINGS_CHANGE)
@require_POST
def sessions_end(request: MemberRequest) -> HttpResponse:
    """Sign the member out everywhere but here."""
    members.end_sessions(by=request.user, member=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, "You are signed out on all other devices.")
    return redirect("accounts:own-settings")
