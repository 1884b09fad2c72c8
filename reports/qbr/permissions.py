from datetime import date

from django.http import Http404

from accounts.models import User
from reports.qbr import selectors
from reports.qbr.models import QBR


def qbr_or_404(*, user: User, qbr_id: int, today: date) -> QBR:
    """The review for a view. One of a client that the member may not see answers as one that does not exist."""
    try:
        return selectors.get_qbr(user=user, qbr_id=qbr_id, today=today)
    except QBR.DoesNotExist:
        raise Http404("There is no such review.") from None
