"""The two routes side by side: what a family says directly, and what it says from facts."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from types import ModuleType
from typing import Any

from accounts.models import AgencySettings
from agencyam.periods import Period
from kpis.direct import delivery, feedback, growth, people, service, touchpoints
from kpis.direct.exact import CONTEXT
from kpis.direct.query import Figure, Figures, Query
from kpis.engine import as_text
from kpis.facts.events import delivery as delivery_facts
from kpis.facts.events import feedback as feedback_facts
from kpis.facts.events import growth as growth_facts
from kpis.facts.events import people as people_facts
from kpis.facts.events import service as service_facts
from kpis.facts.events import touchpoints as touchpoint_facts
from kpis.facts.money import building as money

PAIRS: dict[str, tuple[ModuleType, ModuleType]] = {
    "service": (service, service_facts),
    "feedback": (feedback, feedback_facts),
    "growth": (growth, growth_facts),
    "delivery": (delivery, delivery_facts),
    "touchpoints": (touchpoints, touchpoint_facts),
    "people": (people, people_facts),
}
SLICES = ("agency", "am", "team", "segment", "service", "client")


def build(settings: AgencySettings, clients: list[int] | None = None) -> None:
    """All facts that these families read."""
    money.build(settings=settings, clients=clients)
    for _direct, facts in PAIRS.values():
        facts.build(settings=settings, clients=clients)


def ask(settings: AgencySettings, periods: Sequence[Period], as_of: date, by: str) -> list[Query]:
    """A query for each period that has begun by the as-of day."""
    return [
        Query(period=period, as_of=as_of, by=by, settings=settings)
        for period in periods
        if period.start <= as_of
    ]


def told_directly(queries: Sequence[Query], family: str) -> list[dict[str, Any]]:
    direct, _facts = PAIRS[family]
    with localcontext(CONTEXT):
        return [plain(direct.compute(query, direct.KEYS)) for query in queries]


def told_by_facts(queries: Sequence[Query], family: str, only: str | None = None) -> list[dict[str, Any]]:
    _direct, facts = PAIRS[family]
    return [plain(figures) for figures in facts.compute(queries, facts.KEYS, only)]


def plain(figures: Figures) -> dict[str, Any]:
    """Figures as the JSON has them, and the notes beside them; KPIs without any slice left out."""
    return {
        key: {name: _plain(figure) for name, figure in slices.items()}
        for key, slices in figures.items()
        if slices
    }


def _plain(figure: Figure) -> dict[str, Any]:
    names = ("value", "numerator", "denominator", "ci_low", "ci_high")
    amounts = {name: as_text(getattr(figure, name)) for name in names}
    notes = {
        name: as_text(note) if isinstance(note, Decimal) else note for name, note in figure.extra.items()
    }
    return amounts | {"n": figure.n, "reason": figure.reason, "notes": notes}
