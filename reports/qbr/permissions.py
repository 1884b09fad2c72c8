from datetime import date

from django.http import Http404

from accounts.models import User, UserQuerySet
from accounts.permissions import can
from accounts.roles import Permission, Role, permissions_of
from reports.qbr import selectors
from reports.qbr.models import QBR
from reports.qbr.planning.plans import plan_for


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
    problem = find_own_problem(qbr=qbr, user=user, is_own_allowed=False)
    if problem and (is_only_approver(user) or plan_for(qbr.client).template.is_own_approval_allowed):
        return ""
    return problem


def find_own_problem(*, qbr: QBR, user: User, is_own_allowed: bool) -> str:
    """Why somebody who approves reviews may not approve this one: it is their own."""
    is_own = user.pk in (qbr.owner_id, qbr.submitted_by_id)
    return (
        "This review is your own. Somebody else has to approve it." if is_own and not is_own_allowed else ""
    )


def is_only_approver(user: User) -> bool:
    """Whether nobody else at the agency could approve."""
    return not list_approvers().exclude(pk=user.pk).exists()


def list_approvers() -> UserQuerySet:
    """Members whose role approves reviews, by name."""
    roles = [role for role in Role.values if Permission.REVIEW_APPROVE in permissions_of(role)]
    return User.objects.active().filter(role__in=roles).order_by("name", "pk")
