"""What each component weighs on a day: the agency's choice from a day on, else the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.services import audit
from agencyam.exceptions import Refused
from kpis.health.components import BY_KEY, DEFAULT_WEIGHTS
from kpis.health.models import HealthWeights

MOST_WEIGHT = Decimal(100)


class CannotSetWeights(Refused):
    pass


@dataclass(frozen=True)
class Weights:
    """All versions that were ever chosen, earliest first."""

    versions: tuple[tuple[date, dict[str, Decimal]], ...]

    def on(self, day: date) -> dict[str, Decimal]:
        """The weight of every component on the day."""
        chosen: dict[str, Decimal] = {}
        for from_on, weights in self.versions:
            if from_on <= day:
                chosen = weights
        return {key: chosen.get(key, Decimal(0)) for key in BY_KEY} if chosen else dict(DEFAULT_WEIGHTS)


def load_weights() -> Weights:
    """One query."""
    rows = HealthWeights.objects.order_by("from_on")
    return Weights(
        tuple(
            (row.from_on, {key: Decimal(weight) for key, weight in row.weights.items() if key in BY_KEY})
            for row in rows
        )
    )


@transaction.atomic
def set_weights(
    *, weights: Mapping[str, Decimal], from_on: date, today: date, by: User | None
) -> HealthWeights:
    """Weigh the components anew from a day on; days that are past keep theirs. Raises CannotSetWeights."""
    if from_on < today:
        raise CannotSetWeights("New weights hold from today or a later day: past scores stay as they were.")
    if set(weights) - set(BY_KEY):
        raise CannotSetWeights("There is no such component.")
    if any(not 0 <= weight <= MOST_WEIGHT for weight in weights.values()):
        raise CannotSetWeights("A weight lies between 0 and 100.")
    if not sum(weights.values()):
        raise CannotSetWeights("At least one component needs weight.")
    chosen = {key: format(weight.normalize(), "f") for key, weight in weights.items()}
    row, _ = HealthWeights.objects.update_or_create(
        from_on=from_on, defaults={"weights": chosen, "set_by": by}
    )
    audit.record(
        by=by, action="health_weights.set", target=row, changes={"from": str(from_on), "weights": chosen}
    )
    return row
