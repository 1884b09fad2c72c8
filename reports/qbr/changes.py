"""What changed most against the period before, each change in one sentence with its cause, from the rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from clients.contracts.models import ContractLine
from kpis.direct.waits import Wait
from kpis.engine import Result
from kpis.formulas.target import MINIMUM_SAMPLE
from reports.qbr.material import Material
from reports.qbr.sections.commercials import is_running, monthly_fee
from reports.qbr.sections.delivery import Piece, due_pieces
from reports.qbr.sections.measures import value_words
from reports.qbr.sections.service import counted_waits
from reports.qbr.sentences import Sentence, client_rows, number_rows
from reports.qbr.words import count, hours, plain, spelt

MOST_CHANGES = 3
MOST_CAUSES = 2
# Smaller movements are no change: two points of a share, two hundredths of the fee.
SMALLEST = Decimal("0.02")
NPS_RANGE = 200


@dataclass(frozen=True)
class Change:
    """`weight` from 0 to 1 makes changes of different kinds comparable: the part of the scale that it moved."""

    weight: Decimal
    subject: str
    sentence: Sentence


def write_changes(material: Material) -> list[Sentence]:
    """The biggest changes, the biggest first, at most one for each subject."""
    found: dict[str, Change] = {}
    for change in sorted(_changes(material), key=lambda change: -change.weight):
        if change.weight >= SMALLEST:
            found.setdefault(change.subject, change)
    return [change.sentence for change in list(found.values())[:MOST_CHANGES]]


def _changes(material: Material) -> list[Change]:
    """Every number that both periods have enough rows for, and the fee. How many answer our surveys is no result."""
    changes = []
    for key, (subject, weigh, write) in _NUMBERS.items():
        now, then = material.results.get(key), material.earlier.get(key)
        if now is None or then is None or now.value is None or then.value is None:
            continue
        if min(now.figure.n, then.figure.n) >= MINIMUM_SAMPLE:
            text = write(material, now, then)
            rows = (number_rows(material, key, now.definition.name),)
            changes.append(
                Change(weigh(now.value, then.value), subject, Sentence("summary", f"{text}.", rows))
            )
    return [*changes, *_fee(material)]


def _share(now: Decimal, then: Decimal) -> Decimal:
    return abs(now - then)


def _time(now: Decimal, then: Decimal) -> Decimal:
    """Half the scale is twice as fast or twice as slow."""
    return abs(now - then) / max(now, then) if max(now, then) else Decimal(0)


def _points(now: Decimal, then: Decimal) -> Decimal:
    return abs(now - then) / NPS_RANGE


def _moved(material: Material, now: Result, then: Result) -> str:
    up = (now.value or 0) > (then.value or 0)
    return f"{'up' if up else 'down'} from {value_words(then)} in {material.before.label}"


def _missing(result: Result) -> tuple[int, int]:
    """How many of a share's rows did not make it, and how many there are."""
    whole = int(result.figure.denominator or 0)
    return whole - int(result.figure.numerator or 0), whole


def _on_answers(material: Material, now: Result, then: Result) -> str:
    (late, whole), (late_then, whole_then) = _missing(now), _missing(then)
    promised = f"{plain(material.promise.hours)} h"
    longest = _longest(material, counted_waits(material)[1])
    waited = "none" if not late else f"{late:,} of {whole:,}"
    return (
        f"{value_words(now)} of your messages were answered within the promised time, "
        f"{_moved(material, now, then)}: {waited} waited longer than the promised {promised}, "
        f"after {late_then:,} of {whole_then:,}{longest}"
    )


def _longest(material: Material, waits: list[Wait]) -> str:
    """, the longest 9.5 h (“Tracking broken on checkout”); empty for none."""
    if not waits:
        return ""
    longest = max(waits, key=lambda wait: wait.hours)
    subjects = {request.book_id: request.subject for request in material.requests}
    subject = subjects.get(longest.request, "")
    return f", the longest {hours(longest.hours)}" + (f" (“{subject}”)" if subject else "")


def _on_first_answers(material: Material, now: Result, then: Result) -> str:
    firsts = [wait for wait in material.waits if wait.is_first and wait.is_pair]
    return (
        f"Half of your first answers came within {value_words(now)}, after {value_words(then)} in "
        f"{material.before.label}{_longest(material, firsts)}"
    )


def _on_work(material: Material, now: Result, then: Result) -> str:
    late = sorted((piece for piece in due_pieces(material) if piece.is_late), key=lambda p: -p.days_late)
    moved = f"{value_words(now)} of the work due came on time, {_moved(material, now, then)}"
    if not late:
        late_then, whole_then = _missing(then)
        return f"{moved}: none came late, after {late_then:,} of {whole_then:,}"
    named = [_delay(piece) for piece in late[:MOST_CAUSES]]
    if len(late) > MOST_CAUSES:
        named.append(f"{spelt(len(late) - MOST_CAUSES)} more came late")
    return f"{moved}: {_joined(named)}"


def _delay(piece: Piece) -> str:
    came = "came" if piece.delivered_on else "is still open,"
    whose = "on our side" if piece.is_ours else "while we waited for you"
    return f"“{piece.title}” {came} {count(piece.days_late, 'day')} late {whose}"


