from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.badges import badge_of
from accounts.models import User
from accounts.moment import moment_of
from accounts.permissions import can
from accounts.roles import Permission


@dataclass(frozen=True)
class NavigationItem:
    """A link of the menu. `badge` is a count to show, or an empty string; `is_foot` puts it at the foot."""

    label: str
    url: str
    icon: str
    is_current: bool
    is_foot: bool
    badge: str = ""


@dataclass(frozen=True)
class _Page:
    label: str
    url_name: str
    icon: str
    permission: Permission
    is_foot: bool = False


PAGES = (
    _Page("My day", "clients:my-day", "sun", Permission.CLIENT_VIEW),
    _Page("Clients", "clients:client-list", "building", Permission.CLIENT_VIEW),
    _Page("Alerts", "alerts:alert-list", "bell", Permission.KPI_VIEW),
    _Page("KPIs", "kpis:scorecard", "chart-bar", Permission.KPI_VIEW),
    _Page("Reviews", "reports:qbr-list", "report-analytics", Permission.REVIEW_VIEW),
    _Page("Mail", "accounts:mail-list", "mail", Permission.MAIL_VIEW, is_foot=True),
    _Page("Settings", "accounts:own-settings", "settings", Permission.OWN_SETTINGS_CHANGE, is_foot=True),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The menu's links that the member may open, and the agency's settings; each worked out on first use.

    A template calls what is callable, so `agency_name` and `brand_color` are plain text there.
    """
    settings = SimpleLazyObject(lambda: moment_of(request).settings)
    return {
        "navigation": SimpleLazyObject(lambda: _items(request)),
        "search_url": lambda: (
            reverse("clients:client-find") if can(request.user, Permission.CLIENT_VIEW) else ""
        ),
        "agency_settings": settings,
        "agency_name": lambda: settings.name,
        "brand_color": lambda: settings.brand_color,
    }


def _items(request: HttpRequest) -> list[NavigationItem]:
    user = request.user
    if not isinstance(user, User):
        return []
    return [_item(page, request, user) for page in PAGES if can(user, page.permission)]


def _item(page: _Page, request: HttpRequest, user: User) -> NavigationItem:
    url, path = reverse(page.url_name), request.path
    is_current = path == url or (url != "/" and path.startswith(url))
    badge = badge_of(page.url_name, user=user, moment=partial(moment_of, request))
    return NavigationItem(
        label=page.label, url=url, icon=page.icon, is_current=is_current, is_foot=page.is_foot, badge=badge
    )
