from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from clients.book.models import Client
from clients.touchpoints.models import Touchpoint


def find_touchpoint(*, client: Client, touchpoint_id: int) -> Touchpoint | None:
    return (
        Touchpoint.objects.filter(client=client, pk=touchpoint_id).select_related("contact", "member").first()
    )


def last_held_at(*, now: datetime, client: str = "pk") -> Subquery:
    """For `annotate`: when the last held touchpoint up to now took place; `client` names the client's id."""
    held = Touchpoint.objects.held().filter(client=OuterRef(client), occurred_at__lte=now)
    return Subquery(held.order_by("-occurred_at").values("occurred_at")[:1])


def list_touchpoints(*, client: Client) -> QuerySet[Touchpoint]:
    """All touchpoints of a client, latest first, with contact and member."""
    touchpoints = Touchpoint.objects.filter(client=client).select_related("contact", "member")
    return touchpoints.order_by("-occurred_at", "-pk")
