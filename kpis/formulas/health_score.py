"""The weighted health score of a client; a part without data is dropped and the others take its weight."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True)
class Component:
    """A part of the score: its measures, each 0 to 100, are averaged. No measure means no data."""

    name: str
    weight: Decimal
    measures: Sequence[Decimal]

    @cached_property
    def score(self) -> Decimal | None:
        if not self.measures:
            return None
        return sum((Decimal(measure) for measure in self.measures), Decimal(0)) / len(self.measures)


def health_score(components: Iterable[Component]) -> Decimal | None:
    """Weighted mean of the parts with data, 0 to 100; None if less than half of the weight has data."""
    parts = list(components)
    weight = sum((Decimal(part.weight) for part in parts), Decimal(0))
    known = [(Decimal(part.weight), part.score) for part in parts if part.score is not None]
    known_weight = sum((part_weight for part_weight, _ in known), Decimal(0))
    if not known_weight or 2 * known_weight < weight:
        return None
    return sum((part_weight * score for part_weight, score in known), Decimal(0)) / known_weight
