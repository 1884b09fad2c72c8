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
from kpis.facts.money import figures as lifetime
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
Memory = dict[Hashable, dict[Hashable, Figure]]
FigureOf = Callable[[SliceFacts], Figure]


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
    known = {
        name: memory.setdefault(mark, {}) for name, facts in slices.items() if (mark := _standstill(facts))
    }
    answer: Figures = {}
    for key in keys:
        if sums.unquoted and key not in _WITHOUT_RATES:
            unknown = Figure(None, None, 0, None, {"currencies": sums.unquoted}, reason="missing_fx_rate")
            answer[key] = dict.fromkeys(slices, unknown)
        elif key in _FROM_LOSSES:
            losses = windows[key]
            answer[key] = {
                name: _from_losses(query, key, facts, losses.get(segments.get(name, name), Losses()))
                for name, facts in slices.items()
            }
        else:
            figure, word = _figure_of(query, key), (key, query.months if key == "cmgr" else None)
            answer[key] = {
                name: _recall(known[name], word, figure, facts) if name in known else figure(facts)
                for name, facts in slices.items()
            }
    return answer


def _standstill(facts: SliceFacts) -> Hashable:
    """Equal for slices in which nothing moved and all else is equal: most clients in most months."""
    if facts.movers:
        return None
    amounts = (facts.opening, facts.closing, facts.cohort_closing, facts.kept)
    crowds = (
        facts.opening_clients,
        facts.retained,
        facts.closing_clients,
        facts.paying,
        facts.cohort,
        facts.prospects,
    )
    return (*(amount.as_integer_ratio() for amount in amounts), *(len(crowd) for crowd in crowds))


def _recall(known: dict[Hashable, Figure], word: Hashable, figure: FigureOf, facts: SliceFacts) -> Figure:
    found = known.get(word)
    if found is None:
        found = known[word] = figure(facts)
    return found


def _from_losses(query: Query, key: str, facts: SliceFacts, losses: Losses) -> Figure:
    return lifetime.clv(query, facts, losses) if key == "clv" else lifetime.lifetime_months(query, losses)


def _figure_of(query: Query, key: str) -> FigureOf:
    if key == "mrr_growth_rate":
        return partial(flows.growth, key)
    if key == "cmgr":
        return partial(flows.growth, key, months=query.months)
    return cohort.FIGURES.get(key) or flows.FIGURES[key]
