from datetime import date

from django.http import Http404

from accounts.models import User
from accounts.permissions import can
from accounts.roles import Permission, Role, permissions_of
from reports.qbr import selectors
from reports.qbr.models import QBR
from reports.qbr.planning import plan_for


def qbr_or_404(*, user: User, qbr_id: int, today: date) -> QBR:
    """The review for a view. One of a client that the member may not see answers as one that does not exist."""
    try:
        return selectors.get_qbr(user=user, qbr_id=qbr_id, today=today)
    except QBR.DoesNotExist:
        raise Http404("There is no such review.") from None


def can_approve(user: User) -> bool:
    """Whether the member's role approves reviews at all."""
    return can(user, Permission.REVIEW_APPROVE)


def find_approval_problem(*, qbr: QBR, user: User) -> str:
    """Why a member may not approve this review, in words; empty if they may.

    One's own review is approved by somebody else, unless nobody else could or the agency's template allows it.
    """
    if not can_approve(user):
        return "Only leaders and owners approve reviews."
    if user.pk not in (qbr.owner_id, qbr.submitted_by_id):
        return ""
    if plan_for(qbr.client).template.is_own_approval_allowed or not _others(user):
        return ""
    return "This review is your own. Somebody else has to approve it."


def _others(user: User) -> bool:
    """Whether anybody else at the agency could approve."""
    roles = [role for role in Role.values if Permission.REVIEW_APPROVE in permissions_of(role)]
    return User.objects.active().filter(role__in=roles).exclude(pk=user.pk).exists()
