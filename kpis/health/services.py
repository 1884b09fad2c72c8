"""Works out health and risk of clients and stores it: after a write, each night, and for days gone by."""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.selectors import get_settings
from agencyam.periods import add_months
from kpis.health.components import Facts
from kpis.health.flags import level_of, list_flags
from kpis.health.models import ClientHealth
from kpis.health.readings.asking import WINDOW_DAYS, Days, Reading
from kpis.health.readings.contracts import read_contracts, read_leaving, read_scope
from kpis.health.readings.conversations import read_conversations
from kpis.health.readings.delivery import read_delivery
from kpis.health.readings.feedback import read_feedback
from kpis.health.readings.service import read_service
from kpis.health.scoring import compute_health
from kpis.health.weights import Weights, load_weights
from kpis.merging import merge_rows

# Daily scores are kept so long; of the days before only the last ones of months.
DAILY_KEPT = 100
DAILY_FILLED = 90
MONTHS_FILLED = 24
# Days worked out together, so that memory stays small.
BATCH = 30
# Everything but what is known only later.
_COLUMNS = tuple(
    field.attname for field in ClientHealth._meta.concrete_fields if field.name not in ("id", "has_left")
)
_JSON = ("components", "risk_flags")
# A client-day of which nothing is told is not known.
_NOTE_LEAVING = """
UPDATE kpis_clienthealth health SET has_left = told.has_left
FROM kpis_clienthealth stored
LEFT JOIN unnest(%(clients)s::bigint[], %(days)s::date[], %(left)s::boolean[]) AS told (client_id, day, has_left)
  USING (client_id, day)
WHERE stored.day = ANY(%(ends)s) AND stored.has_left IS DISTINCT FROM told.has_left AND health.id = stored.id"""


@transaction.atomic
def refresh(*, clients: Collection[int] | None, today: date, now: datetime) -> int:
    """Today's health of these clients (None: of all) after something was written. Returns how many."""
    return _store(Days((today,), today, get_settings(), clients), now)


def compute_nightly(*, today: date, now: datetime) -> int:
    """Close yesterday, open today, fill what is missing of the past. Each step commits by itself."""
    done = store_days(days=[today - timedelta(days=1), today], today=today, now=now)
    done += fill_past(today=today, now=now)
    record_leaving(today=today)
    forget_old_days(today=today)
    return done


def fill_past(*, today: date, now: datetime, is_again: bool = False) -> int:
    """Health of the last 90 days and of the 24 last month ends, as far as it is missing, or again.

    For days gone by the book of today is read as it would have been on that day: what is dated later is left
    out, and an agreed end counts from the last day on which notice could be given.
    """
    wanted = list(list_days_to_fill(today=today))
    if not is_again:
        stored = set(ClientHealth.objects.filter(day__in=wanted).values_list("day", flat=True).distinct())
        wanted = [day for day in wanted if day not in stored]
    done = store_days(days=wanted, today=today, now=now)
    if is_again:
        record_leaving(today=today)
    return done


def list_days_to_fill(*, today: date) -> Iterator[date]:
    """Month ends of the last 24 months, then each of the last 90 days, today left out; earliest first."""
    daily = [today - timedelta(days=back) for back in range(DAILY_FILLED, 0, -1)]
    firsts = [add_months(today.replace(day=1), -back) for back in range(MONTHS_FILLED - 1, -1, -1)]
    yield from (first - timedelta(days=1) for first in firsts if first - timedelta(days=1) < daily[0])
    yield from daily


def store_days(*, days: Sequence[date], today: date, now: datetime) -> int:
    """Work out these days for all clients and replace what is stored of them. Returns how many rows."""
    settings = get_settings()
    ordered = sorted(set(days))
    done = 0
    for at in range(0, len(ordered), BATCH):
        with transaction.atomic():
            done += _store(Days(tuple(ordered[at : at + BATCH]), today, settings), now)
    return done


