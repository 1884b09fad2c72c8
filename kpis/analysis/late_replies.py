"""The replies that came later than promised, with the way to their client and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from accounts.models import User
from agencyam.way_back import WayBack, with_way_back
from clients.book import selectors as book_selectors
from clients.models import Request
from kpis.analysis.question import place_of
from kpis.asked import Asked
from kpis.direct.waits import Wait


@dataclass(frozen=True)
class LateReply:
    """One late wait; `over` are the business hours past the promise."""

    anchor: str
    client: str
    client_url: str
    subject: str
    asked_at: datetime
    replied_at: datetime | None
    hours: Decimal
    promised: Decimal

    @property
    def over(self) -> Decimal:
        return self.hours - self.promised


def list_late(waits: Sequence[Wait], *, asked: Asked, user: User, address: str) -> list[LateReply]:
    """The waits with subject and client; three queries. Clients that are not the member's have no link."""
    requests = Request.objects.filter(book_id__in=[wait.request for wait in waits])
    subjects = {
        book_id: (pk, words) for book_id, pk, words in requests.values_list("book_id", "pk", "subject")
    }
    visible = book_selectors.visible_clients(user=user, today=asked.moment.today)
    visible = visible.filter(book_id__in=[wait.client for wait in waits])
    ids = dict(visible.values_list("book_id", "pk"))
    replies = []
    for wait in waits:
        pk, subject = subjects[wait.request]
        anchor = f"late-{pk}-{wait.inbound_at:%Y%m%d%H%M%S}"
        way_back = WayBack(f"the response times of {place_of(asked)}", f"{address}#{anchor}")
        client_id = ids.get(wait.client)
        url = reverse("clients:client-detail", args=[client_id]) if client_id else ""
        replies.append(
            LateReply(
                anchor=anchor,
                client=wait.client_name,
                client_url=with_way_back(url, way_back) if url else "",
                subject=subject or wait.request,
                asked_at=wait.inbound_at,
                replied_at=wait.replied_at,
                hours=wait.hours,
                promised=wait.target_hours,
            )
        )
    return replies
