from django.db.models import F, QuerySet

from clients.book.models import Client
from clients.growth.models import Proposal


def list_pending_proposals(*, client: Client) -> QuerySet[Proposal]:
    """Proposals without an answer, the one sent longest ago first, drafts last."""
    proposals = Proposal.objects.pending().filter(client=client)
    return proposals.order_by(F("sent_at").asc(nulls_last=True), "pk")
