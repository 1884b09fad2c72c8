"""How a chart writes its numbers: short on the drawing, in full in tooltips and tables."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import (
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

from agencyam.money import round_half_up

MINUS = "\u2212"
NO_BREAK_SPACE = "\u00a0"
# Beyond these a plain number is longer than any label may be.
HUGE = Decimal("1e15")
TINY = Decimal("1e-6")
UNITS = ((Decimal("1e12"), "tn"), (Decimal("1e9"), "bn"), (Decimal("1e6"), "M"), (Decimal("1e3"), "k"))
# The same in other languages, with the space that stands before them there.
_UNITS_OF = {"de": {"tn": "Bio.", "bn": "Mrd.", "M": "Mio.", "k": "Tsd."}}


@dataclass(frozen=True)
class Format:
    """A unit. A value of 0.995 is written 99.5% by PERCENT, 186000 is written €186k by money("EUR").

    `factor` multiplies before writing, `places` is the most decimals shown, `is_compact` allows k and M in
    the short form, `is_signed` always writes a sign, `is_whole` keeps axis steps whole, `is_padded` writes
    all decimals or none (€2.50). `locale` decides on commas and points; `localised` sets it.
    """

    prefix: str = ""
    suffix: str = ""
    factor: int = 1
    places: int = 2
    is_compact: bool = True
    is_signed: bool = False
    is_whole: bool = False
    is_padded: bool = False
    locale: str = "en_GB"

    def short(self, value: Decimal) -> str:
        """For labels and headlines: €1.84M, 99.5%, 1.9 h."""
        return self._signed(value, self._short_digits(abs(value) * self.factor), self.is_signed)

    def change(self, value: Decimal) -> str:
        """As `short`, with a plus or minus sign unless it is zero: +€148k."""
        return self._signed(value, self._short_digits(abs(value) * self.factor), True)

    def full(self, value: Decimal) -> str:
        """For tooltips and tables: €1,840,213, to the cent where there are cents."""
        return self._signed(value, self._grouped(abs(value) * self.factor), self.is_signed)

    def tick(self, value: Decimal) -> str:
        """For an axis: never rounded, because a rounded tick lies about its place."""
        size = abs(value) * self.factor
        divisor, unit = _unit(size) if self.is_compact else (Decimal(1), "")
        return self._signed(value, _trimmed(size / divisor, 12) + unit, self.is_signed)

    def _short_digits(self, size: Decimal) -> str:
        if not self.is_compact:
            return self._grouped(size)
        divisor, unit = _unit(size)
        if not unit:
            return self._grouped(size)
        scaled = round_half_up(size / divisor, 2 if size < 10 * divisor else 1 if size < 100 * divisor else 0)
        if scaled >= 1000 and divisor < UNITS[0][0]:
            return self._short_digits(scaled * divisor)
        return _trimmed(scaled, 2) + unit

    def _grouped(self, size: Decimal) -> str:
        """Digits in groups of three; what would round to nothing keeps two digits."""
        rounded = round_half_up(size, self.places) if size < HUGE else size
        if size >= HUGE or (size and not rounded):
            return _trimmed(size, 1 - size.adjusted())
        if self.is_padded and rounded != rounded.to_integral_value():
            return f"{rounded:,f}"
        return _trimmed(rounded, self.places)

    def _signed(self, value: Decimal, digits: str, is_signed: bool) -> str:
        sign = MINUS if value < 0 else "+" if value > 0 and is_signed else ""
        return f"{sign}{self.prefix}{_written(digits, self.locale)}{self.suffix}"


COUNT = Format(places=1, is_whole=True)
NUMBER = Format()
PERCENT = Format(suffix="%", factor=100, places=1, is_compact=False)
POINTS = Format(places=1, is_compact=False, is_signed=True)
HOURS = Format(suffix=f"{NO_BREAK_SPACE}h", places=1)
MONTHS = Format(suffix=f"{NO_BREAK_SPACE}months", places=1)


@cache
def money(currency: str, locale: str = "en_GB") -> Format:
    """Amounts of an ISO currency: €186k short, €186,000.50 in full; 186 Tsd. € in German."""
    symbol = get_currency_symbol(currency, locale=locale)
    places = get_currency_precision(currency)
    if Locale.parse(locale).currency_formats["standard"].pattern.startswith("¤"):
        prefix = symbol if not symbol[-1].isalpha() else f"{symbol}{NO_BREAK_SPACE}"
        return Format(prefix=prefix, places=places, is_padded=True, locale=locale)
    return Format(suffix=f"{NO_BREAK_SPACE}{symbol}", places=places, is_padded=True, locale=locale)


def localised(unit: Format, locale: str) -> Format:
    """The unit with the separators of a locale, and the space that it sets before a per cent sign."""
    is_spaced = NO_BREAK_SPACE in Locale.parse(locale).percent_formats[None].pattern
    suffix = f"{NO_BREAK_SPACE}%" if unit.suffix == "%" and is_spaced else unit.suffix
    return replace(unit, locale=locale, suffix=suffix)


def _written(digits: str, locale: str) -> str:
    """Digits, separators and unit of a number that is written the English way, in the way of a locale."""
    if locale.startswith("en"):
        return digits
    number = digits.rstrip("tnbMk")
    unit = _UNITS_OF.get(locale[:2], {}).get(digits[len(number) :])
    marks = {ord(","): get_group_symbol(locale), ord("."): get_decimal_symbol(locale)}
    written = number.translate(marks)
    return f"{written}{NO_BREAK_SPACE}{unit}" if unit else f"{written}{digits[len(number) :]}"


def share(part: int, whole: int) -> str:
    """A share in whole per cent that never rounds something to 0% or less than all to 100%."""
    percent = int(round_half_up(Decimal(100 * part) / whole, 0))
    if part and percent == 0:
        return "under 1%"
    if part < whole and percent == 100:
        return "over 99%"
    return f"{percent}%"


def _unit(size: Decimal) -> tuple[Decimal, str]:
    """The largest of k, M, bn and tn that fits; none for small numbers and those nobody has a word for."""
    if size < HUGE:
        for divisor, unit in UNITS:
            if size >= divisor:
                return divisor, unit
    return Decimal(1), ""


def _trimmed(size: Decimal, places: int) -> str:
    if size and (size >= HUGE or size < TINY):
        return _scientific(size)
    written = f"{round_half_up(size, places):,f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _scientific(size: Decimal) -> str:
    digits, exponent = f"{size:.1e}".split("e")
    return f"{digits.removesuffix('.0')}e{exponent.lstrip('+').replace('-', MINUS)}"
