from datetime import date

from django.http import Http404

from accounts.models import User
from reports.qbr import selectors
from reports.qbr.builder.models import QBRImage
from reports.qbr.models import QBR


def draft_or_404(*, user: User, qbr_id: int, today: date) -> QBR:
    """The review with its draft. One of a client that the member may not see answers as one that does not exist."""
    try:
        return selectors.list_qbrs(user=user, today=today).defer(None).defer("pdf", "logo").get(pk=qbr_id)
    except QBR.DoesNotExist:
        raise Http404("There is no such review.") from None


def image_or_404(*, qbr: QBR, image_id: int) -> QBRImage:
    """A picture of the review's client."""
    image = QBRImage.objects.filter(client_id=qbr.client_id, pk=image_id).first()
    if image is None:
        raise Http404("There is no such picture.")
    return image
