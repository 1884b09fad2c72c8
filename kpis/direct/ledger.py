"""Reads the contract lines of a query as moments: what a client paid the day before and pays on the day.

There is a moment for the first and the last day of the period and for each day in between on which a line,
a pause, an exchange rate or the slice may change. One statement, so that all of them see the same rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection

from kpis.direct.lines import BOOK, SCALE, parameters
from kpis.direct.query import Query, SliceKey
from kpis.direct.slices import client_slice

NOTHING = Fraction(0)
_AMOUNTS = ("was", "carried", "now", "fixed")


@dataclass(frozen=True)
class ServiceState:
    """One service of a client around the start of a day, per month and in the agency's currency.

    `was`: the day before at its rates. `carried`: the day before at the day's rates. `now`: the day.
    `fixed`: the day at the rates of the opening. `had`: a line was live the day before, even a free one.
    `is_offered_before`, `is_offered_now`: under contract, paused or not. `resumed`, `repriced`: a line came
    back from a pause, or began with the reason price_change, on the day.
    """

    service: SliceKey
    was: Fraction
    carried: Fraction
    now: Fraction
    fixed: Fraction
    had: bool = False
    resumed: bool = False
    repriced: bool = False
    is_offered_before: bool = False
    is_offered_now: bool = False


@dataclass(frozen=True)
class Moment:
    """A client around the start of a day. `key_before`, `key`: its slice the day before and on the day.

    Paid: has MRR above 0. Held: paid, or in a pause that still counts. Active: what `client_basis` makes of
    it.
    """

    client_id: int
    day: date
    services: tuple[ServiceState, ...]
    had_mrr_before: bool = False
    is_held_before: bool = False
    is_held_now: bool = False
    is_active_before: bool = False
    is_active_now: bool = False
    key_before: SliceKey = None
    key: SliceKey = None
    was: Fraction = field(init=False)
    carried: Fraction = field(init=False)
    now: Fraction = field(init=False)
    fixed: Fraction = field(init=False)

    def __post_init__(self) -> None:
        for name in _AMOUNTS:
            object.__setattr__(self, name, sum((getattr(state, name) for state in self.services), NOTHING))


@dataclass(frozen=True)
class Ledger:
    """The moments by client and day; `unquoted` names the currencies that lack an exchange rate on some
    day.
    """

    moments: list[Moment]
    unquoted: tuple[str, ...]


_QUERY = """, moment AS (
  SELECT client_id, day FROM edge WHERE day >= %(start)s AND day < %(cut_end)s
  UNION SELECT client_id, %(start)s FROM line
  UNION SELECT client_id, %(closing_day)s FROM line
  UNION SELECT line.client_id, rate.since FROM line JOIN rate USING (currency) WHERE rate.since >= %(start)s
  UNION SELECT client_id, starts_on FROM clients_assignment
    WHERE {has_owners} AND role = 'primary' AND starts_on >= %(start)s AND starts_on < %(cut_end)s
  UNION SELECT client_id, ends_on FROM clients_assignment
    WHERE {has_owners} AND role = 'primary' AND ends_on >= %(start)s AND ends_on < %(cut_end)s
  UNION SELECT assignment.client_id, edge.day FROM clients_assignment assignment
    JOIN accounts_teammembership place USING (member_id), unnest(ARRAY[place.starts_on, place.ends_on]) AS edge (day)
    WHERE {has_teams} AND role = 'primary' AND edge.day >= %(start)s AND edge.day < %(cut_end)s
),
quoted AS (SELECT day FROM moment UNION SELECT day - 1 FROM moment),
quote AS MATERIALIZED (
  SELECT quoted.day, rate.currency, rate.rate FROM quoted JOIN rate ON rate.days @> quoted.day
),
opening_quote AS MATERIALIZED (
  SELECT DISTINCT ON (currency) currency, rate FROM rate
  ORDER BY currency, (since <= %(opening_day)s) DESC,
    CASE WHEN since <= %(opening_day)s THEN since END DESC, since
),
frame AS MATERIALIZED (
  SELECT moment.client_id, moment.day, COALESCE(lower(presence.paid) < moment.day, FALSE) AS had_mrr_before,
    COALESCE(presence.held @> (moment.day - 1), FALSE) AS is_held_before,
    COALESCE(presence.held @> moment.day, FALSE) AS is_held_now,
    COALESCE(presence.active @> (moment.day - 1), FALSE) AS is_active_before,
    COALESCE(presence.active @> moment.day, FALSE) AS is_active_now,
    {key_before} AS key_before, {key} AS key
  FROM moment LEFT JOIN presence USING (client_id)
),
offer AS MATERIALIZED (
  SELECT frame.*, line.service_id, line.is_recurring, line.currency, line.amount, line.starts_on, line.reason,
    line.term @> (frame.day - 1) AS in_term_before,
    line.term @> frame.day AS in_term,
    line.term @> (frame.day - 1) AND NOT line.pauses @> (frame.day - 1) AS live_before,
    line.term @> frame.day AND NOT line.pauses @> frame.day AS live_now
  FROM frame LEFT JOIN line
    ON line.client_id = frame.client_id AND (line.term @> frame.day OR line.term @> (frame.day - 1))
)
SELECT offer.client_id, offer.day, had_mrr_before, is_held_before, is_held_now, is_active_before,
  is_active_now, key_before, key, service.book_id AS service,
  COALESCE(SUM(amount * before.rate) FILTER (WHERE live_before), 0) AS was,
  COALESCE(SUM(amount * today.rate) FILTER (WHERE live_before), 0) AS carried,
  COALESCE(SUM(amount * today.rate) FILTER (WHERE live_now), 0) AS now,
  COALESCE(SUM(amount * opening_quote.rate) FILTER (WHERE live_now), 0) AS fixed,
  COALESCE(bool_or(live_before) FILTER (WHERE is_recurring), FALSE) AS had,
  bool_or(live_now AND in_term_before AND NOT live_before AND amount > 0) AS resumed,
  bool_or(live_now AND starts_on = offer.day AND reason = 'price_change') AS repriced,
  bool_or(in_term_before AND (amount > 0 OR NOT is_recurring)) AS is_offered_before,
  bool_or(in_term AND (amount > 0 OR NOT is_recurring)) AS is_offered_now,
  max(offer.currency) FILTER (
    WHERE (live_before AND before.rate IS NULL) OR (live_now AND today.rate IS NULL)) AS unquoted
