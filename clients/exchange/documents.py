"""`agency.json` and `calendars.json`: read with the same care as the CSV files, and written."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from accounts.by_name import as_stored, check_margins, check_weights
from accounts.cadence import check_cadence
from clients.exchange.book_format import AGENCY_FILE, CALENDARS_FILE
from clients.exchange.csv_reading import RawRow
from clients.exchange.reading import Report
from clients.exchange.spec import Problem, shortened
from clients.exchange.types import CALENDAR_PARTS, BadCell, Choice, Currency, Flag, Number, Text, Whole, Zone
from clients.service.business_time import WEEKDAYS


@dataclass(frozen=True, slots=True)
class ScoreList:
    """The scores that count as satisfied: a list of whole numbers, or null for the usual rule."""

    def parse(self, text: str) -> list[int]:
        try:
            scores = json.loads(text)
        except ValueError:
            scores = None
        if not isinstance(scores, list) or not all(
            type(score) is int and -100 <= score <= 1000 for score in scores
        ):
            raise BadCell("must be a list of whole numbers, such as [4, 5]")
        return sorted(set(scores))


@dataclass(frozen=True, slots=True)
class Bands:
    """Conversations a month by tier or segment: an object of pairs, the blank name for all others."""

    def parse(self, text: str) -> dict[str, list[int]]:
        try:
            bands = json.loads(text)
            check_cadence(bands)
        except (ValueError, ValidationError) as error:
            words = error.messages[0] if isinstance(error, ValidationError) else ""
            raise BadCell(words or 'must be an object of bands, such as {"gold": [3, 6]}') from None
        return dict(bands)


@dataclass(frozen=True, slots=True)
class OwnNumbers:
    """Numbers by name, such as weights by tier: an object of numbers, or of text where digits must stay exact."""

    check: Callable[[Any], None]

    def parse(self, text: str) -> dict[str, str]:
        try:
            numbers = json.loads(text, parse_float=Decimal)
            self.check(numbers)
        except (ValueError, ValidationError) as error:
            words = error.messages[0] if isinstance(error, ValidationError) else ""
            raise BadCell(words or 'must be an object of numbers, such as {"gold": 2}') from None
        return as_stored(numbers)


TOP_LEVEL = {
    "name": Text(200, is_line=True),
    "time_zone": Zone(),
    "currency": Currency(),
    "fiscal_year_start_month": Whole(1, 12),
}
SETTINGS = {
    "gross_margin": Number(Decimal("0.000001"), Decimal(1)),
    "service_margins": OwnNumbers(check_margins),
    "clv_window_months": Whole(1, 600),
    "max_pause_days": Whole(0, 3650),
    "include_one_off": Flag(),
    "proposal_expiry_days": Whole(1, 3650),
    "fcr_window_days": Whole(0, 365),
    "client_basis": Choice(("recurring", "any")),
    "csat_satisfied_scores": ScoreList(),
    "reply_hours": Number(Decimal("0.01"), Decimal(9999), places=2),
    "cadence": Bands(),
    "tier_weights": OwnNumbers(check_weights),
}
# Null says something: as is usual.
_NULLABLE = frozenset({"csat_satisfied_scores", "reply_hours"})


def parse_agency(content: bytes, report: Report, note: Callable[[str], None]) -> dict[str, Any]:
    """The settings that `agency.json` names, by field. What is wrong is reported; then the result is of no use."""
    document = _load(AGENCY_FILE, content, report)
    if document is None:
        return {}
    inner = document.pop("settings", None) or {}
    if not isinstance(inner, dict):
        report(Problem(AGENCY_FILE, 0, "settings", "must be an object of settings"))
        return {}
    fields: dict[str, Any] = {}
    for prefix, found, known in (("", document, TOP_LEVEL), ("settings.", inner, SETTINGS)):
        for name, value in found.items():
            if name not in known:
                note(f"{AGENCY_FILE}: '{prefix}{shortened(name)}' is not known and is ignored.")
            elif value is not None or name in _NULLABLE:
                _take(fields, name, value, known[name], prefix, report)
    return fields


def _take(fields: dict[str, Any], name: str, value: Any, kind: Any, prefix: str, report: Report) -> None:
    if value is None:
        fields[name] = None
        return
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if isinstance(value, Decimal):
        text = f"{value:f}"
    try:
        fields[name] = kind.parse(text)
    except BadCell as error:
        report(Problem(AGENCY_FILE, 0, f"{prefix}{name}", str(error), text))


def calendar_rows(content: bytes, report: Report, note: Callable[[str], None]) -> Iterator[RawRow] | None:
    """`calendars.json` as the rows of a file with a name and a spec; None when it cannot be read at all."""
    document = _load(CALENDARS_FILE, content, report)
    if document is None:
        return None
    rows = [RawRow(1, ["name", "spec"])]
    # The n-th calendar is reported as line n.
    for number, (name, spec) in enumerate(document.items(), start=1):
        for part in spec if isinstance(spec, dict) else ():
            if part not in CALENDAR_PARTS:
                note(f"{CALENDARS_FILE}:{number}: '{shortened(part)}' is not known and is ignored.")
        rows.append(RawRow(number, [name, json.dumps(spec, default=str)]))
    return iter(rows)


def _load(file: str, content: bytes, report: Report) -> dict[str, Any] | None:
    message = ""
    try:
        document = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, object_pairs_hook=_no_doubles)
        if isinstance(document, dict):
            return document
        message = "must be a JSON object"
    except UnicodeDecodeError:
        message = "is not UTF-8 text; save the file as UTF-8"
    except json.JSONDecodeError as error:
        report(Problem(file, error.lineno, "", f"is not JSON: {error.msg.lower()}"))
        return None
    except RecursionError:
        message = "is nested too deeply"
    except _KeyTwice as error:
        message = f"names '{shortened(str(error))}' twice"
    except (ValueError, ArithmeticError):
        message = "is not JSON: a number is too long"
    report(Problem(file, 0, "", message))
    return None


class _KeyTwice(Exception):
    """An object of a document has a name twice."""


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _value in pairs]
        raise _KeyTwice(next(name for name in names if names.count(name) > 1))
    return document


def agency_document(settings: Any) -> dict[str, Any]:
    """The content of `agency.json` for an agency's settings."""
    inner = {name: getattr(settings, name) for name in SETTINGS}
    numbers = {name: float(value) for name, value in inner.items() if isinstance(value, Decimal)}
    return {name: getattr(settings, name) for name in TOP_LEVEL} | {"settings": inner | numbers}


def calendar_document(spec: dict[str, Any] | str) -> dict[str, Any]:
    """A calendar as stored, with its parts and weekdays in their usual order."""
    calendar = json.loads(spec) if isinstance(spec, str) else spec
    hours = calendar.get("hours") or {}
    ordered = {
        "time_zone": calendar["time_zone"],
        "hours": {day: hours[day] for day in WEEKDAYS if day in hours},
    }
    return ordered | {name: value for name, value in calendar.items() if name not in ordered}
