"""The evidence behind money KPIs: clients, movements or months, whose sums are the figure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import Any

from django.db import connection

from kpis.direct.churn_window import list_months, months_back
from kpis.direct.cohort import churn_keys
from kpis.direct.earnings import earned_by, margins_of
from kpis.direct.exact import CONTEXT, to_decimal
from kpis.direct.ledger import Moment, ServiceState
from kpis.direct.movements import GROWTH, MOVEMENTS, Kind, Movement
from kpis.direct.projects import PROJECT_RATE, buyers_of
from kpis.direct.query import Query, SliceKey
from kpis.direct.waterfall import SOLD, ClientEnds, SliceFacts, Waterfall, kept_parts, load_waterfall

Row = dict[str, Any]

_SIX, _THIRTY = Decimal("1e-6"), Decimal("1e-30")
GAINS = (Kind.NEW, Kind.REACTIVATION, *GROWTH)

LOGO = ("client_retention_rate", "client_churn_rate", "opening_clients")
COHORT = ("grr", "nrr", "revenue_churn_rate", "net_revenue_churn_rate")
_LOGO_CELLS: dict[str, Callable[[bool], Row]] = {
    "client_retention_rate": lambda is_retained: {"is_retained": is_retained},
    "client_churn_rate": lambda is_retained: {"is_lost": not is_retained},
    "opening_clients": lambda is_retained: {},
}
# The clients of a slice with a row each.
_COUNTED: dict[str, Callable[[SliceFacts], Collection[int]]] = {
    **dict.fromkeys(LOGO, attrgetter("opening_clients")),
    **dict.fromkeys(COHORT, attrgetter("prospects")),
    **dict.fromkeys(("mrr", "arpa", "arr", "clv"), attrgetter("paying")),
    "lost_clients": lambda facts: facts.opening_clients - facts.retained,
    "closing_clients": attrgetter("closing_clients"),
    "opening_mrr": attrgetter("cohort"),
}
# One row for each client that could have bought.
_BUYERS = {
    "upsell_rate": (Kind.UPSELL,),
    "cross_sell_rate": (Kind.CROSS_SELL,),
    "upsell_cross_sell_revenue_rate": SOLD,
}
SOLD_KEYS = {"upsell_cross_sell_revenue": SOLD}
_GROWTH_RATES = ("mrr_growth_rate", "cmgr")
# What was taken away is a positive amount.
LOSSES = ("contraction_mrr", "churned_mrr")
MOVED = {
    "new_mrr": (Kind.NEW,),
    "reactivation_mrr": (Kind.REACTIVATION,),
    "upsell_mrr": (Kind.UPSELL,),
    "cross_sell_mrr": (Kind.CROSS_SELL,),
    "price_change_mrr": (Kind.PRICE_CHANGE,),
    "expansion_mrr": GROWTH,
    "contraction_mrr": (Kind.CONTRACTION, Kind.PAUSE),
    "churned_mrr": (Kind.CHURN,),
    "net_new_mrr": MOVEMENTS,
    "quick_ratio": MOVEMENTS,
    "fx_effect": (Kind.FX,),
    "mrr_growth_rate": tuple(Kind),
    "cmgr": tuple(Kind),
}


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[Row]:
    """Plain rows with the client's id and name; amounts are text with 6 decimals."""
    waterfall = load_waterfall(query)
    if kpi_key == PROJECT_RATE:
        return list(_project_rows(query, waterfall, slice_key))
    if slice_key not in waterfall.slices:
        return []
    if kpi_key == "lifetime_months":
        return _months(query, kpi_key, slice_key)
    if kpi_key == "clv":
        clients = list(_client_rows(query, waterfall, kpi_key, slice_key))
        return _months(query, kpi_key, slice_key) + clients if clients else []
    if kpi_key in _BUYERS:
        return list(_buyer_rows(query, waterfall, kpi_key, slice_key))
    if kpi_key in MOVED or kpi_key in SOLD_KEYS:
        opening = _opening_rows(query, waterfall, slice_key) if kpi_key in _GROWTH_RATES else []
        return [*opening, *_movement_rows(query, waterfall, kpi_key, slice_key)]
    return list(_client_rows(query, waterfall, kpi_key, slice_key))


