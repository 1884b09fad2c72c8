from accounts.models import User
from accounts.permissions import can
from accounts.roles import Permission
from clients.touchpoints.models import Touchpoint


def may_cancel(user: User, touchpoint: Touchpoint) -> bool:
    """One's own by who may log, anybody's by who leads."""
    if touchpoint.member_id == user.pk:
        return can(user, Permission.TOUCHPOINT_LOG)
    return can(user, Permission.TOUCHPOINT_CANCEL_ANY)
