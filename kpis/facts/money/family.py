"""The second route to the family of KPIs that are read from contract lines: many periods, all slices at once."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import partial

from agencyam.periods import Period
from kpis.direct import cohort, flows, money
from kpis.direct.churn_window import Losses, months_back
from kpis.direct.exact import CONTEXT
from kpis.direct.projects import PROJECT_RATE, rate
from kpis.direct.query import Figure, Figures, Query, SliceKey
from kpis.direct.slices import list_client_segments
from kpis.direct.waterfall import SliceFacts
from kpis.facts.money.building import build
from kpis.facts.money.earnings import load_earned
from kpis.facts.money.losses import load_losses, pool
from kpis.facts.money.projects import Crowds, load_crowds
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
_NOT_OF_SUMS = _FROM_LOSSES | {PROJECT_RATE}

Windows = Mapping[str, dict[SliceKey, Losses]]
FigureOf = Callable[[SliceFacts], Figure]
# The figures of slices in which nothing moved, by all that they are made of; and these by what is asked for.
Recalled = dict[Hashable, dict[str, Figure]]
Memory = dict[Hashable, Recalled]


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read for one period."""

    sums: PeriodSums
    windows: Windows
    earned: Mapping[SliceKey, Decimal]
    projects: Crowds


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of the keys for each query, which differ in their period only; `only` is one slice key.

    Raises kpis.direct.waterfall.DoesNotAddUp.
    """
    if not queries:
        return []
    with localcontext(CONTEXT):
        found = _load(queries, keys, only)
        segments = list_client_segments() if queries[0].by == "client" and _FROM_LOSSES & set(keys) else {}
        memory: Memory = {}
        return [
            _figures(query, keys, period, segments, memory)
            for query, period in zip(queries, found, strict=True)
        ]


def _load(queries: Sequence[Query], keys: Collection[str], only: str | None) -> list[_Found]:
    """One per query, of that which the keys are made of."""
    periods = load_sums(queries, only)
    if queries[0].by == "agency":
        for sums in periods:
            sums.of(None)  # there even while there is no client
    windows = _load_windows(queries, keys)
    earned = load_earned(queries, only) if "clv" in keys else [{} for _ in queries]
    projects = load_crowds(queries, periods, only) if PROJECT_RATE in keys else [{} for _ in queries]
    return [_Found(*found) for found in zip(periods, windows, earned, projects, strict=True)]


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
    found: _Found,
    segments: dict[SliceKey, SliceKey],
    memory: Memory,
) -> Figures:
    slices, unquoted = found.sums.slices, found.sums.unquoted
    unknown = Figure(None, None, 0, None, {"currencies": unquoted}, reason="missing_fx_rate")
    is_known = {key: not unquoted or key in _WITHOUT_RATES for key in keys}
    answer: Figures = {key: {} if is_known[key] else dict.fromkeys(slices, unknown) for key in keys}
    own = {key: _figure_of(query, key) for key in keys if is_known[key] and key not in _NOT_OF_SUMS}
    recalled = memory.setdefault((query.months, *own), {})
    for name, facts in slices.items():
        for key, figure in _own_figures(own, facts, recalled).items():
            answer[key][name] = figure
        for key in found.windows:
            if is_known[key]:
                losses = found.windows[key].get(segments.get(name, name), Losses())
                answer[key][name] = _from_losses(query, key, facts, losses, found.earned.get(name))
    for name, crowd in found.projects.items():
        answer[PROJECT_RATE][name] = unknown if unquoted else rate(*crowd)
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


def _from_losses(query: Query, key: str, facts: SliceFacts, losses: Losses, earned: Decimal | None) -> Figure:
    if key == "clv":
        return cohort.clv(query, facts, losses, earned)
    return cohort.lifetime_months(query, losses)


def _figure_of(query: Query, key: str) -> FigureOf:
    if key == "mrr_growth_rate":
        return partial(flows.growth, key)
    if key == "cmgr":
        return partial(flows.growth, key, months=query.months)
    return cohort.FIGURES.get(key) or flows.FIGURES[key]
