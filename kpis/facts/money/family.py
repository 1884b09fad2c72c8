"""The second route to the family of KPIs that are read from contract lines: many periods, all slices at once."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from decimal import localcontext
from functools import partial

from agencyam.periods import Period
from kpis.direct import cohort, flows, money
from kpis.direct.churn_window import Losses, months_back
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.slices import list_client_segments
from kpis.direct.waterfall import SliceFacts
from kpis.facts.money.building import build
from kpis.facts.money.losses import load_losses, pool
from kpis.facts.money.sums import PeriodSums, load_sums

__all__ = ["KEYS", "build", "compute"]

KEYS: tuple[str, ...] = money.KEYS
# Counting clients needs no exchange rate.
_WITHOUT_RATES = frozenset(
    (
        "client_retention_rate",
        "client_churn_rate",
        "opening_clients",
        "closing_clients",
        "lost_clients",
        "lifetime_months",
    )
)
_FROM_LOSSES = frozenset(("clv", "lifetime_months"))

Windows = Mapping[str, dict[SliceKey, Losses]]
FigureOf = Callable[[SliceFacts], Figure]
# The figures of slices in which nothing moved, by all that they are made of; and these by what is asked for.
Recalled = dict[Hashable, dict[str, Figure]]
Memory = dict[Hashable, Recalled]


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of the keys for each query, which differ in their period only; `only` is one slice key.

    Raises kpis.direct.waterfall.DoesNotAddUp.
    """
    if not queries:
        return []
    with localcontext(CONTEXT):
        periods = load_sums(queries, only)
        windows = _load_windows(queries, keys)
        segments = list_client_segments() if queries[0].by == "client" and _FROM_LOSSES & set(keys) else {}
        memory: Memory = {}
        return [
            _figures(query, keys, sums, window, segments, memory)
            for query, sums, window in zip(queries, periods, windows, strict=True)
        ]


def _load_windows(queries: Sequence[Query], keys: Collection[str]) -> list[Windows]:
    """By query, by key: the losses of each slice in the months that the key looks back on."""
    wanted = [{key: _months(query, key) for key in _FROM_LOSSES & set(keys)} for query in queries]
    months = {month for by_key in wanted for periods in by_key.values() for month in periods}
    # A client's churn is that of its segment.
    found = load_losses(months, "segment" if queries[0].by == "client" else queries[0].by) if months else {}
    return [{key: pool(found, periods) for key, periods in by_key.items()} for by_key in wanted]


def _months(query: Query, key: str) -> list[Period]:
    count = query.settings.clv_window_months if key == "clv" else query.months or 0
    return months_back(query.cut_end, count)


def _figures(
    query: Query,
    keys: Collection[str],
    sums: PeriodSums,
    windows: Windows,
    segments: dict[SliceKey, SliceKey],
    memory: Memory,
) -> Figures:
    slices = sums.slices or {None: SliceFacts()} if query.by == "agency" else sums.slices
    unknown = Figure(None, None, 0, None, {"currencies": sums.unquoted}, reason="missing_fx_rate")
    is_known = {key: not sums.unquoted or key in _WITHOUT_RATES for key in keys}
    answer: Figures = {key: {} if is_known[key] else dict.fromkeys(slices, unknown) for key in keys}
    own = {key: _figure_of(query, key) for key in keys if is_known[key] and key not in _FROM_LOSSES}
    recalled = memory.setdefault((query.months, *own), {})
    for name, facts in slices.items():
        for key, figure in _own_figures(own, facts, recalled).items():
            answer[key][name] = figure
        for key in windows:
            if is_known[key]:
                losses = windows[key].get(segments.get(name, name), Losses())
                answer[key][name] = _from_losses(query, key, facts, losses)
    return answer


def _own_figures(own: Mapping[str, FigureOf], facts: SliceFacts, recalled: Recalled) -> dict[str, Figure]:
    """Most clients in most months are as they were: their figures are worked out once."""
    if facts.movers:
        return {key: figure(facts) for key, figure in own.items()}
    mark = _standstill(facts)
    if mark not in recalled:
        recalled[mark] = {key: figure(facts) for key, figure in own.items()}
    return recalled[mark]


def _standstill(facts: SliceFacts) -> tuple[Hashable, ...]:
    """All that there is to say of a slice in which nothing moved."""
    crowds = (
        facts.opening_clients,
        facts.retained,
        facts.closing_clients,
        facts.paying,
        facts.cohort,
        facts.prospects,
    )
    amounts = (facts.opening, facts.closing, facts.cohort_closing, facts.kept)
    return (*amounts, *(len(crowd) for crowd in crowds))


def _from_losses(query: Query, key: str, facts: SliceFacts, losses: Losses) -> Figure:
    return cohort.clv(query, facts, losses) if key == "clv" else cohort.lifetime_months(query, losses)


def _figure_of(query: Query, key: str) -> FigureOf:
    if key == "mrr_growth_rate":
        return partial(flows.growth, key)
    if key == "cmgr":
        return partial(flows.growth, key, months=query.months)
    return cohort.FIGURES.get(key) or flows.FIGURES[key]
