"""Replaces the money facts of some clients, or of all, from the book as it is now."""

from typing import Any

from django.db import connection

from accounts.models import AgencySettings
from clients.contracts.models import MONTHLY_FRACTIONS
from kpis.direct.lines import PROJECT_TAIL_DAYS, SCALE
from kpis.facts.money.levels import LEVELS, LINE, OWNERS, PRESENCE
from kpis.facts.money.moments import MOVEMENTS, PLACES

_FACTORS = {interval: SCALE * times // by for interval, (times, by) in MONTHLY_FRACTIONS.items()}
_TABLES = ("kpis_mrrlevel", "kpis_clientpresence", "kpis_clientowner", "kpis_mrrmovement")

_RATES = """
INSERT INTO kpis_mrrrate (currency, effective_on, rate_to_base)
SELECT currency, effective_on, rate_to_base FROM clients_fxrate"""


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Facts of the clients with these ids, of all clients if None. In the caller's transaction.

    Only a full build takes up new exchange rates; some clients are built by the rates of the others.
    """
    mine = "l.client_id = ANY(%(clients)s)" if clients is not None else "TRUE"
    values = _parameters(settings) | {"clients": clients}
    with connection.cursor() as cursor:
        if clients is None:
            cursor.execute("DELETE FROM kpis_mrrrate")
            cursor.execute(_RATES)
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table} l WHERE {mine}", values)  # noqa: S608 – our own words
        cursor.execute((LINE + LEVELS).format(mine=mine), values)
        cursor.execute((LINE + PRESENCE).format(mine=mine), values)
        cursor.execute(OWNERS.format(mine=mine, mine_by_id=mine.replace("l.client_id", "l.id")), values)
        if clients is None:
            # Every row is new: without fresh statistics the next statement would be planned for empty tables.
            cursor.execute("ANALYZE kpis_mrrlevel, kpis_clientpresence, kpis_clientowner")
        cursor.execute((LINE + MOVEMENTS).format(mine=mine), values)
        if clients is None:
            cursor.execute("ANALYZE kpis_mrrmovement")


def _parameters(settings: AgencySettings) -> dict[str, Any]:
    return {
        "base": settings.currency,
        "basis": settings.client_basis,
        "max_pause_days": settings.max_pause_days,
        "project_tail_days": PROJECT_TAIL_DAYS,
        "intervals": list(_FACTORS),
        "factors": list(_FACTORS.values()),
        "places": PLACES,
    }
