"""Who may open a view. Deny by default: every view but sign-in carries `require(...)`."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from accounts.models import User
from accounts.roles import ROLES, Permission, Role, permissions_of
from agencyam.http import AgencyRequest

View = Callable[..., HttpResponse]


class MemberRequest(AgencyRequest):
    """What a view behind `require` gets: a member is signed in, and django-htmx has been here."""

    user: User  # type: ignore[assignment]


def can(user: Any, permission: Permission) -> bool:
    """Whether the person is a member with access whose role holds the permission."""
    return bool(user.is_authenticated and user.is_active and permission in permissions_of(user.role))


def sees_all_clients(user: User, *, is_portfolio_private: bool) -> bool:
    """Whether the member sees clients that are not their own."""
    return not is_portfolio_private or ROLES[Role(user.role)].sees_all_clients


def require(permission: Permission) -> Callable[[View], View]:
    """Let a view be opened with this permission only.

    Nobody signed in: to the sign-in page (for htmx 401 with `HX-Redirect`). A role too low: 403.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not can(request.user, permission):
                raise PermissionDenied(f"This needs the permission {permission}.")
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_sign_in(request: MemberRequest) -> HttpResponse:
    if not request.htmx:
        return redirect_to_login(request.get_full_path())
    # A fragment's own address is no page to come back to: the page around it is.
    around = urlsplit(request.htmx.current_url_abs_path or "/")
    target = redirect_to_login(around._replace(fragment="").geturl())
    return HttpResponse(status=401, headers={"HX-Redirect": target.url})
