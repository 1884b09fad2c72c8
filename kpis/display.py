"""Values as people read them: rounded once, half up."""

from decimal import Decimal

from agencyam.charts.formats import MINUS
from agencyam.money import format_money, round_half_up
from kpis.formulas.definition import Definition, Display

NOTHING = "–"


def format_value(definition: Definition, value: Decimal | None, *, currency: str, locale: str) -> str:
    """The value in the unit and with the decimals of its definition; a dash for None."""
    if value is None:
        return NOTHING
    match definition.display:
        case Display.MONEY:
            return format_money_words(value, currency, locale)
        case Display.PERCENT:
            return f"{_number(value * 100, definition.places)}%"
        case Display.HOURS:
            return f"{_number(value, definition.places)} h"
        case Display.MONTHS:
            return f"{_number(value, definition.places)} months"
        case Display.NUMBER:
            return _number(value, definition.places)


def _number(value: Decimal, places: int) -> str:
    rounded = round_half_up(value, places)
    return with_minus(f"{rounded if rounded else abs(rounded):,}")


def format_money_words(value: Decimal, currency: str, locale: str, *, places: int | None = None) -> str:
    """An amount with its symbol, minor unit (or `places`) and a true minus sign."""
    return with_minus(format_money(value, currency, locale, places=places))


def with_minus(text: str) -> str:
    """The number with a true minus sign in place of a hyphen."""
    return text.replace("-", MINUS)
