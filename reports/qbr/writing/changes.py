"""What changed most against the period before, each change in one sentence with its cause, from the rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.contracts.models import ContractLine
from kpis.direct.service import Resolution
from kpis.direct.waits import Wait
from kpis.engine import Result
from kpis.formulas.target import MINIMUM_SAMPLE
from reports.qbr.writing.material import Material
from reports.qbr.writing.sections.commercials import is_running, monthly_fee
from reports.qbr.writing.sections.delivery import Piece, due_pieces
from reports.qbr.writing.sections.measures import value_words
from reports.qbr.writing.sections.service import counted_waits
from reports.qbr.writing.sentences import Sentence, client_rows, number_rows

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
    """The biggest changes, the biggest first, at most one for each subject: that of its first number that moved."""
    found: dict[str, Change] = {}
    for change in _changes(material):
        if change.weight >= SMALLEST:
            found.setdefault(change.subject, change)
    biggest = sorted(found.values(), key=lambda change: -change.weight)
    return [change.sentence for change in biggest[:MOST_CHANGES]]


def quiet_words(material: Material) -> str:
    """What the summary says where nothing moved."""
    before = material.words.label(material.before)
    if any(result.value is not None for result in material.earlier.values()):
        return _("No number moved much against %(before)s.") % {"before": before}
    return _("There are no numbers of %(before)s to compare with.") % {"before": before}


def _changes(material: Material) -> list[Change]:
    """Every number that both periods have enough rows for, and the fee. How many answer our surveys is no result."""
    changes = []
    for key, (subject, weigh, write) in _NUMBERS.items():
        now, then = material.results.get(key), material.earlier.get(key)
        if now is None or then is None or now.value is None or then.value is None:
            continue
        if min(now.figure.n, then.figure.n) >= MINIMUM_SAMPLE:
            rows = (number_rows(material, key, now.definition.name),)
            sentence = Sentence("summary", write(material, now, then), rows)
            changes.append(Change(weigh(now.value, then.value), subject, sentence))
    return [*changes, *_fee(material)]


def _share(now: Decimal, then: Decimal) -> Decimal:
    return abs(now - then)


def _time(now: Decimal, then: Decimal) -> Decimal:
    """A quarter of the scale is twice as fast or twice as slow."""
    return abs(now - then) / max(now, then) / 2 if max(now, then) else Decimal(0)


def _points(now: Decimal, then: Decimal) -> Decimal:
    return abs(now - then) / NPS_RANGE


def _moved(material: Material, now: Result, then: Result) -> str:
    words = {"then": value_words(material.words, then), "before": material.words.label(material.before)}
    if (now.value or 0) > (then.value or 0):
        return _("up from %(then)s in %(before)s") % words
    return _("down from %(then)s in %(before)s") % words


def _parts(material: Material, now: Result, then: Result) -> dict[str, str]:
    """The rows of a share that made it and those that did not, of how many, in both periods; and how it moved."""
    number = material.words.number
    parts = {"value": value_words(material.words, now), "moved": _moved(material, now, then)}
    for name, result in (("now", now), ("then", then)):
        part, whole = int(result.figure.numerator or 0), int(result.figure.denominator or 0)
        parts |= {f"{name}_part": number(part), f"{name}_whole": number(whole)}
        parts |= {f"{name}_missing": number(whole - part)}
    return parts


def _on_answers(material: Material, now: Result, then: Result) -> str:
    parts = _parts(material, now, then) | {
        "promised": f"{material.words.plain(material.promise.hours)} h",
        "longest": _longest(material, counted_waits(material)[1]),
    }
    return (
        _(
            "%(value)s of your messages were answered within the promised time, %(moved)s: "
            "%(now_missing)s of %(now_whole)s waited longer than the promised %(promised)s, "
            "after %(then_missing)s of %(then_whole)s%(longest)s."
        )
        % parts
    )


def _longest(material: Material, waits: list[Wait]) -> str:
    """, the longest 9.5 h (“Tracking broken on checkout”); empty for none."""
    if not waits:
        return ""
    longest = max(waits, key=lambda wait: wait.hours)
    subjects = {request.book_id: request.subject for request in material.requests}
    said = {"hours": material.words.hours(longest.hours), "subject": subjects.get(longest.request, "")}
    if said["subject"]:
        return _("; the longest took %(hours)s (“%(subject)s”)") % said
    return _("; the longest took %(hours)s") % said


def _on_first_answers(material: Material, now: Result, then: Result) -> str:
    firsts = [wait for wait in material.waits if wait.is_first and wait.is_pair]
    return _("Half of your first answers came within %(now)s, after %(then)s in %(before)s%(longest)s.") % {
        "now": value_words(material.words, now),
        "then": value_words(material.words, then),
        "before": material.words.label(material.before),
        "longest": _longest(material, firsts),
    }


def _on_work(material: Material, now: Result, then: Result) -> str:
    late = [piece for piece in due_pieces(material) if piece.is_late]
    late.sort(key=lambda piece: (-piece.days_late, piece.title))
    parts = _parts(material, now, then)
    if not late:
        return (
            _(
                "%(value)s of the work due came on time, %(moved)s: none came late, "
                "after %(then_missing)s of %(then_whole)s."
            )
            % parts
        )
    causes = [_delay(material, piece) for piece in late[:MOST_CAUSES]]
    if len(late) > MOST_CAUSES:
        more = {"number": material.words.spelt(len(late) - MOST_CAUSES)}
        causes.append(_("and %(number)s more came late") % more)
    return _("%(value)s of the work due came on time, %(moved)s: %(causes)s.") % (
        parts | {"causes": "; ".join(causes)}
    )


def _delay(material: Material, piece: Piece) -> str:
    said = {"title": piece.title, "days": material.words.days(piece.days_late)}
    if piece.is_ours and piece.delivered_on:
        return _("“%(title)s” came %(days)s late on our side") % said
    if piece.is_ours:
        return _("“%(title)s” is %(days)s late on our side") % said
    if piece.delivered_on:
        return _("“%(title)s” came %(days)s late while we waited for you") % said
    return _("“%(title)s” is %(days)s late while we wait for you") % said


def _on_recommending(material: Material, now: Result, then: Result) -> str:
    said = {
        "now": value_words(material.words, now),
        "then": value_words(material.words, then),
        "before": material.words.label(material.before),
    }
    for name, result in (("now", now), ("then", then)):
        said |= {
            f"{name}_would": material.words.number(result.figure.extra["promoters"]),
            f"{name}_not": material.words.number(result.figure.extra["detractors"]),
            f"{name}_answers": material.words.answers(result.figure.n),
        }
    if (now.value or 0) > (then.value or 0):
        sentence = _(
            "You would recommend us more than in %(before)s: %(now)s (NPS) after %(then)s. Of %(now_answers)s "
            "%(now_would)s would and %(now_not)s would not; before, of %(then_answers)s, %(then_would)s and %(then_not)s."
        )
    else:
        sentence = _(
            "You would recommend us less than in %(before)s: %(now)s (NPS) after %(then)s. Of %(now_answers)s "
            "%(now_would)s would and %(now_not)s would not; before, of %(then_answers)s, %(then_would)s and %(then_not)s."
        )
    return sentence % said


def _on_satisfaction(material: Material, now: Result, then: Result) -> str:
    return _(
        "%(value)s of your answers said satisfied, %(moved)s: %(now_part)s of %(now_whole)s, "
        "after %(then_part)s of %(then_whole)s."
    ) % _parts(material, now, then)


def _on_solving(material: Material, now: Result, then: Result) -> str:
    parts = _parts(material, now, then) | {"cause": _more_contacts(material)}
    return (
        _(
            "%(value)s of your requests were solved at the first contact, %(moved)s: %(now_part)s of %(now_whole)s, "
            "after %(then_part)s of %(then_whole)s%(cause)s."
        )
        % parts
    )


def _more_contacts(material: Material) -> str:
    """; for 4 of the others you wrote again (most about “Report question”, 5 messages); one came back; empty for none."""
    others = [row for row in material.resolutions if not row.is_first_contact]
    again = sorted((row for row in others if row.messages > 1), key=lambda row: -row.messages)
    said = ""
    if again:
        wrote = ngettext(
            "; for one of the others you wrote again",
            "; for %(number)s of the others you wrote again",
            len(again),
        )
        said = wrote % {"number": material.words.number(len(again))} + _most_about(material, again[0])
    back = len(others) - len(again)
    if back:
        came = ngettext(
            "; one came back after it was solved", "; %(number)s came back after they were solved", back
        )
        said += came % {"number": material.words.number(back)}
    return said


def _most_about(material: Material, row: Resolution) -> str:
    subject = next((each.subject for each in material.requests if each.book_id == row.request), "")
    if not subject:
        return ""
    said = {"subject": subject, "number": material.words.number(row.messages)}
    return _(" (“%(subject)s” took %(number)s messages)") % said


Weigh = Callable[[Decimal, Decimal], Decimal]
Write = Callable[[Material, Result, Result], str]
# By KPI: what it is about, how its movement weighs, and its sentence; what was promised comes before mere speed.
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
    moves = _moves(lines, before, close)
    causes = [_cause(material, move, currency) for move in moves[:MOST_CAUSES]]
    if len(moves) > MOST_CAUSES:
        more = {"number": material.words.spelt(len(moves) - MOST_CAUSES)}
        causes.append(_("and %(number)s more changed") % more)
    said = {
        "then": material.words.money(opening, currency),
        "now": material.words.money(closing, currency),
        "causes": "; ".join(causes),
    }
    if closing > opening:
        text = _("Your monthly fee rose from %(then)s to %(now)s: %(causes)s.") % said
    else:
        text = _("Your monthly fee fell from %(then)s to %(now)s: %(causes)s.") % said
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
    """The services whose fee changed, the biggest change first."""
    by_service: dict[str, list[ContractLine]] = {}
    for line in lines:
        by_service.setdefault(line.service.name, []).append(line)
    moves = [
        _Move(name, monthly_fee(tuple(own), before), monthly_fee(tuple(own), close), tuple(own), close)
        for name, own in by_service.items()
    ]
    changed = [move for move in moves if move.then != move.now]
    return sorted(changed, key=lambda move: (-abs(move.now - move.then), move.name))


def _cause(material: Material, move: _Move, currency: str) -> str:
    words = material.words
    said = {
        "name": move.name,
        "then": words.money(move.then, currency),
        "now": words.money(move.now, currency),
    }
    if move.now and move.then:
        return _("%(name)s went from %(then)s to %(now)s a month") % said
    if move.now:
        begun = [line.starts_on for line in move.lines if line.starts_on in material.cut]
        if begun:
            return _("%(name)s was added on %(day)s for %(now)s a month") % (
                said | {"day": words.short_day(min(begun))}
            )
        return _("%(name)s goes on after its pause for %(now)s a month") % said
    if any(is_running(line, move.close) for line in move.lines):
        return _("%(name)s pauses, %(then)s a month") % said
    ended = [line.last_day for line in move.lines if line.last_day and line.last_day <= move.close]
    return _("%(name)s ended on %(day)s, %(then)s a month") % (said | {"day": words.short_day(max(ended))})
