"""The evidence behind money KPIs: clients, movements or months, whose sums are the figure."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

from django.db import connection

from kpis.direct.churn_window import list_months, months_back
from kpis.direct.cohort import churn_keys
from kpis.direct.exact import CONTEXT, to_decimal
from kpis.direct.ledger import Moment
from kpis.direct.movements import GROWTH, MOVEMENTS, Kind, Movement
from kpis.direct.query import Query, SliceKey
from kpis.direct.waterfall import SOLD, ClientEnds, Waterfall, kept_part, load_waterfall

Row = dict[str, Any]

_LOGO = ("client_retention_rate", "client_churn_rate", "opening_clients")
_COHORT = ("grr", "nrr", "revenue_churn_rate", "net_revenue_churn_rate")
_SOLD = {
    "upsell_rate": (Kind.UPSELL,),
    "cross_sell_rate": (Kind.CROSS_SELL,),
    "upsell_cross_sell_revenue": SOLD,
    "upsell_cross_sell_revenue_rate": SOLD,
}
_MOVED = {
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
    if slice_key not in waterfall.slices:
        return []
    if kpi_key in ("clv", "lifetime_months"):
        return _months(query, kpi_key, slice_key)
    if kpi_key in _MOVED or kpi_key in _SOLD:
        return list(_movement_rows(query, waterfall, kpi_key, slice_key))
    return list(_client_rows(query, waterfall, kpi_key, slice_key))


def _client_rows(query: Query, waterfall: Waterfall, kpi_key: str, slice_key: SliceKey) -> Iterator[Row]:
    facts, names = waterfall.slices[slice_key], _names(query)
    for client in waterfall.ends:
        row: Row = {"client": names[client.client_id][0], "name": names[client.client_id][1]}
        opening = _amount_in(client.opening, query, slice_key, "was")
        closing = _amount_in(client.closing, query, slice_key, "now")
        if kpi_key in _LOGO and client.client_id in facts.opening_clients:
            yield row | {"is_retained": client.client_id in facts.retained, "opening_mrr": _text(opening)}
        elif kpi_key == "lost_clients" and client.client_id in facts.opening_clients - facts.retained:
            yield row | {"lost_mrr": _text(opening), "ended_reason": names[client.client_id][2]}
        elif kpi_key == "closing_clients" and client.client_id in facts.closing_clients:
            yield row | {"mrr": _text(closing)}
        elif kpi_key in _COHORT and client.client_id in facts.prospects and (opening or closing):
            yield row | _cohort_row(client, query, slice_key)
        elif kpi_key == "opening_mrr" and client.client_id in facts.cohort:
            yield row | {"mrr": _text(opening)}
        elif kpi_key in ("mrr", "arr", "arpa") and client.client_id in facts.paying:
            yield row | {"mrr": _text(closing)}


def _cohort_row(client: ClientEnds, query: Query, slice_key: SliceKey) -> Row:
    opening = _amount_in(client.opening, query, slice_key, "was")
    closing = _amount_in(client.closing, query, slice_key, "fixed")
    states = client.opening.services if client.opening else ()
    mine = (state for state in states if query.by != "service" or state.service == slice_key)
    kept = sum((kept_part(client, state) for state in mine), Fraction(0))
    return {"opening_mrr": _text(opening), "closing_mrr": _text(closing), "kept_mrr": _text(kept)}


def _amount_in(moment: Moment | None, query: Query, slice_key: SliceKey, name: str) -> Fraction:
    if moment is None:
        return Fraction(0)
    states = (state for state in moment.services if query.by != "service" or state.service == slice_key)
    return sum((getattr(state, name) for state in states), Fraction(0))


def _movement_rows(query: Query, waterfall: Waterfall, kpi_key: str, slice_key: SliceKey) -> Iterator[Row]:
    names = _names(query)
    for movement in _movements(waterfall, kpi_key, slice_key, query.by):
        yield {
            "client": names[movement.client_id][0],
            "name": names[movement.client_id][1],
            "service": movement.service,
            "day": movement.day.isoformat(),
            "movement": movement.kind.value,
            "amount": _text(movement.amount),
        }


def _movements(waterfall: Waterfall, kpi_key: str, slice_key: SliceKey, by: str) -> Iterable[Movement]:
    if kpi_key in _MOVED:
        kinds = _MOVED[kpi_key]
        return (row for row in waterfall.movements if row.key == slice_key and row.kind in kinds)
    kinds, facts = _SOLD[kpi_key], waterfall.slices[slice_key]
    cohort = set().union(*(facts.buyers[kind] for kind in kinds))
    return (
        row
        for row in waterfall.movements
        if row.kind in kinds and row.client_id in cohort and (by != "service" or row.key == slice_key)
    )


def _months(query: Query, kpi_key: str, slice_key: SliceKey) -> list[Row]:
    by = "segment" if query.by == "client" else query.by
    churn_key = churn_keys(query).get(slice_key, slice_key)
    count = query.settings.clv_window_months if kpi_key == "clv" else query.months or 0
    months = list_months(query, months_back(query.cut_end, count), by)
    return [
        {
            "month_starts_on": month["starts_on"].isoformat(),
            "opening_clients": month["opening_clients"],
            "lost_clients": month["lost"],
        }
        for month in months
        if month["key"] == churn_key
    ]


def _names(query: Query) -> dict[int, tuple[str, str, str]]:
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


def _text(amount: Fraction) -> str:
    return format(CONTEXT.quantize(to_decimal(amount), to_decimal(Fraction(1, 10**6))), "f")
