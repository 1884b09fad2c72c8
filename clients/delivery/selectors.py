from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from clients.book.models import Client
from clients.delivery.models import Deliverable


def list_deliverables(*, client: Client, book_ids: list[str]) -> QuerySet[Deliverable]:
    """The client's deliverables with these ids of the book."""
    return Deliverable.objects.filter(client=client, book_id__in=book_ids).order_by("baseline_due_on", "pk")


def list_delivered_early(*, client: Client, start: date, end: date) -> QuerySet[Deliverable]:
    """Delivered in `[start, end)` though not due before `end`."""
    early = Deliverable.objects.not_cancelled().filter(client=client, baseline_due_on__gte=end)
    return early.filter(delivered_on__gte=start, delivered_on__lt=end).order_by("delivered_on", "pk")


def list_upcoming_deliverables(*, client: Client, after: date) -> QuerySet[Deliverable]:
    """What is agreed for later than a day and not delivered by then, the next first; adds `agreed_on`."""
    waiting = Deliverable.objects.not_cancelled().filter(client=client)
    waiting = waiting.exclude(delivered_on__lte=after).annotate(
        agreed_on=Coalesce("due_on", "baseline_due_on")
    )
    return waiting.filter(agreed_on__gt=after).order_by("agreed_on", "pk")


def list_awaiting_approval(*, client: Client, day: date) -> QuerySet[Deliverable]:
    """Submitted to the client by the day and not approved by then, the longest waiting first."""
    submitted = Deliverable.objects.not_cancelled().filter(client=client, submitted_on__lte=day)
    return submitted.exclude(approved_on__lte=day).order_by("submitted_on", "pk")