def _on_recommending(material: Material, now: Result, then: Result) -> str:
    would, would_then = (
        f"{result.figure.extra['promoters']} of {count(result.figure.n, 'answer')} would, "
        f"{result.figure.extra['detractors']} would not"
        for result in (now, then)
    )
    more = "more" if (now.value or 0) > (then.value or 0) else "less"
    return (
        f"You would recommend us {more} than in {material.before.label}: {value_words(now)} (NPS) after "
        f"{value_words(then)}; {would}, before {would_then}"
    )


def _counted(material: Material, now: Result, then: Result) -> str:
    (no, whole), (no_then, whole_then) = _missing(now), _missing(then)
    return (
        f"{_moved(material, now, then)}: {whole - no:,} of {whole:,}, "
        f"after {whole_then - no_then:,} of {whole_then:,}"
    )


def _on_satisfaction(material: Material, now: Result, then: Result) -> str:
    return f"{value_words(now)} of your answers said satisfied, {_counted(material, now, then)}"


def _on_solving(material: Material, now: Result, then: Result) -> str:
    return (
        f"{value_words(now)} of your requests were solved at the first contact, "
        f"{_counted(material, now, then)}"
    )


Weigh = Callable[[Decimal, Decimal], Decimal]
Write = Callable[[Material, Result, Result], str]
# By KPI: what it is about, how its movement weighs, and its sentence.
_NUMBERS: dict[str, tuple[str, Weigh, Write]] = {
    "sla_attainment": ("answers", _share, _on_answers),
    "first_response_hours": ("answers", _time, _on_first_answers),
    "on_time_delivery_rate": ("work", _share, _on_work),
    "nps": ("opinions", _points, _on_recommending),
    "csat": ("opinions", _share, _on_satisfaction),
    "fcr": ("solving", _share, _on_solving),
}


def _fee(material: Material) -> list[Change]:
    """The monthly fee at the close against the day before the period, by the services that changed it."""
    lines = tuple(line for line in material.lines if line.is_recurring)
    before, close = material.cut.start - timedelta(days=1), material.cut.end - timedelta(days=1)
    opening, closing = monthly_fee(lines, before), monthly_fee(lines, close)
    currencies = {line.currency for line in lines}
    if len(currencies) != 1 or not opening or opening == closing:
        return []
    currency = currencies.pop()
    moved = sorted(_moves(lines, before, close), key=lambda move: -abs(move.now - move.then))
    causes = [_cause(material, move, currency) for move in moved[:MOST_CAUSES]]
    if len(moved) > MOST_CAUSES:
        causes.append(f"{count(len(moved) - MOST_CAUSES, 'more service')} changed")
    text = (
        f"Your monthly fee {'rose' if closing > opening else 'fell'} from "
        f"{material.words.money(opening, currency)} to {material.words.money(closing, currency)}: "
        f"{_joined(causes)}."
    )
    rows = (number_rows(material, "mrr", "Monthly fees"), client_rows(material, "lines", "Contracts"))
    return [Change(abs(closing - opening) / max(opening, closing), "fee", Sentence("summary", text, rows))]


@dataclass(frozen=True)
class _Move:
    """What a service cost a month before the period and at its close."""

    name: str
    then: Decimal
    now: Decimal
    lines: tuple[ContractLine, ...]
    close: date


def _moves(lines: tuple[ContractLine, ...], before: date, close: date) -> list[_Move]:
    by_service: dict[str, list[ContractLine]] = {}
    for line in lines:
        by_service.setdefault(line.service.name, []).append(line)
    moves = [
        _Move(name, monthly_fee(tuple(own), before), monthly_fee(tuple(own), close), tuple(own), close)
        for name, own in by_service.items()
    ]
    return [move for move in moves if move.then != move.now]


def _cause(material: Material, move: _Move, currency: str) -> str:
    words = material.words
    now, then = words.money(move.now, currency), words.money(move.then, currency)
    if move.now and move.then:
        return f"{move.name} went from {then} to {now} a month"
    if move.now:
        begun = [line.starts_on for line in move.lines if line.starts_on in material.cut]
        since = f" on {words.short_day(min(begun))}" if begun else ""
        return f"{move.name} was added{since} for {now} a month"
    if any(is_running(line, move.close) for line in move.lines):
        return f"{move.name} paused, {then} a month"
    ended = [line.last_day for line in move.lines if line.last_day and line.last_day < move.close]
    until = f" on {words.short_day(max(ended))}" if ended else ""
    return f"{move.name} ended{until}, {then} a month"


def _joined(causes: list[str]) -> str:
    """a; b and c, since causes hold commas."""
    return causes[0] if len(causes) == 1 else f"{'; '.join(causes[:-1])}; and {causes[-1]}"


def compared(material: Material) -> bool:
    """Whether anything of the period before can be compared."""
    return any(result.value is not None for result in material.earlier.values())


def quiet_words(material: Material) -> str:
    """What the summary says where nothing moved."""
    if not compared(material):
        return f"There are no numbers of {material.before.label} to compare this {material.span_noun} with."
    return f"No number moved much against {material.before.label}."
