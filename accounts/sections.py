"""The pages of settings beside a member's own, as their index shows them."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Permission


@dataclass(frozen=True)
class Section:
    label: str
    text: str
    icon: str
    url: str


_SECTIONS = (
    (
        "Agency",
        "Name, logo and colours, time zone, currency, who sees which clients, when months close",
        "building",
        "accounts:agency-settings",
        Permission.SETTINGS_CHANGE,
    ),
    ("Members", "Who works here and may sign in", "user", "clients:member-list", Permission.MEMBER_VIEW),
    ("Teams", "Who looks after clients together", "users", "clients:team-list", Permission.MEMBER_VIEW),
    (
        "How numbers are counted",
        "What the agency decided about its KPIs, since when, and what hangs on it",
        "adjustments-horizontal",
        "choices:choice-list",
        Permission.KPI_VIEW,
    ),
    (
        "Targets",
        "What is aimed at, for the agency and for parts of it",
        "list-check",
        "kpis:target-list",
        Permission.KPI_VIEW,
    ),
    (
        "Reviews",
        "What reviews begin with: sections, checklist, paper, language, schedule",
        "report-analytics",
        "review_templates:template-list",
        Permission.REVIEW_APPROVE,
    ),
)


def list_sections(user: User) -> list[Section]:
    """The sections that the member may open."""
    return [
        Section(label, text, icon, reverse(url_name))
        for label, text, icon, url_name, permission in _SECTIONS
        if can(user, permission)
    ]
