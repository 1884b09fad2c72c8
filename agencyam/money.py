"""Amounts with their currency, rounded once and only for people."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import (
    NumberPattern,
    format_currency,
    get_currency_precision,
    list_currencies,
    parse_pattern,
)

_CURRENCIES = frozenset(list_currencies())


@dataclass(frozen=True)
class Money:
    """An exact amount in an ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)


def is_currency(code: str) -> bool:
    """Whether ``code`` is an ISO 4217 code, upper case."""
    return code in _CURRENCIES


def round_half_up(value: Decimal, places: int) -> Decimal:
    """Round half away from zero, as PostgreSQL's ``round(numeric)`` does."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def format_money(amount: Decimal, currency: str, locale: str = "en_GB", *, places: int | None = None) -> str:
    """For people: symbol, grouping and the currency's own minor unit (or ``places``), rounded half up."""
    digits = get_currency_precision(currency) if places is None else places
    rounded = round_half_up(amount, digits)
    return format_currency(rounded, currency, format=_pattern(digits), locale=locale, currency_digits=False)


@cache
def _pattern(digits: int) -> NumberPattern:
    """Symbol, groups of three and so many digits; the same after a minus sign."""
    plain = f"¤#,##0.{'0' * digits}" if digits else "¤#,##0"
    return parse_pattern(f"{plain};-{plain}")
