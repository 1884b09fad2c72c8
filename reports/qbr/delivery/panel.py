"""What a review's page says about its way to the readers."""

from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Permission
from reports.qbr.delivery import selectors
from reports.qbr.models import QBR


def delivery_context(*, qbr: QBR, user: User, now: datetime) -> dict[str, Any]:
    """The context of templates/reports/delivery_panel.html; no query for a review that nobody has."""
    if not qbr.is_locked:
        return {"deliveries": [], "answers": []}
    return {
        "deliveries": selectors.list_deliveries(qbr=qbr, now=now),
        "answers": selectors.list_answers(qbr=qbr),
        "may_send": can(user, Permission.REVIEW_SEND),
        "may_see_mail": can(user, Permission.MAIL_VIEW),
    }
