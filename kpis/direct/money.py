"""The family of KPIs that are read from contract lines.

clients kept and lost, recurring revenue and its movements.
"""

from collections.abc import Collection
from dataclasses import replace

from kpis.direct import cohort, flows, money_excluded, money_rows
from kpis.direct.churn_window import Losses
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.waterfall import SliceFacts, load_waterfall

KEYS = (*cohort.FIGURES, *flows.FIGURES, "mrr_growth_rate", "cmgr", "clv", "lifetime_months")
# Counting clients needs no exchange rate.
_WITHOUT_RATES = frozenset(
    ("client_retention_rate", "client_churn_rate", "opening_clients", "closing_clients", "lost_clients")
)


def compute(query: Query, keys: Collection[str]) -> Figures:
    """The figures of the keys, for every slice with contract lines. Raises DoesNotAddUp."""
    waterfall = load_waterfall(query)
    slices = waterfall.slices or {None: SliceFacts()} if query.by == "agency" else waterfall.slices
    figures: Figures = {}
    for key in keys:
        if waterfall.unquoted and key not in _WITHOUT_RATES and key != "lifetime_months":
            unknown = Figure(
                None, None, 0, None, {"currencies": waterfall.unquoted}, reason="missing_fx_rate"
            )
            figures[key] = dict.fromkeys(slices, unknown)
        else:
            figures[key] = {name: _figure(query, key, name, facts) for name, facts in slices.items()}
    return figures


def _figure(query: Query, key: str, name: SliceKey, facts: SliceFacts) -> Figure:
    known = cohort.FIGURES.get(key) or flows.FIGURES.get(key)
    if known is not None:
        return known(facts)
    if key in ("mrr_growth_rate", "cmgr"):
        return flows.growth(key, facts, **({"months": query.months} if key == "cmgr" else {}))
    churn_key = cohort.churn_keys(query).get(name, name)
    if key == "lifetime_months":
        return cohort.lifetime_months(query, _losses(query, query.months or 0, churn_key))
    figure = cohort.clv(query, facts, _losses(query, query.settings.clv_window_months, churn_key))
    return replace(figure, extra=figure.extra | cohort.survival(query, churn_key)) if facts.paying else figure


def _losses(query: Query, months: int, churn_key: SliceKey) -> Losses:
    return cohort.load_losses(query, months).get(churn_key, Losses()) if months else Losses()


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, object]]:
    """The clients, movements or months behind a figure; their sums are its numerator and denominator."""
    return money_rows.rows(query, kpi_key, slice_key)


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, object]]:
    """Clients and movements of the slice that do not count, each with its `reason` in words."""
    return money_excluded.excluded(query, kpi_key, slice_key)
