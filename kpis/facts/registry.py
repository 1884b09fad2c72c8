"""Which family of facts answers which KPI. This list is the only way in which a family is found."""

from collections.abc import Collection, Sequence
from types import ModuleType

from accounts.models import AgencySettings
from kpis.direct.query import Figures, Query
from kpis.facts.events import delivery, feedback, growth, people, service, touchpoints
from kpis.facts.money import family
from kpis.formulas.catalogue import DEFINITIONS

# Each has KEYS, build(settings=, clients=) and compute(queries, keys, only).
FAMILIES: tuple[ModuleType, ...] = (family, feedback, service, touchpoints, growth, delivery, people)


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Replace the facts of these clients, of all if None, in the caller's transaction."""
    for each in FAMILIES:
        each.build(settings=settings, clients=clients)


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of the KPIs per query; each family is asked once, for its keys of this kind of slice."""
    by = queries[0].by
    answers: list[Figures] = [{key: {} for key in keys} for _ in queries]
    for each in FAMILIES:
        asked = [key for key in each.KEYS if key in keys and by in DEFINITIONS[key].slices]
        if asked:
            for answer, figures in zip(answers, each.compute(queries, asked, only), strict=True):
                answer.update(figures)
    return answers
