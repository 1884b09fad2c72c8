"""What other weights would make of today's scores, before anybody decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agencyam.money import round_half_up
from kpis.formulas.health_score import Component, health_score
from kpis.health.models import ClientHealth
from kpis.health.risk_list import latest_day
from kpis.health.scoring import band_of
from kpis.health.words import BAND_TONES, BAND_WORDS

CLIENTS = 5


@dataclass(frozen=True)
class Preview:
    """A client's score as it is and as it would be, rounded; None where it is or would be unknown."""

    name: str
    score: int | None
    band: str
    tone: str
    new_score: int | None
    new_band: str
    new_tone: str


def list_previews(*, weights: Mapping[str, Decimal], today: date) -> list[Preview]:
    """The clients that pay most, with their scores under the weights; two queries."""
    rows = ClientHealth.objects.filter(day=latest_day(today) or today).select_related("client")
    return [_preview(row, weights) for row in rows.order_by("-mrr", "client_id")[:CLIENTS]]


def _preview(row: ClientHealth, weights: Mapping[str, Decimal]) -> Preview:
    components = [
        Component(key, weights.get(key, Decimal(0)), [Decimal(part["score"])] if part["score"] else [])
        for key, part in row.components.items()
    ]
    score = health_score(component for component in components if component.weight)
    band = "red" if row.is_forced_red else band_of(score)
    return Preview(
        name=row.client.name,
        score=_whole(row.score),
        band=BAND_WORDS[row.band],
        tone=BAND_TONES[row.band],
        new_score=_whole(score),
        new_band=BAND_WORDS[band],
        new_tone=BAND_TONES[band],
    )


def _whole(score: Decimal | None) -> int | None:
    return None if score is None else int(round_half_up(score, 0))
