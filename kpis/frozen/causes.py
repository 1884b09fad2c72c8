"""Who changed a closed month, from the journal of what was written since it was frozen."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from clients.changes.models import Change
from kpis.direct.registry import FAMILY_OF
from kpis.frozen.evidence import RowChanges
from kpis.frozen.models import FrozenMonth

MOST_CAUSES = 10
# More than a year of work of a large agency; later changes are looked at first.
_MOST_CHANGES = 20_000
_AREAS = {
    "money": (Change.Area.CONTRACTS,),
    "service": (Change.Area.SERVICE,),
    "touchpoints": (Change.Area.TOUCHPOINTS,),
    "feedback": (Change.Area.FEEDBACK,),
    "growth": (Change.Area.GROWTH,),
    "delivery": (Change.Area.DELIVERY,),
    "people": (Change.Area.BOOK, Change.Area.FEEDBACK),
}


def list_changes_since(month: FrozenMonth) -> list[Change]:
    """What was written since the freeze about days up to the month's end, latest first: one query."""
    about = Q(first_on__isnull=True) | Q(first_on__lt=month.period.end)
    since = Change.objects.filter(about, at__gt=month.frozen_at).select_related("by", "client")
    return list(since.order_by("-at", "-pk")[:_MOST_CHANGES])


def find_causes(
    changes: Sequence[Change], *, kpi: str, by: str, rows: RowChanges, month: FrozenMonth
) -> list[dict[str, Any]]:
    """The writes that explain the changed rows, latest first, as plain values; the surest kind that there is.

    A write about one of the rows itself; else about a client of theirs in what the KPI counts; else about such
    a client at all; else about every client.
    """
    areas = _areas(kpi, by)
    things, clients = rows.things, rows.clients
    kinds: tuple[Callable[[Change], bool], ...] = (
        lambda change: change.target_id in things,
        lambda change: _client(change) in clients and change.area in areas and _is_about(change, month),
        lambda change: _client(change) in clients and _is_about(change, month),
        lambda change: change.client_id is None and change.area in areas,
        lambda change: change.client_id is None,
    )
    for is_of_kind in kinds:
        found = [change for change in changes if is_of_kind(change)]
        if found:
            return [_plain(change) for change in found[:MOST_CAUSES]]
    return []


def _areas(kpi: str, by: str) -> frozenset[str]:
    family = FAMILY_OF[kpi].__name__.rpartition(".")[2]
    own = frozenset(area.value for area in _AREAS[family])
    return own if by == "agency" else own | {Change.Area.BOOK.value}


def _client(change: Change) -> str:
    return change.client.book_id if change.client else ""


def _is_about(change: Change, month: FrozenMonth) -> bool:
    """Whether its days reach into the month."""
    start: date = month.starts_on
    return change.last_on is None or change.last_on >= start


def _plain(change: Change) -> dict[str, Any]:
    at: datetime = change.at
    return {
        "at": at.isoformat(),
        "by": change.by.name if change.by else "",
        "client": change.client.name if change.client else "",
        "area": change.get_area_display(),
        "target": change.target_type,
        "label": change.label,
        "origin": change.origin,
    }
