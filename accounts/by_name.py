"""Numbers that an agency gives to some of its names: a weight to a tier, a margin to a service. Pure.

Stored as JSON with decimals as text, which keeps them exact: `{"gold": "2", "silver": "1.5"}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

HEAVIEST = Decimal(100)
WEIGHT_PLACES = 2
MARGIN_PLACES = 6  # as many as the agency's own margin has
ONE = Decimal(1)


@dataclass(frozen=True)
class ByName:
    """A number for each name that has one of its own, and the usual one of all others."""

    usual: Decimal
    own: dict[str, Decimal]

    def of(self, name: str | None) -> Decimal:
        return self.own.get(name or "", self.usual)


def read_weights(stored: Mapping[str, Any]) -> ByName:
    """How much a client of a tier weighs; one without a weight of its own counts once. Raises ValidationError."""
    check_weights(stored)
    return ByName(ONE, _decimals(stored))


def read_margins(usual: Decimal, stored: Mapping[str, Any]) -> ByName:
    """The share of its revenue that is left of a service, by its id; others have the usual. Raises ValidationError."""
    check_margins(stored)
    return ByName(Decimal(usual), _decimals(stored))


def check_weights(stored: Any) -> None:
    """A validator of tier weights as they are stored."""
    _check(stored, "weight of tier", HEAVIEST, WEIGHT_PLACES)


def check_margins(stored: Any) -> None:
    """A validator of margins by service as they are stored."""
    _check(stored, "margin of service", ONE, MARGIN_PLACES)


def as_stored(numbers: Mapping[str, Any]) -> dict[str, str]:
    """Numbers that passed their check, each written in its only way: 2 for 2.00."""
    return {name: _plain(number) for name, number in _decimals(numbers).items()}


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimals(stored: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(str(number)) for name, number in stored.items()}


def _check(stored: Any, what: str, most: Decimal, places: int) -> None:
    if not isinstance(stored, Mapping):
        raise ValidationError("Numbers by name are an object, such as {'gold': '2'}.")
    for name, number in stored.items():
        if not name:
            raise ValidationError(f"A {what} needs the name.")
        if not _is_number(number, most, places):
            raise ValidationError(
                f"The {what} {name} needs a number from 0 to {most}, with at most {places} decimals."
            )


def _is_number(number: Any, most: Decimal, places: int) -> bool:
    if isinstance(number, bool) or not isinstance(number, str | int | Decimal):
        return False
    try:
        exact = Decimal(str(number))
    except InvalidOperation:
        return False
    if not exact.is_finite() or not 0 <= exact <= most:
        return False
    return exact == round(exact, places)
