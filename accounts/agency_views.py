"""The agency's own page: what it is called and looks like, and how it works."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import AgencyForm
from accounts.moment import moment_of
from accounts.permissions import MemberRequest, require
from accounts.roles import Permission
from accounts.selectors import find_last_settings_change
from accounts.services import settings as settings_services
from agencyam.exceptions import Refused
from agencyam.htmx import render_page


@require(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def agency_settings(request: MemberRequest) -> HttpResponse:
    """Name and look, time and money, and who sees what."""
    form = AgencyForm(request.POST or None, request.FILES or None, settings=moment_of(request).settings)
    if form.is_valid() and _is_saved(form, request):
        messages.success(request, "The agency's settings are saved.")
        return redirect("accounts:agency-settings")
    context = {"form": form, "last": find_last_settings_change()}
    status = 422 if form.errors else 200
    return render_page(request, "accounts/agency_settings.html", context, status=status)


@require(Permission.OWN_SETTINGS_CHANGE)
@require_safe
def agency_logo(request: MemberRequest) -> HttpResponse:
    """The agency's logo as it was drawn anew when it was uploaded."""
    logo = moment_of(request).settings.logo
    if not logo:
        raise Http404("The agency has no logo.")
    return HttpResponse(bytes(logo), content_type="image/png")


def _is_saved(form: AgencyForm, request: MemberRequest) -> bool:
    """Try it; what speaks against it is said in the form."""
    try:
        settings_services.update_settings(by=request.user, **form.cleaned_data)
    except Refused as error:
        form.add_error(None, str(error))
    except ValidationError as error:
        form.add_error(None, error)
    return not form.errors
