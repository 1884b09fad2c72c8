"""The family of KPIs that are read from contract lines.

clients kept and lost, recurring revenue and its movements.
"""

from collections.abc import Collection

from kpis.direct import cohort, flows, money_excluded, money_rows, projects
from kpis.direct.churn_window import Losses
from kpis.direct.earnings import load_earned
from kpis.direct.projects import PROJECT_RATE
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.waterfall import SliceFacts, load_waterfall

KEYS = (*cohort.FIGURES, *flows.FIGURES, "mrr_growth_rate", "cmgr", "clv", "lifetime_months", PROJECT_RATE)
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
            names = projects.list_prospects(query) if key == PROJECT_RATE else slices
            figures[key] = dict.fromkeys(names, unknown)
        elif key == PROJECT_RATE:
            figures[key] = projects.figures(query)
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
    losses = _losses(query, query.settings.clv_window_months, churn_key)
    figure = cohort.clv(query, facts, losses, load_earned(query).get(name))
    if not facts.paying:
        return figure
    return figure._replace(extra={**figure.extra, **cohort.survival(query, churn_key)})


def _losses(query: Query, months: int, churn_key: SliceKey) -> Losses:
    return cohort.load_losses(query, months).get(churn_key, Losses()) if months else Losses()


def rows(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, object]]:
    """The clients, movements or months behind a figure; their sums are its numerator and denominator."""
    return money_rows.rows(query, kpi_key, slice_key)


def excluded(query: Query, kpi_key: str, slice_key: SliceKey) -> list[dict[str, object]]:
    """Clients and movements of the slice that do not count, each with its `reason` in words."""
    return money_excluded.excluded(query, kpi_key, slice_key)
