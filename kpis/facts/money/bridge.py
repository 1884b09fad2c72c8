"""From the opening MRR to the closing one: the waterfall of each slice, and the movements behind a step."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from kpis.direct.exact import CONTEXT
from kpis.direct.lines import SCALE
from kpis.direct.movements import Kind
from kpis.direct.query import Query, SliceKey
from kpis.direct.waterfall import SliceFacts
from kpis.facts.money.slicing import SLICINGS
from kpis.facts.money.sums import load_sums


@dataclass(frozen=True)
class Bridge:
    """One slice, per month and in the agency's currency, unrounded: opening + all that moved = closing.

    `moved` has only kinds that occurred; losses are negative. `movers`: how many clients moved, by kind.
    `unquoted` names the currencies that lack an exchange rate in the period, whose amounts are missing here.
    """

    opening: Decimal
    moved: dict[Kind, Decimal]
    closing: Decimal
    movers: dict[Kind, int]
    unquoted: tuple[str, ...] = ()


@dataclass(frozen=True)
class MovementRow:
    """A change of a client's MRR in one service on a day; losses are negative. Ids are those of the book."""

    client_id: int
    client: str
    client_name: str
    service: str
    service_name: str
    day: date
    kind: Kind
    amount: Decimal


def get_bridge(query: Query, only: str | None = None) -> dict[SliceKey, Bridge]:
    """The bridge of every slice of the query, or of the one slice `only`. Raises DoesNotAddUp."""
    return list_bridges([query], only)[0]


def list_bridges(queries: Sequence[Query], only: str | None = None) -> list[dict[SliceKey, Bridge]]:
    """Bridges of many periods, in the order of the queries, which differ in their period only.

    Two statements, whatever the number of periods. Raises DoesNotAddUp.
    """
    if not queries:
        return []
    return [
        {key: _bridge(facts, sums.unquoted) for key, facts in sums.slices.items()}
        for sums in load_sums(queries, only)
    ]


def _bridge(facts: SliceFacts, unquoted: tuple[str, ...]) -> Bridge:
    return Bridge(
        opening=facts.money(facts.opening),
        moved={kind: facts.money(facts.moved[kind]) for kind in Kind if kind in facts.movers},
        closing=facts.money(facts.closing),
        movers={kind: len(facts.movers[kind]) for kind in Kind if kind in facts.movers},
        unquoted=unquoted,
    )


_ROWS = """
WITH found AS (
  SELECT movement.*, client.book_id AS client, client.name AS client_name, {key} AS key
  FROM kpis_mrrmovement movement JOIN clients_client client ON client.id = movement.client_id
  WHERE movement.day >= %(start)s AND movement.day < %(cut_end)s AND movement.scope IN ('', %(by)s)
    AND movement.kind = ANY(%(kinds)s) AND {among}
)
SELECT found.client_id, found.client, found.client_name, service.book_id, service.name, found.day, found.kind,
  trim_scale(found.amount)
FROM found JOIN clients_service service ON service.id = found.service_id {names}
WHERE %(only)s::text IS NULL OR {name} = %(only)s
ORDER BY found.day, found.client_name, found.client, service.name, service.book_id, found.kind, found.amount"""


def list_movements(query: Query, slice_key: SliceKey, kinds: Collection[Kind]) -> list[MovementRow]:
    """What moved in one slice (None: the agency), by day; the amounts of a kind add up to its step.

    One statement.
    """
    slicing = SLICINGS[query.by]
    text = _ROWS.format(
        key=slicing.of_movement,
        among=slicing.among("movement.client_id", slice_key),
        name=slicing.name,
        names=slicing.names,
    )
    values: dict[str, Any] = {
        "start": query.start,
        "cut_end": query.cut_end,
        "by": query.by,
        "kinds": [str(kind) for kind in kinds],
        "only": slice_key,
    }
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return [
            MovementRow(
                client_id, client, client_name, service, service_name, day, Kind(kind), _in_units(amount)
            )
            for client_id, client, client_name, service, service_name, day, kind, amount in cursor.fetchall()
        ]


def _in_units(seventy_seconds: Decimal) -> Decimal:
    return CONTEXT.divide(seventy_seconds, Decimal(SCALE))
