"""Targets in words: as agreed, and what a yearly one means in a shorter period."""

from decimal import Decimal

from kpis.choices.fields import HUNDRED, plain
from kpis.display import format_value
from kpis.formulas.definition import Definition, Direction, Display, TargetBasis
from kpis.formulas.target import target_for

_YEARLY = (TargetBasis.ANNUAL_SURVIVAL, TargetBasis.ANNUAL_LOSS, TargetBasis.ANNUAL_TOTAL)
_JUDGED = {
    TargetBasis.ANY: "The same for every period.",
    TargetBasis.ONE_MONTH: "Judged on single whole months; longer periods are judged by the rate per month.",
    TargetBasis.WHOLE_MONTHS: "Judged on periods of whole months.",
    TargetBasis.TRAILING_YEAR: "Judged over twelve months; shorter periods are not judged.",
}


def target_words(
    definition: Definition, low: Decimal | None, high: Decimal | None, *, currency: str, locale: str
) -> str:
    """A target as it was agreed, with all its decimals; nothing where there is none."""
    if low is None:
        return ""
    words = _exact(definition, low, currency=currency, locale=locale)
    if high is not None:
        return f"{words} to {_exact(definition, high, currency=currency, locale=locale)}"
    if definition.direction == Direction.DOWN:
        return f"below {words}" if definition.is_strict else f"at most {words}"
    return f"at least {words}"


def equivalent_words(definition: Definition, low: Decimal | None, *, currency: str, locale: str) -> str:
    """What the target means in a month and a quarter, or for which periods it is judged."""
    if low is None:
        return ""
    if definition.basis not in _YEARLY:
        return _JUDGED[definition.basis]
    year = _exact(definition, low, currency=currency, locale=locale)
    month, quarter = (
        format_value(definition, target_for(definition, low, months), currency=currency, locale=locale)
        for months in (1, 3)
    )
    return f"{year} a year is {month} a month and {quarter} a quarter."


def _exact(definition: Definition, value: Decimal, *, currency: str, locale: str) -> str:
    match definition.display:
        case Display.PERCENT:
            return f"{plain(value * HUNDRED)}%"
        case Display.NUMBER:
            return plain(value)
        case _:
            return format_value(definition, value, currency=currency, locale=locale)
