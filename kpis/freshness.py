"""Numbers that follow what is written: what changed is read again, and nothing else.

A write notes in its own transaction which days of which client it tells about (`clients.changes`). From that the
facts of these clients are made anew, and the stored numbers of the periods with these days.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.selectors import get_settings
from clients.models import Change, Client
from kpis import services
from kpis.facts import builder
from kpis.health import services as health_services

# From this share of the clients on, making all facts anew is faster than client by client.
_MANY = 4


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: how many changes it told, of which clients (None: all), how many values it stored."""

    changes: int
    clients: list[int] | None
    values: int


def refresh(*, today: date, now: datetime) -> Refreshed:
    """Bring facts and stored numbers up to date with everything written so far. Safe to run twice, or never.

    `today` is the agency's day. A run that dies leaves the changes as they were, for the next one.
    """
    settings = get_settings()
    with transaction.atomic():
        builder.wait_for_builders()
        pending = list(Change.objects.pending().order_by("pk"))
        if not pending:
            return Refreshed(0, [], 0)
        clients = _clients_of(pending)
        if clients is None or not builder.are_built(settings):
            clients = None
            builder.build_all(settings=settings, now=now)
        else:
            builder.rebuild(settings=settings, clients=clients)
    values = services.recompute_stored(
        span=services.span_of(pending), today=today, now=now, settings=settings
    )
    health_services.refresh(clients=clients, today=today, now=now)
    Change.objects.filter(pk__in=[change.pk for change in pending]).update(applied_at=now)
    return Refreshed(len(pending), clients, values)


def _clients_of(pending: list[Change]) -> list[int] | None:
    """The clients concerned; None for all of them."""
    if any(change.client_id is None for change in pending):
        return None
    clients = sorted({change.client_id for change in pending if change.client_id is not None})
    return None if len(clients) * _MANY > Client.objects.count() + _MANY else clients