def _client_rows(query: Query, waterfall: Waterfall, kpi_key: str, slice_key: SliceKey) -> Iterator[Row]:
    facts, names = waterfall.slices[slice_key], list_names(query)
    counted = _COUNTED[kpi_key](facts) if kpi_key in _COUNTED else ()
    for client in waterfall.ends:
        if client.client_id not in counted:
            continue
        row: Row = {"client": names[client.client_id][0], "name": names[client.client_id][1]}
        opening = amount_in(client.opening, query, slice_key, "was")
        closing = amount_in(client.closing, query, slice_key, "now")
        if kpi_key in LOGO:
            is_retained = client.client_id in facts.retained
            yield row | _LOGO_CELLS[kpi_key](is_retained) | {"opening_mrr": text(opening)}
        elif kpi_key == "lost_clients":
            yield row | {"lost_mrr": text(opening), "ended_reason": names[client.client_id][2]}
        elif kpi_key in COHORT:
            if opening or closing:
                cells = _cohort_row(client, query, kpi_key, slice_key)
                is_lost = {"is_lost": client.client_id not in facts.retained}
                yield row | cells | (is_lost if kpi_key == "revenue_churn_rate" else {})
        elif kpi_key == "opening_mrr":
            yield row | {"mrr": text(opening)}
        elif kpi_key == "arr":
            yield row | {"mrr": text(closing), "arr": text(12 * closing)}
        elif kpi_key == "clv":
            yield row | {"mrr": text(closing)} | _earned_cells(client, query, slice_key, len(facts.paying))
        else:
            yield row | {"mrr": text(closing)}


def _cohort_row(client: ClientEnds, query: Query, kpi_key: str, slice_key: SliceKey) -> Row:
    opening = amount_in(client.opening, query, slice_key, "was")
    closing = amount_in(client.closing, query, slice_key, "fixed")
    parts = kept_parts(client).items()
    kept = sum(
        (part for service, part in parts if query.by != "service" or service == slice_key), Fraction(0)
    )
    row = {"opening_mrr": text(opening), "closing_mrr": text(closing), "kept_mrr": text(kept)}
    if kpi_key == "revenue_churn_rate":
        return row | {"lost_mrr": text(opening - kept)}
    if kpi_key == "net_revenue_churn_rate":
        return row | {"net_loss": text(opening - closing)}
    return row


def _earned_cells(client: ClientEnds, query: Query, slice_key: SliceKey, paying: int) -> Row:
    """What a client leaves after the margins of its services, told apart where they differ."""
    earned = earned_by(_states(client.closing, query, slice_key), margins_of(query))
    cells = {"earned_mrr": text(earned)} if query.settings.service_margins else {}
    return cells | {"share_of_revenue": text(earned / paying)}


def amount_in(moment: Moment | None, query: Query, slice_key: SliceKey, name: str) -> Fraction:
    states = _states(moment, query, slice_key)
    return sum((getattr(state, name) for state in states), Fraction(0))


def _states(moment: Moment | None, query: Query, slice_key: SliceKey) -> list[ServiceState]:
    """The services of a client that are in the slice."""
    services = moment.services if moment else ()
    return [state for state in services if query.by != "service" or state.service == slice_key]


def _movement_rows(query: Query, waterfall: Waterfall, kpi_key: str, slice_key: SliceKey) -> Iterator[Row]:
    for movement in _movements(waterfall, kpi_key, slice_key, query.by):
        row = movement_row(query, movement, sign=-1 if kpi_key in LOSSES else 1)
        if kpi_key == "quick_ratio":
            side = "gained" if movement.kind in GAINS else "lost"
            row |= {side: text(abs(movement.amount))}
        yield row


def movement_row(query: Query, movement: Movement, *, sign: int = 1) -> Row:
    """Who, in which service, when, what and how much."""
    book_id, name, _ = list_names(query)[movement.client_id]
    return {
        "client": book_id,
        "name": name,
        "service": movement.service,
        "day": movement.day.isoformat(),
        "movement": movement.kind.value,
        "amount": text(sign * movement.amount),
    }


def _movements(waterfall: Waterfall, kpi_key: str, slice_key: SliceKey, by: str) -> Iterable[Movement]:
    if kpi_key in MOVED:
        kinds = MOVED[kpi_key]
        return (row for row in waterfall.movements if row.key == slice_key and row.kind in kinds)
    return _sales(waterfall, SOLD_KEYS[kpi_key], slice_key, by)


