"""How one cell of a book reads and how it is written: pure, one small class per kind of value.

`parse` takes the cell's text, never empty, and returns a value or raises `BadCell` with half a sentence that
names what is wrong; `format` is its inverse. `storage` is the PostgreSQL type that holds any such value.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar

from agencyam import money
from agencyam.zones import known_zones
from clients.service.business_time import BadCalendar, Calendar

FIRST_YEAR, LAST_YEAR = 1900, 2199

_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_GROUPED_NUMBER = re.compile(r"-?[0-9]{1,3}(?:[,.'\u2019\u00a0\u202f ][0-9]{3})+(?:[.,][0-9]+)?")
_COMMA_NUMBER = re.compile(r"-?[0-9]+,[0-9]+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(?:\.[^@\s,;<>\".]+)+")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")

_YES = frozenset({"true", "yes", "1", "t", "y"})
_NO = frozenset({"false", "no", "0", "f", "n"})


class BadCell(Exception):
    """What is wrong with a cell, as the second half of "column: ..."."""


def neutralise(text: str) -> str:
    """The text as it is safe in a spreadsheet: one `'` before a cell that would read as a formula.

    A row of `'` before such a sign gets one more, so that `reveal` is an exact inverse.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def reveal(text: str) -> str:
    """The inverse of `neutralise`: takes exactly one `'` from before a formula sign."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def forbidden_characters(text: str) -> str | None:
    """Half a sentence on characters that no cell may hold, or None.

    Bytes that were not UTF-8 arrive here as lone surrogates.
    """
    if "\x00" in text:
        return "contains a NUL character"
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        return "is not UTF-8 text; save the file as UTF-8"
    return None


@dataclass(frozen=True, slots=True)
class Text:
    """Free text, kept to the letter. `is_line` refuses line breaks (names and titles)."""

    storage: ClassVar[str] = "text"

    max_length: int = 10_000
    is_line: bool = False

    def parse(self, text: str) -> str:
        value = reveal(text)
        if len(value) > self.max_length:
            raise BadCell(f"is longer than {self.max_length:,} characters")
        if self.is_line and any(character in value for character in "\r\n\t\v\f\x85\u2028\u2029"):
            raise BadCell("must be one line, without line breaks or tabs")
        return value

    def format(self, value: str) -> str:
        return neutralise(value)


@dataclass(frozen=True, slots=True)
class Ident:
    """An id of the book: text without outer spaces, at most 200 characters, one line."""

    storage: ClassVar[str] = "text"

    max_length: int = 200

    def parse(self, text: str) -> str:
        value = reveal(text.strip(" "))
        if len(value) > self.max_length:
            raise BadCell(f"is longer than {self.max_length} characters")
        if any(unicodedata.category(character) == "Cc" for character in value):
            raise BadCell("is an id and must not contain control characters")
        return value

    def format(self, value: str) -> str:
        return neutralise(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One word of a closed list; capitals, spaces and hyphens of a spreadsheet are forgiven."""

    storage: ClassVar[str] = "text"

    words: tuple[str, ...]

    def parse(self, text: str) -> str:
        word = text.strip().lower().replace(" ", "_").replace("-", "_")
        if word not in self.words:
            raise BadCell(f"must be one of {', '.join(self.words)}")
        return word

    def format(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A plain decimal with a dot, from `minimum` to `maximum`, with at most `places` decimals."""

    storage: ClassVar[str] = "numeric"

    minimum: Decimal | None = None
    maximum: Decimal | None = None
    places: int = 6
    digits: int = 14

    def parse(self, text: str) -> Decimal:
        text = text.strip()
        if not _PLAIN_NUMBER.fullmatch(text):
            raise BadCell(_number_problem(text))
        whole, _, fraction = text.lstrip("-").partition(".")
        if len(fraction.rstrip("0")) > self.places:
            raise BadCell(
                f"has more than {self.places} decimals" if self.places else "must be a whole number"
            )
        if len(whole.lstrip("0")) > self.digits:
            raise BadCell(f"has more than {self.digits} digits before the dot")
        value = Decimal(text)
        if self.minimum is not None and value < self.minimum:
            raise BadCell(f"must be at least {self.minimum}")
        if self.maximum is not None and value > self.maximum:
            raise BadCell(f"must be at most {self.maximum}")
        return value

    def format(self, value: Decimal) -> str:
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _number_problem(text: str) -> str:
    if _GROUPED_NUMBER.fullmatch(text):
        return "has a thousands separator; write plain digits with a dot for decimals"
    if _COMMA_NUMBER.fullmatch(text):
        return "has a decimal comma; write a dot"
    return "is not a number; write plain digits with a dot for decimals"


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between `minimum` and `maximum`, both allowed."""

    storage: ClassVar[str] = "integer"

    minimum: int
    maximum: int

    def parse(self, text: str) -> int:
        return int(Number(Decimal(self.minimum), Decimal(self.maximum), places=0).parse(text))

    def format(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false; yes/no and 1/0 are understood."""

    storage: ClassVar[str] = "boolean"

    def parse(self, text: str) -> bool:
        word = text.strip().lower()
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise BadCell("must be true or false")

    def format(self, value: bool) -> str:
        return "true" if value else "false"


@lru_cache(maxsize=100_000)
def _parse_day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise BadCell("is not a date; write YYYY-MM-DD")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadCell("is a date that does not exist") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCell(f"is a date outside {FIRST_YEAR} to {LAST_YEAR}")
    return day


@dataclass(frozen=True, slots=True)
class Day:
    """A day in the agency's zone, `YYYY-MM-DD`."""

    storage: ClassVar[str] = "date"

    def parse(self, text: str) -> date:
        return _parse_day(text.strip())

    def format(self, value: date) -> str:
        return value.isoformat()


@dataclass(frozen=True, slots=True)
class Month:
    """A month, `YYYY-MM`; the value is its first day."""

    storage: ClassVar[str] = "date"

    def parse(self, text: str) -> date:
        text = text.strip()
        if not _MONTH.fullmatch(text):
            raise BadCell("is not a month; write YYYY-MM")
        try:
            return _parse_day(f"{text}-01")
        except BadCell:
            raise BadCell("is a month that does not exist") from None

    def format(self, value: date) -> str:
        return f"{value:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment, ISO 8601 with an offset; the value is aware and in UTC."""

    storage: ClassVar[str] = "timestamptz"

    def parse(self, text: str) -> datetime:
        text = text.strip()
        match = _INSTANT.fullmatch(text)
        if match is None:
            raise BadCell("is not an instant; write 2026-03-05T09:30:00+01:00")
        if match["offset"] is None:
            raise BadCell("is an instant without an offset; add Z or +01:00")
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            raise BadCell("is a date or time that does not exist") from None
        if not FIRST_YEAR < instant.year < LAST_YEAR:
            raise BadCell(f"is a date outside {FIRST_YEAR + 1} to {LAST_YEAR - 1}")
        return instant.astimezone(UTC)

    def format(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 code in capitals."""

    storage: ClassVar[str] = "text"

    def parse(self, text: str) -> str:
        code = text.strip()
        if not _is_currency(code):
            raise BadCell("is not a known currency; write its ISO code, such as EUR")
        return code

    def format(self, value: str) -> str:
        return value


@lru_cache(maxsize=1_000)
def _is_currency(code: str) -> bool:
    return money.is_currency(code)


@dataclass(frozen=True, slots=True)
class Zone:
    """An IANA time zone."""

    storage: ClassVar[str] = "text"

    def parse(self, text: str) -> str:
        name = text.strip()
        if name not in known_zones():
            raise BadCell("is not a known time zone; write its IANA name, such as Europe/Berlin")
        return name

    def format(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Email:
    """A mail address; in small letters where members sign in with it."""

    storage: ClassVar[str] = "text"

    is_lowered: bool = False

    def parse(self, text: str) -> str:
        value = reveal(text.strip())
        if len(value) > 254 or not _EMAIL.fullmatch(value) or not value.isprintable():
            raise BadCell("is not an email address")
        return value.lower() if self.is_lowered else value

    def format(self, value: str) -> str:
        return neutralise(value)


@dataclass(frozen=True, slots=True)
class Tags:
    """Words separated by `;` (or `|`), each once and in their order; the value is a list."""

    storage: ClassVar[str] = "text[]"

    max_tag_length: int = 100

    def parse(self, text: str) -> list[str]:
        separator = "|" if "|" in text and ";" not in text else ";"
        tags = [tag.strip() for tag in reveal(text).split(separator)]
        if any(len(tag) > self.max_tag_length for tag in tags):
            raise BadCell(f"has a tag longer than {self.max_tag_length} characters")
        return list(dict.fromkeys(tag for tag in tags if tag))

    def format(self, value: list[str]) -> str:
        return neutralise(";".join(value))


@dataclass(frozen=True, slots=True)
class Reference(Ident):
    """The id of a row of another file of the book (or of the agency, if it came in before)."""

    file: str = ""


CALENDAR_PARTS = ("time_zone", "hours", "holidays", "special_days")


@dataclass(frozen=True, slots=True)
class CalendarSpec:
    """One calendar of `calendars.json`, as JSON text; the value is JSON text of its known parts, checked."""

    storage: ClassVar[str] = "jsonb"

    def parse(self, text: str) -> str:
        try:
            spec = json.loads(text)
            Calendar.from_spec(spec)
            return json.dumps({name: spec[name] for name in CALENDAR_PARTS if name in spec})
        except BadCalendar as error:
            raise BadCell(f"is not a calendar: {str(error).rstrip('.')}") from None
        except (ValueError, RecursionError):
            raise BadCell("is not a calendar written as JSON") from None

    def format(self, value: object) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
