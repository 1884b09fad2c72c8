from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from clients.book.models import Client
from clients.contracts.models import ContractLine, ContractLineQuerySet, LinePause, RetainerUsage, Service

AMOUNT = DecimalField(max_digits=40, decimal_places=18)


def list_services() -> QuerySet[Service]:
    """What the agency sells, by name."""
    return Service.objects.order_by("name", "pk")


def mrr_of_clients(*, today: date, base_currency: str) -> Case:
    """For `annotate` on clients: monthly recurring revenue today in the base currency, unrounded.

    0 without live lines; null where a live line's currency has no known rate, since a sum would mislead.
    """
    lines = _live_lines(today, base_currency).filter(client=OuterRef("pk"))
    total = (
        lines.order_by().values("client").annotate(total=Sum(F("monthly") * F("rate"), output_field=AMOUNT))
    )
    return Case(
        When(Exists(lines.filter(rate__isnull=True)), then=Value(None)),
        default=Coalesce(Subquery(total.values("total")), Decimal(0), output_field=AMOUNT),
        output_field=AMOUNT,
    )


def next_end_of_clients(*, today: date) -> Subquery:
    """For `annotate` on clients: the first day on which one of today's recurring lines is over."""
    lines = ContractLine.objects.recurring().active_on(today).filter(client=OuterRef("pk"))
    return Subquery(lines.order_by().values("client").annotate(day=Min("ends_on")).values("day"))


def get_client_mrr(*, client: Client, today: date, base_currency: str) -> Decimal | None:
    """As `mrr_of_clients`, of one client."""
    clients = Client.objects.filter(pk=client.pk)
    mrr = mrr_of_clients(today=today, base_currency=base_currency)
    return clients.annotate(mrr=mrr).values_list("mrr", flat=True).get()


def list_lines(*, client: Client, today: date, base_currency: str) -> ContractLineQuerySet:
    """A client's valid lines: live, paused, upcoming, ended, each newest first; with `service`.

    Adds `state` (one of these words), `monthly` in the line's currency, and `monthly_base`, what the line
    adds to today's MRR in the base currency: 0 unless live, null without a rate.
    """
    lines = (
        ContractLine.objects.valid()
        .filter(client=client)
        .with_monthly_amount()
        .with_rate(today, base_currency)
    )
    paused = Exists(LinePause.objects.active_on(today).filter(line=OuterRef("pk")))
    state = Case(
        When(starts_on__gt=today, then=Value("upcoming")),
        When(ends_on__lte=today, then=Value("ended")),
        When(paused, then=Value("paused")),
        default=Value("live"),
        output_field=CharField(),
    )
    rank = Case(
        *[When(state=word, then=Value(place)) for place, word in enumerate(["live", "paused", "upcoming"])],
        default=Value(3),
    )
    lines = lines.annotate(state=state)
    monthly_base = Case(
        When(state="live", then=F("monthly") * F("rate")), default=Value(Decimal(0)), output_field=AMOUNT
    )
    lines = lines.annotate(monthly_base=monthly_base, rank=rank)
    return lines.select_related("service", "contract").order_by("rank", "-starts_on", "-pk")


def list_usage(*, client: Client, start: date, end: date) -> QuerySet[RetainerUsage]:
    """Hours of retainers in months that begin in `[start, end)`, by month and service; with the line's service."""
    usage = RetainerUsage.objects.filter(line__client=client, line__is_void=False)
    usage = usage.filter(month__gte=start, month__lt=end).select_related("line__service")
    return usage.order_by("month", "line__service__name", "pk")


def _live_lines(today: date, base_currency: str) -> ContractLineQuerySet:
    lines = ContractLine.objects.recurring().live_on(today).filter(~Q(amount=0))
    return lines.with_monthly_amount().with_rate(today, base_currency)
