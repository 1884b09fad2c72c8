"""From facts to a score with its contributions, and from two scores to what changed. Pure, exact.

A component's points are its share of the score: the points gained add up to the score, gained and lost
together to 100. A change is split so that its parts add up to it and a component that did not move gets none:

- one known on both days: its weight within those known on both, times the change of its score;
- one that came or went: its weight that day, times how far it lay from the mean of those known on both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from agencyam.money import round_half_up
from kpis.formulas.health_score import Component, health_score
from kpis.health.components import FACTS, PARTS, Facts, is_leaving

GREEN_FROM, AMBER_FROM = Decimal(70), Decimal(40)
_SIX = Decimal("0.000001")


@dataclass(frozen=True)
class Health:
    """A score of 0 to 100 or None, its band ("" without one), and everything that it was made of."""

    score: Decimal | None
    band: str
    confidence: Decimal
    is_forced_red: bool
    components: dict[str, Any]


@dataclass(frozen=True)
class Split:
    """A change of the rounded score and its rounded parts, by component, which add up to it."""

    change: int
    parts: dict[str, int]


def compute_health(facts: Facts, day: date, weights: Mapping[str, Decimal]) -> Health:
    """The health of one client on one day. An open notice makes the band red, whatever the score."""
    components = [
        Component(part.key, weights.get(part.key, Decimal(0)), part.measure(facts, day)) for part in PARTS
    ]
    score = health_score(component for component in components if component.weight)
    whole = sum((component.weight for component in components), Decimal(0))
    known = sum((component.weight for component in components if component.score is not None), Decimal(0))
    is_forced = is_leaving(facts)
    return Health(
        score=score,
        band="red" if is_forced else band_of(score),
        confidence=known / whole if whole else Decimal(0),
        is_forced_red=is_forced,
        components={component.name: _stored(component, known, facts) for component in components},
    )


def band_of(score: Decimal | None) -> str:
    """Green from 70, amber from 40, red below, on the unrounded score; blank without one."""
    if score is None:
        return ""
    return "green" if score >= GREEN_FROM else "amber" if score >= AMBER_FROM else "red"


def _stored(component: Component, known_weight: Decimal, facts: Facts) -> dict[str, Any]:
    score = component.score
    share = component.weight / known_weight if score is not None and known_weight else Decimal(0)
    return {
        "weight": _text(component.weight),
        "score": None if score is None else _text(score),
        "gained": _text(share * (score or 0)),
        "lost": _text(share * (100 - (score or 0))),
        "facts": {
            name: facts[name] for name in FACTS[component.name] if facts.get(name) not in (None, [], "")
        },
    }


def _text(value: Decimal) -> str:
    return format(value.quantize(_SIX).normalize(), "f") if value else "0"


def split_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> Split | None:
    """What moved the score between two days, from the stored components; None if either has no score."""
    old, new = _shares(before), _shares(after)
    if not old or not new:
        return None
    common = old.keys() & new.keys()
    parts = _moved(old, new, common) | _came_and_went(old, new, common)
    first, last = _mean(old, old.keys()), _mean(new, new.keys())
    change = int(round_half_up(last, 0)) - int(round_half_up(first, 0))
    return Split(change, _whole(parts, change))


Shares = dict[str, tuple[Decimal, Decimal]]  # weight and score of each component that counts


def _shares(components: Mapping[str, Any]) -> Shares:
    """The components that count; none if too little of the weight is known."""
    weights = {key: Decimal(part["weight"]) for key, part in components.items()}
    shares = {
        key: (weights[key], Decimal(part["score"]))
        for key, part in components.items()
        if weights[key] and part["score"] is not None
    }
    known = sum((weight for weight, _ in shares.values()), Decimal(0))
    return shares if 2 * known >= sum(weights.values(), Decimal(0)) else {}


def _mean(shares: Shares, keys: Any) -> Decimal:
    weight = sum((shares[key][0] for key in keys), Decimal(0))
    return sum((shares[key][0] * shares[key][1] for key in keys), Decimal(0)) / weight


def _moved(old: Shares, new: Shares, common: set[str]) -> dict[str, Decimal]:
    """Of those known on both days; where the weights changed too, each takes its own part of that."""
    old_weight = sum((old[key][0] for key in common), Decimal(0))
    new_weight = sum((new[key][0] for key in common), Decimal(0))
    middle = (_mean(old, common) + _mean(new, common)) / 2 if common else Decimal(0)
    parts = {}
    for key in common:
        was, now = old[key][0] / old_weight, new[key][0] / new_weight
        score = (old[key][1] + new[key][1]) / 2
        parts[key] = (was + now) / 2 * (new[key][1] - old[key][1]) + (now - was) * (score - middle)
    return parts


def _came_and_went(old: Shares, new: Shares, common: set[str]) -> dict[str, Decimal]:
    whole = (_mean(old, old.keys()) + _mean(new, new.keys())) / 2
    parts = {}
    for shares, sign in ((new, 1), (old, -1)):
        weight = sum((part for part, _ in shares.values()), Decimal(0))
        anchor = _mean(shares, common) if common else whole
        for key in shares.keys() - common:
            part, score = shares[key]
            parts[key] = sign * part / weight * (score - anchor)
    return parts


def _whole(parts: Mapping[str, Decimal], total: int) -> dict[str, int]:
    """Whole numbers that add up to `total`: rounded down, the largest remainders get the rest."""
    floors = {key: int(part.to_integral_value(ROUND_FLOOR)) for key, part in parts.items()}
    rest = total - sum(floors.values())
    by_remainder = sorted(parts, key=lambda key: (floors[key] - parts[key], key))
    for key in by_remainder[:rest]:
        floors[key] += 1
    return floors
