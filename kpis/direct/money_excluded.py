"""Clients and movements that one might look for behind a money KPI, and why they do not count."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from kpis.direct import projects
from kpis.direct.exclusions import Row, Why, because, until_the_end
from kpis.direct.money_rows import LOGO, LOSSES, MOVED, amount_in, list_names, movement_row, text
from kpis.direct.movements import GROWTH, Kind, Movement
from kpis.direct.query import Query, SliceKey
from kpis.direct.waterfall import SOLD, ClientEnds, SliceFacts, Waterfall, load_waterfall

# Counted at the opening, at the close; the others are movements and months.
_CLIENTS_BEFORE = (*LOGO, "lost_clients")
_REVENUE_BEFORE = (
    "opening_mrr",
    "grr",
    "nrr",
    "revenue_churn_rate",
    "net_revenue_churn_rate",
    "upsell_rate",
    "cross_sell_rate",
    "upsell_cross_sell_revenue_rate",
)
_CLIENTS_NOW = ("closing_clients",)
_REVENUE_NOW = ("mrr", "arr", "arpa", "clv")
_KIND_WORDS = {
    Kind.NEW: "new revenue",
    Kind.REACTIVATION: "a reactivation",
    Kind.RESUME: "a resumption",
    Kind.UPSELL: "upsell",
    Kind.CROSS_SELL: "cross-sell",
    Kind.PRICE_CHANGE: "a price change",
    Kind.CONTRACTION: "contraction",
    Kind.PAUSE: "a pause",
    Kind.CHURN: "churn",
}


@dataclass(frozen=True)
class _Around:
    """A client in and around the period, as far as it touched the slice."""

    ends: ClientEnds
    kinds: frozenset[Kind]
    is_here_before: bool
    is_here_now: bool

    @property
    def joined(self) -> Why:
        """How one that was not there at the opening comes into sight."""
        if not self.ends.is_client and not self.ends.was_client:
            return Why.JOINED_AND_LEFT
        return Why.CAME_BACK if Kind.REACTIVATION in self.kinds else Why.NEW


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[Row]:
    """Plain rows with a `reason`, by client; those of the slice only."""
    if kpi_key == projects.PROJECT_RATE:
        return list(projects.excluded(query, slice_key))
    waterfall = load_waterfall(query)
    facts = waterfall.slices.get(slice_key)
    if facts is None:
        return []
    if kpi_key in (*_CLIENTS_BEFORE, *_REVENUE_BEFORE, *_CLIENTS_NOW, *_REVENUE_NOW):
        listed = [*_clients(query, waterfall, facts, kpi_key, slice_key)]
        if kpi_key in (*_CLIENTS_NOW, *_REVENUE_NOW):
            listed += _later(query, slice_key, (Kind.NEW, Kind.REACTIVATION))
        return listed
    if kpi_key == "lifetime_months":
        return []
    kinds = MOVED.get(kpi_key, SOLD)
    return [*_movements(query, waterfall, kpi_key, slice_key), *_later(query, slice_key, kinds)]


def _clients(
    query: Query, waterfall: Waterfall, facts: SliceFacts, kpi_key: str, slice_key: SliceKey
) -> Iterator[Row]:
    names = list_names(query)
    for around in _around(query, waterfall, slice_key):
        why = _why_not(kpi_key, around, facts)
        if why is None:
            continue
        book_id, name, _ = names[around.ends.client_id]
        opening = amount_in(around.ends.opening, query, slice_key, "was")
        closing = amount_in(around.ends.closing, query, slice_key, "now")
        row = {"client": book_id, "name": name, "opening_mrr": text(opening), "closing_mrr": text(closing)}
        yield because(why, row)


def _around(query: Query, waterfall: Waterfall, slice_key: SliceKey) -> Iterator[_Around]:
    """Everyone who was in the slice at the opening, at the close or in between."""
    kinds: defaultdict[int, set[Kind]] = defaultdict(set)
    for movement in waterfall.movements:
        if movement.key == slice_key:
            kinds[movement.client_id].add(movement.kind)
    ends = {client.client_id: client for client in waterfall.ends}
    for client_id in sorted(ends.keys() | kinds.keys()):
        client = ends.get(client_id) or ClientEnds(client_id, None, None)
        is_here_before, is_here_now = _is_here(client, query, slice_key)
        if is_here_before or is_here_now or kinds[client_id]:
            yield _Around(client, frozenset(kinds[client_id]), is_here_before, is_here_now)


def _is_here(client: ClientEnds, query: Query, slice_key: SliceKey) -> tuple[bool, bool]:
    opening, closing = client.opening, client.closing
    if query.by == "service":
        before = {state.service for state in opening.services if state.is_offered_before} if opening else ()
        now = {state.service for state in closing.services if state.is_offered_now} if closing else ()
        return slice_key in before, slice_key in now
    return (
        client.was_client and opening is not None and opening.key_before == slice_key,
        client.is_client and closing is not None and closing.key == slice_key,
    )


def _why_not(kpi_key: str, around: _Around, facts: SliceFacts) -> Why | None:
    """Why a client does not count; None for one that does."""
    client = around.ends
    if kpi_key in _CLIENTS_BEFORE:
        if client.client_id not in facts.opening_clients:
            return _why_not_before(around)
        is_lost = client.client_id not in facts.retained
        if kpi_key != "lost_clients" or is_lost:
            return None
        return Why.STILL_HERE_PAUSED if _is_paused_now(client) else Why.STILL_HERE
    if kpi_key in _REVENUE_BEFORE:
        if client.client_id in (facts.prospects if kpi_key != "opening_mrr" else facts.cohort):
            return None
        if not around.is_here_before:
            return _why_not_before(around)
        is_paused = client.opening is not None and client.opening.is_held_before
        return Why.PAUSED_BEFORE if is_paused else Why.NO_REVENUE_BEFORE
    counted = facts.closing_clients if kpi_key in _CLIENTS_NOW else facts.paying
    return None if client.client_id in counted else _why_not_now(around)


def _why_not_before(around: _Around) -> Why:
    return Why.OTHER_SLICE_BEFORE if around.ends.was_client else around.joined


def _why_not_now(around: _Around) -> Why:
    client = around.ends
    if around.is_here_now:
        return Why.PAUSED_NOW if _is_paused_now(client) else Why.NO_REVENUE_NOW
    if client.is_client:
        return Why.OTHER_SLICE_NOW
    return Why.LEFT if client.was_client else Why.JOINED_AND_LEFT


def _is_paused_now(client: ClientEnds) -> bool:
    closing = client.closing
    return closing is not None and closing.is_held_now and not closing.now


def _movements(query: Query, waterfall: Waterfall, kpi_key: str, slice_key: SliceKey) -> Iterator[Row]:
    counted, owners = MOVED.get(kpi_key, SOLD), waterfall.slices[slice_key].buyers
    paying_before = {client.client_id for client in waterfall.ends if client.opening_mrr}
    sign = -1 if kpi_key in LOSSES else 1
    for movement in waterfall.movements:
        if movement.key != slice_key:
            continue
        if movement.kind not in counted:
            row = movement_row(query, movement, sign=sign)
            yield row | {"reason": _why_not_this(movement, kpi_key)}
        elif kpi_key not in MOVED and movement.client_id not in owners[movement.kind]:
            is_elsewhere = movement.client_id in paying_before
            why = Why.OTHER_SLICE_BEFORE if is_elsewhere else Why.NOT_AT_OPENING
            yield because(why, movement_row(query, movement))


def _why_not_this(movement: Movement, kpi_key: str) -> str:
    if movement.kind == Kind.FX:
        return Why.EXCHANGE_RATE.value
    if movement.kind in (Kind.TRANSFER_IN, Kind.TRANSFER_OUT):
        return Why.HAND_OVER.value
    if kpi_key not in MOVED and movement.kind in GROWTH:
        return (Why.PRICE_CHANGE if movement.kind == Kind.PRICE_CHANGE else Why.RESUMED).value
    return f"Counts as {_KIND_WORDS[movement.kind]}"


def _later(query: Query, slice_key: SliceKey, kinds: tuple[Kind, ...]) -> list[Row]:
    """Movements of these kinds that the period still brings."""
    whole = until_the_end(query)
    if whole is None:
        return []
    listed = load_waterfall(whole).movements
    return [
        because(Why.LATER, movement_row(whole, row))
        for row in listed
        if row.key == slice_key and row.kind in kinds and row.day >= query.cut_end
    ]
