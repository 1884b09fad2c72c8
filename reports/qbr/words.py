"""Days, months, counts and amounts as a document writes them, in its language and the agency's locale. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_decimal_symbol, get_group_symbol
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencyam.money import format_money, round_half_up
from agencyam.periods import Period, month_of

NOTHING = "–"
MINUS = "\u2212"
NO_BREAK = "\u00a0"
# From here on the decimals of a number say nothing, then its hundreds.
LARGE = 100_000
LEAST_SHARE = Decimal("0.1")
MILLIONS = 100_000_000
# So many millions have no room for decimals.
THOUSANDS = 1_000
USUAL_LOCALES = {"en": "en_GB", "de": "de_DE"}
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Words:
    """`language` is the document's; `locale` decides its dates and numbers, if it speaks that language.

    Texts come from the catalogue of the language that is active: whoever writes a document activates its own.
    """

    locale: str
    language: str = "en"

    @property
    def form(self) -> str:
        """The locale whose forms are used: de_AT for a German document of an Austrian agency."""
        is_same = self.locale.split("_")[0] == self.language
        return self.locale if is_same else USUAL_LOCALES[self.language]

    @property
    def tag(self) -> str:
        """The language as HTML and PDF name it: en-GB, de. It decides how words are hyphenated."""
        return self.form.replace("_", "-") if self.form in ("en_GB", "en_US") else self.language

    def day(self, day: date) -> str:
        """5 October 2026"""
        return format_date(day, "long", locale=self.form)

    def short_day(self, day: date | None) -> str:
        """5 Oct 2026; a dash for None."""
        return NOTHING if day is None else format_date(day, "medium", locale=self.form)

    def month(self, day: date) -> str:
        """Oct 2026: short enough for an axis."""
        return format_date(day, "MMM y", locale=self.form)

    def label(self, period: Period) -> str:
        """Q3 2026, March 2026, 2026, or the first and last day."""
        if period == month_of(period.start):
            return format_date(period.start, "MMMM y", locale=self.form)
        if "–" not in period.label:
            return period.label
        last = period.end - timedelta(days=1)
        return f"{self.short_day(period.start)} – {self.short_day(last)}"

    def span(self, period: Period) -> str:
        """July to September 2026; whole months by their names, other spans by their days."""
        last = period.end - timedelta(days=1)
        if period.start.day != 1 or period.end.day != 1:
            return self._from_to(self.day(period.start), self.day(last))
        if period == month_of(period.start):
            return format_date(period.start, "MMMM y", locale=self.form)
        pattern = "LLLL" if period.start.year == last.year else "MMMM y"
        first = format_date(period.start, pattern, locale=self.form)
        return self._from_to(first, format_date(last, "MMMM y", locale=self.form))

    def _from_to(self, first: str, last: str) -> str:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}

    def money(self, amount: Decimal, currency: str) -> str:
        """€1,250 or €1,250.50: cents only where there are any. 1.250 € in German."""
        is_whole = round_half_up(amount, 2) == amount.to_integral_value()
        places = 0 if is_whole else None
        if self.form.startswith("en"):
            return format_money(amount, currency, self.form, places=places)
        english = format_money(abs(amount), currency, "en_GB", places=places)
        digits = _NUMBER.search(english)
        symbol = _NUMBER.sub("", english).strip()
        written = self.figure(digits[0] if digits else "0")
        return f"{'-' if amount < 0 else ''}{written}{NO_BREAK}{symbol}"

    def number(self, number: int) -> str:
        """1,204"""
        return self.figure(f"{number:,}")

    def figure(self, text: str) -> str:
        """A text with numbers written the English way, such as ≥ 90.5%, in the forms of the locale."""
        if self.form.startswith("en"):
            return text
        marks = str.maketrans({",": get_group_symbol(self.form), ".": get_decimal_symbol(self.form)})
        written = _NUMBER.sub(lambda match: match[0].translate(marks), text)
        is_spaced = NO_BREAK in Locale.parse(self.form).percent_formats[None].pattern
        return re.sub(r"(?<=\d)%", f"{NO_BREAK}%", written) if is_spaced else written

    def hours(self, value: Decimal) -> str:
        """4.5 h"""
        return self.figure(f"{round_half_up(value, 1):,}{NO_BREAK}h")

    def plain(self, value: Decimal | None) -> str:
        """A number without idle zeros: 12, 4.5, 1,250.25, 250,000, 250 M; a dash for None."""
        if value is None:
            return NOTHING
        if abs(value) >= MILLIONS:
            millions = value / 1_000_000
            places = 2 if abs(millions) < THOUSANDS else 0
            return _("%(number)s\u00a0M") % {"number": self.plain(round_half_up(millions, places))}
        rounded = round_half_up(value, 2 if abs(value) < LARGE else 0)
        text = f"{abs(rounded):,.2f}".rstrip("0").rstrip(".")
        return self.figure(f"{MINUS}{text}" if rounded < 0 else text)

    def percent(self, part: Decimal | int, whole: Decimal | int) -> str:
        """Rounded half up, but never 100% or 0% of what is only nearly so: 99.9%, under 0.1%."""
        share = Decimal(part) * 100 / Decimal(whole)
        if 0 < share < LEAST_SHARE:
            return _("under %(share)s") % {"share": self.figure(f"{LEAST_SHARE}%")}
        rounded = round_half_up(share, 0)
        if (rounded == 100) != (share == 100) or (rounded == 0) != (share == 0):
            rounded = round_half_up(share, 1)
            # Of 99.96% too.
            rounded = min(rounded, 100 - LEAST_SHARE) if share < 100 else rounded
        return self.figure(f"{rounded}%")

    def trimmed(self, text: str) -> str:
        """90% for 90.0%, 4 h for 4.0 h, in one piece."""
        return self.figure(text.replace(".0%", "%").replace(".0 h", " h").replace(" ", NO_BREAK))

    def spelt(self, number: int) -> str:
        """Small numbers from two on as words, for the middle of a sentence."""
        small = {
            2: _("two"),
            3: _("three"),
            4: _("four"),
            5: _("five"),
            6: _("six"),
            7: _("seven"),
            8: _("eight"),
            9: _("nine"),
            10: _("ten"),
        }
        return small.get(number) or self.number(number)

    def opened(self, number: int) -> str:
        """As `spelt`, to begin a sentence with."""
        return self.spelt(number).capitalize()

    def alike(self, part: int, whole: int) -> dict[str, str]:
        """Both numbers of "six of eight", written alike; `begin` is the part as the head of a sentence."""
        if whole > 10:
            return {"part": self.number(part), "begin": self.number(part), "whole": self.number(whole)}
        return {"part": self.spelt(part), "begin": self.opened(part), "whole": self.spelt(whole)}

    def days(self, number: int) -> str:
        """1 day, 12 days."""
        return ngettext("%(number)s day", "%(number)s days", number) % {"number": self.number(number)}

    def answers(self, number: int) -> str:
        """1 answer, 11 answers."""
        return ngettext("%(number)s answer", "%(number)s answers", number) % {"number": self.number(number)}

    def more(self, rows: Sequence[object], most: int) -> str:
        """How many of the rows are not printed, and when they are talked about; empty where all are."""
        hidden = len(rows) - most
        if hidden <= 0:
            return ""
        more = ngettext(
            "And %(number)s more point, which we will go through with you.",
            "And %(number)s more points, which we will go through with you.",
            hidden,
        )
        return more % {"number": self.number(hidden)}

    def listed(self, items: Sequence[str], most: int) -> list[str]:
        """At most so many items; the last one then says how many are missing."""
        if len(items) <= most:
            return list(items)
        missing = len(items) - most + 1
        rest = _("And %(number)s more.") % {"number": self.spelt(missing)}
        return [*items[: most - 1], rest]