def _sales(waterfall: Waterfall, kinds: tuple[Kind, ...], slice_key: SliceKey, by: str) -> Iterator[Movement]:
    """What the clients of the opening bought, also after a hand-over."""
    facts = waterfall.slices[slice_key]
    for row in waterfall.movements:
        is_of_slice = by != "service" or row.key == slice_key
        if row.kind in kinds and is_of_slice and row.client_id in facts.buyers[row.kind]:
            yield row


def _opening_rows(query: Query, waterfall: Waterfall, slice_key: SliceKey) -> Iterator[Row]:
    """What growth is divided by, client by client."""
    names, cohort = list_names(query), waterfall.slices[slice_key].cohort
    for client in waterfall.ends:
        if client.client_id in cohort:
            book_id, name, _ = names[client.client_id]
            amount = amount_in(client.opening, query, slice_key, "was")
            yield {"client": book_id, "name": name, "movement": "opening", "opening_mrr": text(amount)}


def _buyer_rows(query: Query, waterfall: Waterfall, kpi_key: str, slice_key: SliceKey) -> Iterator[Row]:
    """Every client of the opening, with what it bought."""
    bought: defaultdict[int, list[Movement]] = defaultdict(list)
    for movement in _sales(waterfall, _BUYERS[kpi_key], slice_key, query.by):
        bought[movement.client_id].append(movement)
    names, prospects = list_names(query), waterfall.slices[slice_key].prospects
    for client in waterfall.ends:
        if client.client_id not in prospects:
            continue
        sales = bought[client.client_id]
        opening = amount_in(client.opening, query, slice_key, "was")
        if kpi_key == "upsell_cross_sell_revenue_rate" and not (sales or opening):
            continue
        book_id, name, _ = names[client.client_id]
        yield {
            "client": book_id,
            "name": name,
            "services": sorted({str(sale.service) for sale in sales}),
            "is_buyer": bool(sales),
            "amount": text(sum((sale.amount for sale in sales), Fraction(0))),
            "opening_mrr": text(opening),
        }


def _project_rows(query: Query, waterfall: Waterfall, slice_key: SliceKey) -> Iterator[Row]:
    """Every client of the opening, with the projects that it bought."""
    names, ends = list_names(query), {client.client_id: client for client in waterfall.ends}
    for client_id, sales in buyers_of(query, slice_key).items():
        book_id, name, _ = names[client_id]
        yield {
            "client": book_id,
            "name": name,
            "services": sorted({sale.service for sale in sales}),
            "projects": len(sales),
            "is_buyer": bool(sales),
            "opening_mrr": text(ends[client_id].opening_mrr),
        }


def _months(query: Query, kpi_key: str, slice_key: SliceKey) -> list[Row]:
    by = "segment" if query.by == "client" else query.by
    churn_key = churn_keys(query).get(slice_key, slice_key)
    count = query.settings.clv_window_months if kpi_key == "clv" else query.months or 0
    months = [
        month
        for month in list_months(query, months_back(query.cut_end, count), by)
        if month["key"] == churn_key
    ]
    rows = [
        {
            "month_starts_on": month["starts_on"].isoformat(),
            "opening_clients": month["opening_clients"],
            "lost_clients": month["lost"],
        }
        for month in months
    ]
    if kpi_key != "clv":
        return rows
    total = sum(month["opening_clients"] for month in months)
    shares = [{"share_of_churn": text(Fraction(month["lost"], total))} for month in months]
    return [row | share for row, share in zip(rows, shares, strict=True)]


def list_names(query: Query) -> dict[int, tuple[str, str, str]]:
    """Of each client: book id, name, and why the last line that ended by the closing day did."""
    if "client_names" not in query.memo:
        text = """SELECT client.id, client.book_id, client.name, COALESCE((
            SELECT ended_reason FROM clients_contractline line
            WHERE line.client_id = client.id AND NOT is_void AND ends_on < %(cut_end)s
            ORDER BY ends_on DESC, line.id DESC LIMIT 1), '')
          FROM clients_client client"""
        with connection.cursor() as cursor:
            cursor.execute(text, {"cut_end": query.cut_end})
            query.memo["client_names"] = {row[0]: row[1:] for row in cursor.fetchall()}
    return query.memo["client_names"]


def text(amount: Fraction) -> str:
    """Six decimals; more where the amount has more, so that sums of rows are those of the figure."""
    six = CONTEXT.quantize(to_decimal(amount), _SIX)
    return format(six if Fraction(six) == amount else CONTEXT.quantize(to_decimal(amount), _THIRTY), "f")
