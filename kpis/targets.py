"""Which target applies to a KPI in a slice on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kpis.direct.query import UNASSIGNED, Query, SliceKey
from kpis.direct.slices import list_client_segments
from kpis.formulas.definition import Definition
from kpis.models import Target


@dataclass(frozen=True)
class Goal:
    """What was agreed; `high` is the upper edge of a band."""

    low: Decimal | None
    high: Decimal | None = None


@dataclass(frozen=True)
class Goals:
    """The targets of the agency that are in force, by KPI, scope and slice."""

    by: str
    rows: dict[tuple[str, str, str], Goal]
    segments: dict[SliceKey, SliceKey]

    def of(self, definition: Definition, key: SliceKey) -> Goal:
        """The slice's own target, a client's segment's, the agency's, or the default of the definition.

        The agency's target for an amount is no target for a part of the agency.
        """
        own = self.rows.get((definition.key, self.by, key or ""))
        if own is None and self.by == "client":
            own = self.rows.get((definition.key, "segment", self.segments.get(key) or UNASSIGNED))
        if own is not None:
            return own
        if definition.is_amount and self.by != "agency":
            return Goal(None)
        usual = Goal(definition.target, definition.band_high)
        return self.rows.get((definition.key, "agency", ""), usual)


def load_goals(query: Query) -> Goals:
    """The targets in force on the last day that counts."""
    return load_goals_of([query])[0]


def load_goals_of(queries: Sequence[Query]) -> list[Goals]:
    """The targets in force on the last day that counts in each query, which share their kind of slice."""
    agreed = list(Target.objects.all())
    by = queries[0].by
    has_segments = by == "client" and any(row.scope == Target.Scope.SEGMENT for row in agreed)
    segments = list_client_segments() if has_segments else {}
    return [Goals(by, _in_force(agreed, query.closing_day), segments) for query in queries]


def _in_force(agreed: Iterable[Target], day: date) -> dict[tuple[str, str, str], Goal]:
    return {
        (row.kpi, row.scope, row.key): Goal(row.low, row.high)
        for row in agreed
        if row.starts_on <= day and (row.ends_on is None or row.ends_on > day)
    }
