"""Reviews on a client's page."""

from dataclasses import dataclass

from accounts.models import User
from accounts.moment import Moment
from accounts.permissions import can
from accounts.roles import Permission
from clients.book.models import Client
from reports.qbr.models import QBR
from reports.qbr.planning.upcoming import NextDraft, get_next_draft


@dataclass(frozen=True)
class ReviewsPanel:
    """The client's latest review, if there is one, and when the next draft comes."""

    client: Client
    latest: QBR | None
    next: NextDraft
    may_change: bool


def get_panel(client: Client, user: User, moment: Moment) -> ReviewsPanel:
    """A fixed number of queries."""
    reviews = QBR.objects.light().filter(client=client)
    return ReviewsPanel(
        client=client,
        latest=reviews.order_by("-period_end", "-version").first(),
        next=get_next_draft(client=client, moment=moment),
        may_change=can(user, Permission.REVIEW_SEND),
    )
