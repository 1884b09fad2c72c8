"""The product's own figures of all KPIs, months and slices."""

from decimal import localcontext

from accounts.models import AgencySettings
from bench.kpis.sizes import Sizes
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figures, Query
from kpis.direct.registry import FAMILIES
from kpis.facts import registry
from kpis.formulas.catalogue import DEFINITIONS
from kpis.formulas.definition import BY_ALL

Answers = dict[str, list[Figures]]  # by kind of slice, one entry a month


def fact_figures(sizes: Sizes, settings: AgencySettings) -> Answers:
    """By the fact route, all months of a kind of slice at once."""
    with localcontext(CONTEXT):
        return {kind: registry.compute(_queries(sizes, settings, kind), list(DEFINITIONS)) for kind in BY_ALL}


def direct_figures(sizes: Sizes, settings: AgencySettings) -> Answers:
    """By the direct route, which reads the rows anew for every month."""
    with localcontext(CONTEXT):
        return {kind: [_direct(query) for query in _queries(sizes, settings, kind)] for kind in BY_ALL}


def _queries(sizes: Sizes, settings: AgencySettings, kind: str) -> list[Query]:
    return [Query(period, sizes.as_of, kind, settings) for period in sizes.periods]


def _direct(query: Query) -> Figures:
    figures: Figures = {}
    for family in FAMILIES:
        keys = [key for key in family.KEYS if query.is_counted(DEFINITIONS[key])]
        figures.update(family.compute(query, keys) if keys else {})
    return figures
