"""How facts are written: in one statement a kind, with the owner, team and segment that the client had that day."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from accounts.models import AgencySettings

# No client at all, or those of the list and the rows of which nobody knows the client.
_ALL = "TRUE"
_LISTED = "{client} = ANY(%(clients)s)"
_LISTED_OR_UNKNOWN = "({client} = ANY(%(clients)s) OR {client} IS NULL)"

_PLACE = """
LEFT JOIN clients_client place_client ON place_client.id = {client}
LEFT JOIN clients_assignment place ON place.client_id = {client} AND place.role = 'primary'
  AND place.starts_on <= {day} AND (place.ends_on IS NULL OR place.ends_on > {day})
LEFT JOIN accounts_teammembership place_team ON place_team.member_id = place.member_id
  AND place_team.starts_on <= {day} AND (place_team.ends_on IS NULL OR place_team.ends_on > {day})"""

PLACED = """place.member_id AS am_id, place_team.team_id,
  COALESCE(NULLIF(place_client.segment, ''), 'unassigned') AS segment"""

# In the order of days, so that the facts of a month lie side by side.
_EVENTS = """
INSERT INTO kpis_eventfact (kind, client_id, am_id, team_id, segment, day, known_from, known_until, settles_on,
  label, mark, quantity, successes, amount)
SELECT %(event)s, source.client_id, {placed}, source.day, source.known_from, source.known_until,
  source.settles_on, source.label, source.mark, source.quantity, source.successes, source.amount
FROM ({source}) AS source ({columns}) {place}
ORDER BY source.day
"""
# What the source of events selects, in this order.
COLUMNS = (
    "client_id",
    "day",
    "known_from",
    "known_until",
    "settles_on",
    "label",
    "mark",
    "quantity",
    "successes",
    "amount",
)


def place(client: str, day: str) -> str:
    """Joins that find `PLACED`: the owner, team and segment of a client (an id expression) on a day."""
    return _PLACE.format(client=client, day=day)


def scope(client: str, clients: Sequence[int] | None, *, has_unknown: bool = False) -> str:
    """SQL that keeps the rows of the clients asked for; with `has_unknown` also those of no known client."""
    if clients is None:
        return _ALL
    return (_LISTED_OR_UNKNOWN if has_unknown else _LISTED).format(client=client)


def run(sql: str, settings: AgencySettings, clients: Sequence[int] | None, **more: Any) -> None:
    """One statement, which may name the agency's choices, `clients` and `more`."""
    with connection.cursor() as cursor:
        cursor.execute(sql, _parameters(settings, clients) | more)


def store_events(
    event: str, source: str, *, settings: AgencySettings, clients: Sequence[int] | None, **more: Any
) -> None:
    """Replace the events of one kind by those that `source` selects, as COLUMNS has them."""
    delete_facts("kpis_eventfact", clients, event)
    text = _EVENTS.format(
        source=source,
        columns=", ".join(COLUMNS),
        placed=PLACED,
        place=place("source.client_id", "source.day"),
    )
    run(text, settings, clients, event=event, **more)


def delete_facts(table: str, clients: Sequence[int] | None, kind: str | None = None) -> None:
    """Take out the facts of the clients and those of no known client, of one kind where the table has kinds."""
    of_kind = "TRUE" if kind is None else "kind = %(kind)s"
    condition = scope("client_id", clients, has_unknown=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE {of_kind} AND {condition}",  # noqa: S608 - names of our own tables
            {"kind": kind, "clients": list(clients or [])},
        )


def take_statistics() -> None:
    """Tell the planner what the facts are like now: it would take them for a few, and read them period by period.

    A fifth of the usual sample says enough about kinds and days.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_statistics_target = 20")
        cursor.execute(
            "ANALYZE kpis_eventfact (kind, day, known_from, known_until), kpis_waitfact (day), "
            "kpis_answerfact (kind, day, known_from, known_until)"
        )
        cursor.execute("RESET default_statistics_target")


def _parameters(settings: AgencySettings, clients: Sequence[int] | None) -> dict[str, Any]:
    return {
        "zone": settings.time_zone,
        "base": settings.currency,
        "expiry_days": settings.proposal_expiry_days,
        "window_days": settings.fcr_window_days,
        "clients": list(clients or []),
    }