FROM offer
LEFT JOIN clients_service service ON service.id = offer.service_id
LEFT JOIN quote before ON before.currency = offer.currency AND before.day = offer.day - 1
LEFT JOIN quote today ON today.currency = offer.currency AND today.day = offer.day
LEFT JOIN opening_quote ON opening_quote.currency = offer.currency
WHERE offer.service_id IS NOT NULL OR is_active_before OR is_active_now
GROUP BY offer.client_id, offer.day, had_mrr_before, is_held_before, is_held_now, is_active_before,
  is_active_now, key_before, key, service.book_id
ORDER BY offer.client_id, offer.day, service.book_id"""


def load_ledger(query: Query) -> Ledger:
    """The moments of every client that had a line or was a client around them."""
    text = BOOK + _QUERY.format(
        has_owners="TRUE" if query.by in ("am", "team") else "FALSE",
        has_teams="TRUE" if query.by == "team" else "FALSE",
        key_before=client_slice(query.by, "moment.client_id", "(moment.day - 1)"),
        key=client_slice(query.by, "moment.client_id", "moment.day"),
    )
    with connection.cursor() as cursor:
        cursor.execute(text, parameters(query))
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    unquoted = {row["unquoted"] for row in rows if row["unquoted"]}
    return Ledger(list(_moments(rows)), tuple(sorted(unquoted)))


def _moments(rows: list[dict[str, Any]]) -> Iterator[Moment]:
    for (client_id, day), group in groupby(rows, key=itemgetter("client_id", "day")):
        service_rows = list(group)
        first = service_rows[0]
        yield Moment(
            client_id=client_id,
            day=day,
            services=_services([row for row in service_rows if row["service"] is not None]),
            had_mrr_before=first["had_mrr_before"],
            is_held_before=first["is_held_before"],
            is_held_now=first["is_held_now"],
            is_active_before=first["is_active_before"],
            is_active_now=first["is_active_now"],
            key_before=first["key_before"],
            key=first["key"],
        )


def _services(rows: list[dict[str, Any]]) -> tuple[ServiceState, ...]:
    """A client is never below 0: where discounts outweigh its lines, all its services count as 0."""
    amounts: dict[str, list[Fraction]] = {}
    for name in _AMOUNTS:
        values = [Fraction(row[name]) / SCALE for row in rows]
        amounts[name] = values if sum(values) > 0 else [NOTHING] * len(rows)
    return tuple(
        ServiceState(
            service=row["service"],
            was=amounts["was"][index],
            carried=amounts["carried"][index],
            now=amounts["now"][index],
            fixed=amounts["fixed"][index],
            had=row["had"],
            resumed=row["resumed"],
            repriced=row["repriced"],
            is_offered_before=row["is_offered_before"],
            is_offered_now=row["is_offered_now"],
        )
        for index, row in enumerate(rows)
    )
