"""Building the facts, of all clients or of those that changed, and knowing whether they can be read."""

import json
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from accounts.models import AgencySettings
from agencyam.locks import wait_for
from kpis.facts import registry
from kpis.facts.models import FactState

# Changing one of these changes what the facts say.
CHOICES = (
    "time_zone",
    "currency",
    "max_pause_days",
    "client_basis",
    "proposal_expiry_days",
    "fcr_window_days",
    "reply_hours",
)


def are_built(settings: AgencySettings) -> bool:
    """Whether the facts are there and were made by these choices. One query."""
    return FactState.objects.filter(pk=FactState.ONLY_ID, choices=_choices(settings)).exists()


@transaction.atomic
def build_all(*, settings: AgencySettings, now: datetime) -> None:
    """Make the facts of every client anew."""
    wait_for_builders()
    registry.build(settings=settings, clients=None)
    FactState.objects.update_or_create(
        pk=FactState.ONLY_ID, defaults={"choices": _choices(settings), "built_at": now}
    )


@transaction.atomic
def rebuild(*, settings: AgencySettings, clients: list[int]) -> None:
    """Make the facts of these clients anew, as a full build would make them."""
    wait_for_builders()
    if clients:
        registry.build(settings=settings, clients=sorted(clients))


def wait_for_builders() -> None:
    """One builder at a time and agency; the second goes on when the first has committed."""
    wait_for("facts")


def _choices(settings: AgencySettings) -> str:
    return json.dumps(
        {name: getattr(settings, name) for name in CHOICES}, sort_keys=True, cls=DjangoJSONEncoder
    )
