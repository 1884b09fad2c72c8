"""Which family of facts answers which KPI. This list is the only way in which a family is found."""

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType

from accounts.models import AgencySettings
from kpis.direct.query import Figures, Query
from kpis.facts.events import delivery, feedback, growth, people, service, touchpoints
from kpis.facts.events.storing import take_statistics
from kpis.facts.money import family
from kpis.formulas.catalogue import DEFINITIONS

# Each has KEYS, build(settings=, clients=) and compute(queries, keys, only).
FAMILIES: tuple[ModuleType, ...] = (family, feedback, service, touchpoints, growth, delivery, people)


def build(*, settings: AgencySettings, clients: list[int] | None) -> None:
    """Replace the facts of these clients, of all if None, in the caller's transaction."""
    for each in FAMILIES:
        each.build(settings=settings, clients=clients)
    if clients is None:
        take_statistics()


def compute(queries: Sequence[Query], keys: Collection[str], only: str | None = None) -> list[Figures]:
    """The figures of the KPIs per query; each family is asked once, for its keys counted in this kind of slice."""
    counted = [key for key in keys if queries[0].is_counted(DEFINITIONS[key])]
    answers: list[Figures] = [{key: {} for key in keys} for _ in queries]
    with _collector_at_rest():
        for each in FAMILIES:
            asked = [key for key in each.KEYS if key in counted]
            if asked:
                for answer, figures in zip(answers, each.compute(queries, asked, only), strict=True):
                    answer.update(figures)
    return answers


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Hundreds of thousands of small objects come and stay, none in a cycle: looking for cycles among them again
    and again would take as long as making them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
