"""A draft to write in, two quarters of a client behind it."""

from datetime import UTC, date, datetime, timedelta

from reports.qbr.models import QBR
from reports.qbr.stages import services as stages
from tests.factories.clients import DeliverableFactory, MessageFactory, RequestFactory
from tests.reports import books


def make_draft(client=None, *, by=None) -> QBR:
    """A draft of the third quarter of 2026, with the agency's settings."""
    books.make_settings()
    client = client or books.make_client()
    return stages.create_draft(client=client, period=books.PERIOD, by=by, today=books.TODAY)


def add_quarter_before(client, *, answered=10, late=0, pieces=8, late_pieces=0) -> None:
    """Messages and work of the second quarter: so many, and so many of them late."""
    for number in range(answered):
        opened = datetime(2026, 4, 2, 9, tzinfo=UTC) + timedelta(days=5 * number)
        request = RequestFactory(client=client, subject=f"Earlier {number}", opened_at=opened)
        MessageFactory(request=request, sent_at=opened)
        waited = timedelta(hours=30 if number < late else 1)
        MessageFactory(request=request, sent_at=opened + waited, direction="outbound")
    for number in range(pieces):
        due = date(2026, 4, 10) + timedelta(days=7 * number)
        delivered = due + timedelta(days=3 if number < late_pieces else 0)
        DeliverableFactory(
            client=client, title=f"Earlier piece {number}", baseline_due_on=due, delivered_on=delivered
        )
