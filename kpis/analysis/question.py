"""The slice that an address asks for, its place in words, and amounts as these pages write them."""

from decimal import Decimal
from fractions import Fraction

from agencyam.money import format_money
from agencyam.templatetags.ui import with_minus
from kpis.asked import Asked
from kpis.direct.exact import to_decimal
from kpis.direct.query import SliceKey


def key_of(asked: Asked) -> SliceKey:
    """The slice; None for the whole agency."""
    return asked.key or None


def place_of(asked: Asked) -> str:
    """Period and slice in words: "September 2026", "September 2026, Ada Okafor"."""
    return asked.period.label if asked.by == "agency" else f"{asked.period.label}, {asked.label}"


def money(asked: Asked, amount: Fraction | Decimal, *, places: int | None = None) -> str:
    """An amount in the agency's currency with its minor unit, or with `places` decimals."""
    exact = to_decimal(amount) if isinstance(amount, Fraction) else amount
    settings = asked.moment.settings
    return with_minus(format_money(exact, settings.currency, settings.locale, places=places))


def change(asked: Asked, amount: Fraction) -> str:
    """As `money`, a gain with its plus."""
    return f"+{money(asked, amount)}" if amount > 0 else money(asked, amount)
