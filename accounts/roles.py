"""What a member may do. Pure: no database, no Django models."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices


class Permission(StrEnum):
    """A thing that a page or a button asks for. Roles hold permissions; code never asks for a role."""

    CLIENT_VIEW = "client.view"
    CLIENT_CHANGE = "client.change"
    TOUCHPOINT_LOG = "touchpoint.log"
    TOUCHPOINT_CANCEL_ANY = "touchpoint.cancel_any"
    KPI_VIEW = "kpi.view"
    KPI_CHANGE_TARGETS = "kpi.change_targets"
    REVIEW_VIEW = "review.view"
    REVIEW_SEND = "review.send"
    REVIEW_APPROVE = "review.approve"
    BOOK_IMPORT = "book.import"
    BOOK_EXPORT = "book.export"
    MEMBER_VIEW = "member.view"
    MEMBER_CHANGE = "member.change"
    SETTINGS_CHANGE = "settings.change"
    AUDIT_VIEW = "audit.view"
    MAIL_VIEW = "mail.view"
    MAIL_RESEND = "mail.resend"
    OWN_SETTINGS_CHANGE = "own_settings.change"

    @property
    def description(self) -> str:
        return PERMISSION_DESCRIPTIONS[self]


PERMISSION_DESCRIPTIONS = {
    Permission.CLIENT_VIEW: "See clients and everything recorded about them",
    Permission.CLIENT_CHANGE: "Add clients and change their details, contacts, team and contracts",
    Permission.TOUCHPOINT_LOG: "Log touchpoints, and cancel one's own",
    Permission.TOUCHPOINT_CANCEL_ANY: "Cancel touchpoints that others logged",
    Permission.KPI_VIEW: "See the scorecard and the rows behind each number",
    Permission.KPI_CHANGE_TARGETS: "Set the agency's KPI targets",
    Permission.REVIEW_VIEW: "See quarterly business reviews",
    Permission.REVIEW_SEND: "Prepare quarterly business reviews and send them to clients",
    Permission.REVIEW_APPROVE: "Approve reviews before clients see them, and send them back",
    Permission.BOOK_IMPORT: "Import a book of business",
    Permission.BOOK_EXPORT: "Export the book of business",
    Permission.MEMBER_VIEW: "See who works at the agency",
    Permission.MEMBER_CHANGE: "Add members, change their roles and end their access",
    Permission.SETTINGS_CHANGE: "Change the agency's settings",
    Permission.AUDIT_VIEW: "Read the audit trail",
    Permission.MAIL_VIEW: "Read the mail that goes to clients",
    Permission.MAIL_RESEND: "Decide about a client's mail that did not surely arrive",
    Permission.OWN_SETTINGS_CHANGE: "Change one's own password, sign-in and appearance",
}


class Role(TextChoices):
    OWNER = "owner", "Owner"
    LEADER = "leader", "Leader"
    ACCOUNT_MANAGER = "account_manager", "Account manager"
    VIEWER = "viewer", "Viewer"


@dataclass(frozen=True)
class RoleDefinition:
    """A role in words and its permissions; `sees_all_clients` also where portfolios are private."""

    description: str
    permissions: frozenset[Permission]
    sees_all_clients: bool


_READS = frozenset(
    {
        Permission.CLIENT_VIEW,
        Permission.KPI_VIEW,
        Permission.REVIEW_VIEW,
        Permission.MEMBER_VIEW,
        Permission.OWN_SETTINGS_CHANGE,
    }
)
_MANAGES_ACCOUNTS = _READS | {Permission.CLIENT_CHANGE, Permission.TOUCHPOINT_LOG, Permission.REVIEW_SEND}
_LEADS = _MANAGES_ACCOUNTS | {
    Permission.TOUCHPOINT_CANCEL_ANY,
    Permission.KPI_CHANGE_TARGETS,
    Permission.REVIEW_APPROVE,
    Permission.BOOK_EXPORT,
    Permission.AUDIT_VIEW,
    Permission.MAIL_VIEW,
    Permission.MAIL_RESEND,
}

ROLES = {
    Role.OWNER: RoleDefinition(
        "Runs the agency here: members, settings, import, and everything a leader may do",
        frozenset(Permission),
        sees_all_clients=True,
    ),
    Role.LEADER: RoleDefinition(
        "Sees every client and number, sets targets, exports the book", _LEADS, sees_all_clients=True
    ),
    Role.ACCOUNT_MANAGER: RoleDefinition(
        "Looks after a portfolio of clients", _MANAGES_ACCOUNTS, sees_all_clients=False
    ),
    Role.VIEWER: RoleDefinition("Reads, and changes nothing", _READS, sees_all_clients=True),
}


def permissions_of(role: str) -> frozenset[Permission]:
    """The permissions of a role; an unknown role has none."""
    return ROLES[Role(role)].permissions if role in Role.values else frozenset()
