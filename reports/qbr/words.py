"""Days, months, counts and amounts as a document writes them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel.dates import format_date

from agencyam.money import format_money, round_half_up
from agencyam.periods import Period, month_of

NOTHING = "–"
MINUS = "\u2212"
NO_BREAK = "\u00a0"
# From here on the decimals of a number say nothing, then its hundreds.
LARGE = 100_000
MILLIONS = 100_000_000
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class Words:
    """The document's language is English; `locale` decides the order in which its dates are written."""

    locale: str

    @property
    def language(self) -> str:
        return self._english.replace("_", "-")

    @property
    def _english(self) -> str:
        return self.locale if self.locale.startswith("en_") else "en_GB"

    def day(self, day: date) -> str:
        """5 October 2026"""
        return format_date(day, "long", locale=self._english)

    def short_day(self, day: date | None) -> str:
        """5 Oct 2026; a dash for None."""
        return NOTHING if day is None else format_date(day, "medium", locale=self._english)

    def month(self, day: date) -> str:
        """Oct 2026: short enough for an axis."""
        return format_date(day, "MMM y", locale=self._english)

    def span(self, period: Period) -> str:
        """July to September 2026; whole months by their names, other spans by their days."""
        last = period.end - timedelta(days=1)
        if period.start.day != 1 or period.end.day != 1:
            return f"{self.day(period.start)} to {self.day(last)}"
        if period == month_of(period.start):
            return format_date(period.start, "MMMM y", locale=self._english)
        pattern = "MMMM" if period.start.year == last.year else "MMMM y"
        first = format_date(period.start, pattern, locale=self._english)
        return f"{first} to {format_date(last, 'MMMM y', locale=self._english)}"

    def money(self, amount: Decimal, currency: str) -> str:
        """€1,250 or €1,250.50: cents only where there are any."""
        is_whole = round_half_up(amount, 2) == amount.to_integral_value()
        return format_money(amount, currency, self._english, places=0 if is_whole else None)


def count(number: int, noun: str, plural: str = "") -> str:
    """1 message, 61 messages."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def spelt(number: int) -> str:
    """Small numbers as words, for the middle of a sentence."""
    return _SMALL[number] if number < len(_SMALL) else f"{number:,}"


def out_of(part: int, whole: int, noun: str, plural: str = "") -> str:
    """Six of eight pieces, 3 of 22 pieces, all five pieces: to begin a sentence with, the numbers written alike."""
    words = noun if whole == 1 else plural or noun + "s"
    if part == whole:
        return f"The one {words}" if whole == 1 else f"All {spelt(whole)} {words}"
    if whole < len(_SMALL):
        return f"{spelt(part).capitalize() if part else 'None'} of {spelt(whole)} {words}"
    return f"{part:,} of {whole:,} {words}"


def hours(value: Decimal) -> str:
    return f"{round_half_up(value, 1):,}{NO_BREAK}h"


def plain(value: Decimal | None) -> str:
    """A number without idle zeros: 12, 4.5, 1,250.25, 250,000, 250 M; a dash for None."""
    if value is None:
        return NOTHING
    if abs(value) >= MILLIONS:
        return f"{plain(value / 1_000_000)}{NO_BREAK}M"
    rounded = round_half_up(value, 2 if abs(value) < LARGE else 0)
    text = f"{abs(rounded):,.2f}".rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if rounded < 0 else text


def trimmed(text: str) -> str:
    """90% for 90.0%, 4 h for 4.0 h."""
    return text.replace(".0%", "%").replace(".0 h", " h").replace(" ", NO_BREAK)


def percent(part: Decimal | int, whole: Decimal | int) -> str:
    """Rounded half up, but never 100% or 0% of what is only nearly so."""
    share = Decimal(part) * 100 / Decimal(whole)
    rounded = round_half_up(share, 0)
    if (rounded == 100) != (share == 100) or (rounded == 0) != (share == 0):
        rounded = round_half_up(share, 1)
    return f"{rounded}%"


def listed(items: Sequence[str], most: int, noun: str = "more") -> list[str]:
    """At most so many items; the last one then says how many are missing."""
    if len(items) <= most:
        return list(items)
    return [*items[: most - 1], f"And {spelt(len(items) - most + 1)} {noun}."]
