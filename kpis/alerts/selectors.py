"""A member's alerts as the pages read them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from accounts.models import AgencySettings, User
from accounts.permissions import sees_all_clients
from clients.book.models import Client, ClientQuerySet
from kpis.alerts.models import AlertNotice, AlertNoticeQuerySet
from kpis.alerts.rules import TONE_ORDER


@dataclass(frozen=True)
class Viewer:
    """Who looks, on which day, under which settings of the agency."""

    member: User
    today: date
    settings: AgencySettings


OPEN, SNOOZED, DONE = "open", "snoozed", "done"
_TONE = Case(
    *(When(alert__tone=tone, then=Value(place)) for tone, place in TONE_ORDER.items()),
    output_field=IntegerField(),
)


def list_notices(
    *, viewer: Viewer, state: str = OPEN, rule: str = "", client_id: int | None = None
) -> QuerySet[AlertNotice]:
    """Open ones with the gravest first, snoozed ones by their day, done ones with the latest first."""
    visible = _visible(viewer).select_related("alert__client", "alert__resolved_by")
    if rule:
        visible = visible.filter(alert__rule=rule)
    if client_id is not None:
        visible = visible.filter(alert__client=client_id)
    if state == SNOOZED:
        return visible.snoozed_on(viewer.today).order_by("snoozed_until", "pk")
    if state == DONE:
        over_at = Coalesce("done_at", "alert__resolved_at")
        return visible.over().annotate(over_at=over_at).order_by("-over_at", "-pk")
    return visible.open_on(viewer.today).annotate(place=_TONE).order_by("place", "-alert__raised_at", "-pk")


def list_current(*, viewer: Viewer, since: datetime) -> QuerySet[AlertNotice]:
    """Those of causes that still hold, whatever the member said of them, and those done since; the oldest first."""
    current = Q(alert__ended_at__isnull=True) | Q(done_at__gte=since)
    return _visible(viewer).filter(current).select_related("alert__client").order_by("pk")


def count_open(*, viewer: Viewer) -> tuple[int, int]:
    """How many are open, and how many of them are new. One query."""
    seen = _visible(viewer).open_on(viewer.today).values_list("seen_at", flat=True)
    known = list(seen)
    return len(known), sum(at is None for at in known)


def count_new(*, viewer: Viewer) -> int:
    return _visible(viewer).open_on(viewer.today).filter(seen_at__isnull=True).count()


def find_notice(*, viewer: Viewer, alert_id: int) -> AlertNotice | None:
    """The notice that the member has of an alert, if they may see today what it is about."""
    return _visible(viewer).filter(alert=alert_id).select_related("alert__client").first()


def list_clients(*, viewer: Viewer) -> ClientQuerySet:
    """The clients that the member has alerts about, by name."""
    told = _visible(viewer).filter(alert__client__isnull=False)
    return Client.objects.filter(pk__in=told.values("alert__client")).order_by("name", "pk")


def _visible(viewer: Viewer) -> AlertNoticeQuerySet:
    """Where portfolios are private, those about the member's own clients of today and own numbers."""
    notices = AlertNotice.objects.of(viewer.member)
    if sees_all_clients(viewer.member, is_portfolio_private=viewer.settings.is_portfolio_private):
        return notices
    own_numbers = Q(alert__by="am", alert__slice_key=viewer.member.book_id)
    return notices.filter(
        Q(alert__client__in=Client.objects.assigned_to(viewer.member, viewer.today)) | own_numbers
    )
