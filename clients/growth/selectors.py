from datetime import date

from django.db.models import F, QuerySet

from clients.book.models import Client
from clients.growth.models import Opportunity, Proposal, Testimonial


def list_open_opportunities(*, client: Client) -> QuerySet[Opportunity]:
    """More business that the client may give, what is expected first first."""
    opportunities = Opportunity.objects.open().filter(client=client)
    return opportunities.order_by(F("expected_on").asc(nulls_last=True), "pk")


def list_pending_proposals(*, client: Client) -> QuerySet[Proposal]:
    """Proposals without an answer, the one sent longest ago first, drafts last."""
    proposals = Proposal.objects.pending().filter(client=client)
    return proposals.order_by(F("sent_at").asc(nulls_last=True), "pk")


def list_usable_testimonials(*, client: Client, start: date, end: date) -> QuerySet[Testimonial]:
    """Praise received in `[start, end)` that the client lets us repeat, latest first; with the contact."""
    usable = Testimonial.objects.filter(
        client=client, is_usable=True, received_on__gte=start, received_on__lt=end
    )
    return usable.exclude(text="").select_related("contact").order_by("-received_on", "-pk")
