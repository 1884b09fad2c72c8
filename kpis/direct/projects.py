"""One-off projects that were sold to the clients of the opening, where the agency counts them.

A project is sold on the day on which its line begins, and only for a price.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kpis.direct.evidence import as_json, fetch
from kpis.direct.exclusions import Row, Why, because, until_the_end
from kpis.direct.query import Figure, Query, SliceKey
from kpis.direct.slices import client_slice, list_slices
from kpis.direct.waterfall import SliceFacts, load_waterfall
from kpis.formulas import project_cross_sell_rate

PROJECT_RATE = "project_cross_sell_rate"

_SALES_SQL = """
SELECT {slice} AS slice_key, line.client_id, client.book_id AS client, client.name AS client_name,
  service.book_id AS service, line.starts_on AS day, line.amount, line.currency,
  CASE WHEN line.currency = %(base)s THEN 1 ELSE (
    SELECT rate_to_base FROM clients_fxrate rate
    WHERE rate.currency = line.currency AND rate.effective_on <= line.starts_on
    ORDER BY rate.effective_on DESC LIMIT 1
  ) END AS rate
FROM clients_contractline line
JOIN clients_client client ON client.id = line.client_id
JOIN clients_service service ON service.id = line.service_id
WHERE line.kind = 'one_off' AND NOT line.is_void AND line.starts_on >= %(start)s AND line.starts_on < %(cut_end)s
ORDER BY line.starts_on, line.id
"""


@dataclass(frozen=True, slots=True)
class ProjectSale:
    """A one-off line that began in the period; its slice is that of its day."""

    slice_key: SliceKey
    client_id: int
    client: str
    client_name: str
    service: str
    day: date
    amount: Decimal
    currency: str
    rate: Decimal | None  # of its day, into the agency's currency

    def as_json(self) -> dict[str, Any]:
        """The sale as an evidence row."""
        return as_json(
            client=self.client,
            name=self.client_name,
            service=self.service,
            day=self.day,
            amount=self.amount,
            currency=self.currency,
        )


def list_sales(query: Query) -> list[ProjectSale]:
    """What began in the period, the earliest first, with or without a price."""
    key = (
        "service.book_id" if query.by == "service" else client_slice(query.by, "client.id", "line.starts_on")
    )
    return fetch(query, ProjectSale, _SALES_SQL.format(slice=key))


def list_prospects(query: Query) -> dict[SliceKey, set[int]]:
    """By slice: the clients that could buy. Every client of the opening may buy any service."""
    slices = load_waterfall(query).slices or ({None: SliceFacts()} if query.by == "agency" else {})
    found = {key: facts.prospects for key, facts in slices.items()}
    if query.by != "service":
        return found
    everyone = set(_owners(query))
    return dict.fromkeys({**found, **list_slices(query)}, everyone)


def list_counted(query: Query) -> dict[SliceKey, list[ProjectSale]]:
    """By slice: what clients of the opening bought; also after a hand-over it is the sale of who had them then."""
    owners = _owners(query)
    counted: defaultdict[SliceKey, list[ProjectSale]] = defaultdict(list)
    for sale in list_sales(query):
        if sale.amount > 0 and sale.client_id in owners:
            counted[sale.slice_key if query.by == "service" else owners[sale.client_id]].append(sale)
    return counted


def sold_to_opening(query: Query, slice_key: SliceKey) -> Decimal | None:
    """What the clients of the opening paid for one-off projects; None where an exchange rate is missing."""
    total = Decimal(0)
    for sale in list_counted(query).get(slice_key, ()):
        if sale.rate is None:
            return None
        total += sale.amount * sale.rate
    return total


def figures(query: Query) -> dict[SliceKey, Figure]:
    """The share of the clients of the opening that bought, by slice."""
    counted = list_counted(query)
    return {
        key: rate(len({sale.client_id for sale in counted.get(key, ())}), len(prospects))
        for key, prospects in list_prospects(query).items()
    }


def rate(buyers: int, prospects: int) -> Figure:
    value = project_cross_sell_rate.compute(buyers=buyers, opening_clients=prospects)
    reason = "no_opening_mrr" if value is None else None
    return Figure(Decimal(buyers), Decimal(prospects), prospects, value, reason=reason)


def buyers_of(query: Query, slice_key: SliceKey) -> dict[int, list[ProjectSale]]:
    """Every client that could buy in a slice, with what it bought there."""
    bought: dict[int, list[ProjectSale]] = {
        client: [] for client in sorted(list_prospects(query).get(slice_key, ()))
    }
    for sale in list_counted(query).get(slice_key, ()):
        bought[sale.client_id].append(sale)
    return bought


def excluded(query: Query, slice_key: SliceKey) -> Iterator[Row]:
    """Projects of the slice that do not count, each with its `reason` in words."""
    owners = _owners(query)
    for sale in list_sales(query):
        if sale.slice_key != slice_key:
            continue
        if sale.amount <= 0:
            yield because(Why.WITHOUT_PRICE, sale.as_json())
        elif sale.client_id not in owners:
            yield because(Why.NOT_AT_OPENING, sale.as_json())
        elif query.by != "service" and owners[sale.client_id] != slice_key:
            yield because(Why.OTHER_SLICE_BEFORE, sale.as_json())
    whole = until_the_end(query)
    for sale in list_sales(whole) if whole else ():
        if sale.slice_key == slice_key and sale.day >= query.cut_end:
            yield because(Why.LATER, sale.as_json())


def _owners(query: Query) -> dict[int, SliceKey]:
    """The clients that paid at the opening, and the slice in which they were then."""
    return {
        client.client_id: client.opening.key_before
        for client in load_waterfall(query).ends
        if client.opening and client.opening_mrr
    }
