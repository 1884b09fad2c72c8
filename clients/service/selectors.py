from datetime import date, datetime

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clients.book.models import Client
from clients.service.business_time import Calendar
from clients.service.models import Request, SLAPolicy


def count_open_requests(*, now: datetime) -> Coalesce:
    """For `annotate` on clients: how many of their requests are open now."""
    requests = Request.objects.open_at(now).filter(client=OuterRef("pk")).order_by().values("client")
    return Coalesce(Subquery(requests.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField())


def list_open_requests(*, client: Client, now: datetime) -> QuerySet[Request]:
    """A client's open requests, oldest first, with contact and member."""
    requests = Request.objects.open_at(now).filter(client=client)
    return requests.select_related("contact", "member").order_by("opened_at", "pk")


def list_requests_opened(*, client: Client, start: datetime, end: datetime) -> QuerySet[Request]:
    """A client's requests of `[start, end)`, latest first, with the contact."""
    requests = Request.objects.opened_between(start, end).filter(client=client)
    return requests.select_related("contact").order_by("-opened_at", "-pk")


def list_policies() -> QuerySet[SLAPolicy]:
    """What was promised, the default policy first, with its calendar."""
    return SLAPolicy.objects.select_related("calendar").order_by("-is_default", "name", "pk")


def get_default_holidays() -> frozenset[date]:
    """The holidays in the calendar of the agency's default policy; none without a policy or a calendar."""
    policy = SLAPolicy.objects.filter(is_default=True).select_related("calendar").first()
    if policy is None or policy.calendar is None:
        return frozenset()
    return Calendar.from_spec(policy.calendar.spec).holidays
