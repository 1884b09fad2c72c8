"""The rows behind one number: those that count, and those that do not with the reason."""

from dataclasses import dataclass
from decimal import localcontext
from typing import Any

from kpis.direct.exact import CONTEXT
from kpis.direct.query import Query
from kpis.direct.registry import FAMILY_OF
from kpis.evidence.rules import Totals, add_up
from kpis.formulas.catalogue import DEFINITIONS

Row = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """Plain rows, as the JSON has them; `totals` is what the counted ones add up to."""

    counted: list[Row]
    excluded: list[Row]
    totals: Totals


def list_evidence(query: Query, kpi: str, key: str | None) -> Evidence:
    """The rows of a KPI (one that there is) in a slice (None is the agency), from the reading of its figure."""
    if not query.is_counted(DEFINITIONS[kpi]):
        return Evidence([], [], Totals(None, None, None))
    family = FAMILY_OF[kpi]
    with localcontext(CONTEXT):
        counted = family.rows(query, kpi, key)
        excluded = family.excluded(query, kpi, key)
        return Evidence(counted, excluded, add_up(kpi, counted, months=query.months))