def record_leaving(*, today: date) -> int:
    """Note for each stored month end whether its clients had left 90 days later, once that is known."""
    known = ClientHealth.objects.filter(
        day__gte=add_months(today, -MONTHS_FILLED - 1), day__lte=today - timedelta(days=WINDOW_DAYS)
    )
    ends = sorted(filter(is_month_end, known.values_list("day", flat=True).distinct()))
    if not ends:
        return 0
    left = read_leaving(Days(tuple(ends), today, get_settings()))
    told: dict[str, Any] = {
        "clients": [client_id for client_id, _ in left],
        "days": [day for _, day in left],
        "left": list(left.values()),
        "ends": ends,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_LEAVING, told)
        return cursor.rowcount


def forget_old_days(*, today: date) -> int:
    """Days before the last hundred go, but for the last day of each month. Returns how many rows."""
    old = ClientHealth.objects.filter(day__lt=today - timedelta(days=DAILY_KEPT))
    gone = [day for day in old.values_list("day", flat=True).distinct() if not is_month_end(day)]
    deleted, _ = ClientHealth.objects.filter(day__in=gone).delete()
    return deleted


def is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def read_facts(asked: Days) -> Reading:
    """Everything that health and risk are made of, of each client and day, in a fixed number of statements."""
    scope = read_scope(asked)
    clients = {client_id for client_id, _ in scope}
    narrow = Days(asked.days, asked.today, asked.settings, clients)
    readings = [
        *read_contracts(narrow),
        *read_conversations(narrow),
        *read_service(narrow),
        *read_delivery(narrow),
        *read_feedback(narrow),
    ]
    for key, facts in scope.items():
        for reading in readings:
            facts.update(reading.get(key, {}))
    return scope


def _store(asked: Days, now: datetime) -> int:
    """Replace the stored rows of these clients and days; who is no client on a day has none."""
    weights, red_since = load_weights(), _red_since(asked)
    rows = []
    # Days in order, so that a red day knows when the red days began.
    for (client_id, day), facts in sorted(read_facts(asked).items(), key=lambda item: item[0][1]):
        row = _row(client_id, day, facts, weights, red_since.get(client_id), now)
        started = next((flag["on"] for flag in row.risk_flags if flag["key"] == "health_red"), None)
        red_since[client_id] = date.fromisoformat(started) if started else None
        rows.append(row)
    merge_rows(ClientHealth, map(_values, rows), columns=_COLUMNS, key=("client_id", "day"))
    stale = ClientHealth.objects.filter(day__in=asked.days)
    if asked.clients is not None:
        stale = stale.filter(client__in=asked.clients)
    stale.filter(~Q(computed_at=now)).delete()
    return len(rows)


def _values(row: ClientHealth) -> list[Any]:
    """The row's columns as they are stored, JSON as text."""
    values = {name: getattr(row, name) for name in _COLUMNS}
    return list((values | {name: json.dumps(values[name]) for name in _JSON}).values())


def _row(
    client_id: int, day: date, facts: Facts, weights: Weights, red_since: date | None, now: datetime
) -> ClientHealth:
    health = compute_health(facts, day, weights.on(day))
    flags = list_flags(facts, day, band=health.band, red_since=red_since)
    return ClientHealth(
        client_id=client_id,
        day=day,
        score=health.score,
        band=health.band,
        confidence=health.confidence,
        is_forced_red=health.is_forced_red,
        components=health.components,
        risk_level=level_of({flag.key for flag in flags}),
        risk_flags=[flag.stored() for flag in flags],
        mrr=max(Decimal(facts["mrr"]), Decimal(0)),
        computed_at=now,
    )


def _red_since(asked: Days) -> dict[int, date | None]:
    """Since when clients were red on the last stored day before."""
    before = ClientHealth.objects.filter(day__lt=asked.first)
    if asked.clients is not None:
        before = before.filter(client__in=asked.clients)
    latest = before.order_by("client_id", "-day").distinct("client_id").only("client_id", "risk_flags")
    return {
        row.client_id: date.fromisoformat(flag["on"])
        for row in latest
        for flag in row.risk_flags
        if flag["key"] == "health_red"
    }
